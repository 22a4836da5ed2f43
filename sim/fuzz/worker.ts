/** One worker of a fuzzing run: flies one seed at a time. */
import { parentPort, workerData } from 'node:worker_threads';

import { openPlanner } from '#agent/mind/plan/open-planner.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { assert } from '#protocols/fault.ts';
import type { FuzzSettings } from './fuzz-episode.ts';
import { runFuzzEpisode } from './run-fuzz-episode.ts';

const port = parentPort;
assert(port !== null, 'the fuzzer flies in worker threads');

const settings = workerData as FuzzSettings;
const planner = await openPlanner(
  { modelDir: null, modelSignersHex: [] },
  { ...PLAN_SETTINGS, samples: settings.samples },
);

port.on('message', async (seed: number) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  port.postMessage(await runFuzzEpisode(seed, settings, planner));
});
