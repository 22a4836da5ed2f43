import type { Transcript } from '../transcript.ts';
import type { Comparison, Difference } from './comparison.ts';
import { messageName } from './message-name.ts';

/** Answers, not streams: compared elsewhere. */
const ANSWERS = new Set([22, 39, 40, 44, 45, 46, 47, 51, 73, 77, 244, 253, 410]);
/** A window shorter than this says nothing about slow messages. */
const WINDOW_MIN_S = 6;
const RATE_TOLERANCE = 0.1;

interface Window {
  name: string;
  fromS: number;
  toS: number;
}

/** Three steady stretches of the recording: aligning, standing ready, and armed off the ground. */
const windowsOf = (recorded: Transcript): Window[] => {
  const { startS, endS, alignedS, states, landed } = recorded;
  const armedS = states.find(({ value }) => value.armed)?.atS ?? endS;
  const off = landed.find(({ value }) => value !== 'ON_GROUND')?.atS ?? endS;
  const down = landed.findLast(({ value }) => value !== 'ON_GROUND')?.atS ?? endS;
  return [
    { name: 'aligning', fromS: startS + 1, toS: alignedS - 1 },
    { name: 'ready', fromS: alignedS + 2, toS: armedS - 1.1 },
    { name: 'flying', fromS: off + 1, toS: down - 1 },
  ].filter(({ fromS, toS }) => toS - fromS >= WINDOW_MIN_S);
};

const countIn = (times: readonly number[] | undefined, { fromS, toS }: Window): number =>
  times?.filter((atS) => atS >= fromS && atS < toS).length ?? 0;

const compareWindow = (
  window: Window,
  recorded: Transcript,
  made: Transcript,
  left: ReadonlySet<number>,
): { compared: number; differences: Difference[] } => {
  const lengthS = window.toS - window.fromS;
  const ids = new Set([...recorded.times.keys(), ...made.times.keys()]);
  const differences: Difference[] = [];
  let compared = 0;
  for (const id of [...ids].toSorted((a, b) => a - b)) {
    if (ANSWERS.has(id) || left.has(id)) continue;
    const real = countIn(recorded.times.get(id), window);
    const other = countIn(made.times.get(id), window);
    if (real === 0 && other === 0) continue;
    if (real > 0) compared += 1;
    if (Math.abs(real - other) <= Math.max(2, RATE_TOLERANCE * real)) continue;
    const hz = (count: number): string => `${(count / lengthS).toPrecision(3)} Hz`;
    differences.push({
      aspect: 'stream',
      key: `${window.name} ${messageName(id)}`,
      detail: `${messageName(id)} (${id}) ${window.name}: recorded ${hz(real)}; stand-in ${hz(other)}`,
    });
  }
  return { compared, differences };
};

/**
 * Which messages pass and how often, in steady state; ± 10 % or two packets.
 *
 * @param left out of the comparison: streams that were thinned in the recording.
 */
export const compareStreams = (
  recorded: Transcript,
  made: Transcript,
  left: ReadonlySet<number>,
): Comparison => {
  const parts = windowsOf(recorded).map((window) => compareWindow(window, recorded, made, left));
  return {
    aspect: 'stream',
    compared: parts.reduce((sum, part) => sum + part.compared, 0),
    differences: parts.flatMap((part) => part.differences),
  };
};
