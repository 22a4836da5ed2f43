import type { Transcript } from '../transcript.ts';
import type { Comparison, Difference } from './comparison.ts';

const counted = <T extends string | number>(values: readonly T[]): Map<T, number> => {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};

/** STATUSTEXT as people read it: numbers in it are measured ones, and a tab ends the legacy part. */
const textKey = (text: string): string => text.replaceAll(/\d+(\.\d+)?/gu, 'N').trim();

const comparePresence = (
  aspect: 'text' | 'event',
  recorded: readonly string[],
  made: readonly string[],
): Comparison => {
  const real = counted(recorded);
  const other = counted(made);
  const differences: Difference[] = [];
  for (const [key, count] of real) {
    if (other.has(key)) continue;
    differences.push({ aspect, key, detail: `${key}: recorded ${count} ×; stand-in never` });
  }
  for (const [key, count] of other) {
    if (real.has(key)) continue;
    differences.push({
      aspect,
      key: `+ ${key}`,
      detail: `${key}: stand-in ${count} ×; not recorded`,
    });
  }
  return { aspect, compared: recorded.length, differences };
};

/** Which STATUSTEXTs there are, in whatever number. */
export const compareTexts = (recorded: Transcript, made: Transcript): Comparison =>
  comparePresence(
    'text',
    recorded.texts.map(({ value }) => textKey(value)),
    made.texts.map(({ value }) => textKey(value)),
  );

const eventKey = (id: number): string => `${id >>> 24}:${id & 0xff_ffff}`;

/** Which events (component:id) there are, in whatever number. */
export const compareEvents = (recorded: Transcript, made: Transcript): Comparison =>
  comparePresence(
    'event',
    recorded.events.map(({ value }) => eventKey(value)),
    made.events.map(({ value }) => eventKey(value)),
  );
