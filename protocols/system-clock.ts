import type { Clock } from './time.ts';

/** CLOCK_MONOTONIC, shared by the processes of one machine: times in their messages compare. */
export const systemClock: Clock = {
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
  unixUs: () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)),
};
