import { CommandInt, CommandLong, MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import { decode } from '#protocols/mavlink/codec.ts';
import type { TimedFrame } from '../recorded-flight.ts';
import type { Transcript } from '../transcript.ts';
import type { Comparison, Difference } from './comparison.ts';

/** Recorded delays are 1–17 ms; the stand-in's may lie this much beside them. */
const DELAY_TOLERANCE_S = 0.03;
/** A client that waits longer gives up. */
const PATIENCE_S = 1.5;

interface Request {
  atS: number;
  command: number;
  label: string;
}

interface Answer {
  result: number;
  delayS: number;
  target: string;
}

const labelOf = (message: CommandLong | CommandInt): string => {
  const { _param1, _param2, _param3 } = message;
  const parameters = [_param1, _param2, _param3].map((value) => Number(value.toPrecision(6)));
  while (parameters.at(-1) === 0) parameters.pop();
  const name = MavCmd[message.command] ?? String(message.command);
  const kind = message instanceof CommandInt ? ' INT' : '';
  const target = message.targetComponent === 1 ? '' : ` to component ${message.targetComponent}`;
  return `${name}(${parameters.join(',')})${kind}${target}`;
};

const requestsOf = (fromClient: readonly TimedFrame[], sysid: number): Request[] => {
  const requests: Request[] = [];
  for (const { atS, frame } of fromClient) {
    const message = frame.msgid === 75 || frame.msgid === 76 ? decode(frame) : undefined;
    if (!(message instanceof CommandLong || message instanceof CommandInt)) continue;
    const other = message.targetSystem === sysid ? '' : ` to system ${message.targetSystem}`;
    requests.push({ atS, command: message.command, label: `${labelOf(message)}${other}` });
  }
  return requests;
};

/** The first ack of the same command that nothing earlier has taken. */
const answersOf = (requests: readonly Request[], { acks }: Transcript): (Answer | undefined)[] => {
  const taken = new Set<number>();
  return requests.map(({ atS, command }) => {
    const index = acks.findIndex(
      ({ atS: ackS, value }, at) =>
        !taken.has(at) &&
        value.command === command &&
        ackS >= atS - 0.002 &&
        ackS <= atS + PATIENCE_S,
    );
    if (index < 0) return undefined;
    taken.add(index);
    const { atS: ackS, value } = acks[index]!;
    const target = `${value.targetSystem}/${value.targetComponent}`;
    return { result: value.result, delayS: Math.max(0, ackS - atS), target };
  });
};

const textOf = (answer: Answer | undefined): string =>
  answer === undefined
    ? 'silence'
    : `result ${answer.result} to ${answer.target} after ${Math.round(answer.delayS * 1000)} ms`;

/** Acks that answer no command that still waits, as `command=result × count`. */
const surplusOf = (
  requests: readonly Request[],
  { acks }: Transcript,
  answers: readonly (Answer | undefined)[],
): string => {
  const counts = new Map<string, number>();
  const count = (key: string, by: number): void => {
    counts.set(key, (counts.get(key) ?? 0) + by);
  };
  for (const { value } of acks) count(`${value.command}=${value.result}`, 1);
  for (const [index, answer] of answers.entries()) {
    if (answer !== undefined) count(`${requests[index]!.command}=${answer.result}`, -1);
  }
  const surplus = [...counts].filter(([, number]) => number > 0);
  return surplus.map(([key, number]) => `${key} × ${number}`).join(', ') || 'none';
};

/** Each command of the client: the same result, from the same addressee, about as soon. */
export const compareAcks = (
  fromClient: readonly TimedFrame[],
  sysid: number,
  recorded: Transcript,
  made: Transcript,
): Comparison => {
  const requests = requestsOf(fromClient, sysid);
  const real = answersOf(requests, recorded);
  const other = answersOf(requests, made);
  const differences: Difference[] = [];
  for (const [index, request] of requests.entries()) {
    const a = real[index];
    const b = other[index];
    const place = `#${index} ${request.label}`;
    const detail = `${request.label} at ${request.atS.toFixed(1)} s: recorded ${textOf(a)}; stand-in ${textOf(b)}`;
    if (a?.result !== b?.result || a?.target !== b?.target) {
      differences.push({ aspect: 'ack', key: place, detail });
    } else if (a !== undefined && b !== undefined) {
      const late = Math.abs(a.delayS - b.delayS) > DELAY_TOLERANCE_S;
      if (late) differences.push({ aspect: 'ack', key: `${place} delay`, detail });
    }
  }
  const unasked = [surplusOf(requests, recorded, real), surplusOf(requests, made, other)];
  if (unasked[0] !== unasked[1]) {
    const detail = `acks beyond one for each command: recorded ${unasked[0]}; stand-in ${unasked[1]}`;
    differences.push({ aspect: 'ack', key: 'unasked', detail });
  }
  return { aspect: 'ack', compared: requests.length, differences };
};
