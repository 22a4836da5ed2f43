/** One worker of a fuzzing run: flies one seed at a time. */
import { parentPort, workerData } from 'node:worker_threads';

import { assert } from '#protocols/fault.ts';
import { Planners } from './planners.ts';
import { runFuzzEpisode, type SeedOutcome } from './run-fuzz-episode.ts';
import type { WorkerData } from './start-fuzz.ts';

const port = parentPort;
assert(port !== null, 'the fuzzer flies in worker threads');

const { settings, stop } = workerData as WorkerData;
const isStopped = (): boolean => Atomics.load(stop, 0) !== 0;
const planners = new Planners(settings);

const tell = (outcome: SeedOutcome): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  port.postMessage(outcome);
};

port.on('message', async (seed: number | 'end') => {
  if (seed === 'end') {
    // By itself, with nothing under way: a thread that is ended from outside may take the process with it.
    await planners.close();
    port.close();
    return;
  }
  try {
    tell(await runFuzzEpisode(seed, settings, planners, isStopped));
  } catch (error) {
    const crash = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tell({ seed, crash });
  }
});
