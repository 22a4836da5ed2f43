/** One process of a fuzzing run: flies one seed at a time, and tells that it gets on. */
import { assert } from '#protocols/fault.ts';
import type { FuzzSettings } from './fuzz-episode.ts';
import { Planners } from './planners.ts';
import { runFuzzEpisode } from './run-fuzz-episode.ts';
import type { FromWorker, ToWorker } from './start-fuzz.ts';

const PROGRESS_MS = 500;

assert(process.send !== undefined, 'the fuzzer starts this process, with a channel to it');
const tell = (message: FromWorker): void => void process.send!(message);

// Ctrl-C goes to the whole group: whoever started this process ends it.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => undefined);
process.on('disconnect', () => process.exit());

let settings: FuzzSettings | undefined;
let planners: Planners | undefined;

const fly = async (seed: number): Promise<void> => {
  assert(settings !== undefined, 'the settings come before the first seed');
  planners ??= new Planners(settings);
  const before = process.cpuUsage();
  let toldMs = Date.now();
  const onStep = (nowMs: number): void => {
    const wallMs = Date.now();
    if (wallMs - toldMs < PROGRESS_MS) return;
    toldMs = wallMs;
    tell({ simulatedMs: nowMs });
  };
  try {
    const outcome = await runFuzzEpisode(seed, settings, planners, onStep);
    const { user, system } = process.cpuUsage(before);
    tell({ outcome, cpuMs: (user + system) / 1000 });
  } catch (error) {
    const crash = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tell({ outcome: { seed, crash }, cpuMs: 0 });
  }
};

process.on('message', (message: ToWorker) => {
  if ('settings' in message) ({ settings } = message);
  else void fly(message.seed);
});
