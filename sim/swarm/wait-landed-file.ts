import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import type { TruthSummary } from '../truth.ts';

const POLL_MS = 500;

/**
 * Waits until every vehicle that took off stands disarmed, by the simulator's truth: one whose companion
 * died comes home by PX4 alone, unheard of by the station. Gives up after `timeoutMs`.
 */
export const waitAllLanded = async (
  truthFile: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> => {
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += POLL_MS) {
    if (allLanded(truthFile)) return;
    await sleep(POLL_MS, undefined, { signal });
  }
};

const allLanded = (truthFile: string): boolean => {
  const truth = JSON.parse(readFileSync(truthFile, 'utf8')) as TruthSummary;
  return truth.vehicles.every(
    ({ takeoffAtMs, disarmedAtMs }) => takeoffAtMs === null || disarmedAtMs !== null,
  );
};
