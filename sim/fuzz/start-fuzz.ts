import { Worker } from 'node:worker_threads';

import { Fault } from '#protocols/fault.ts';
import type { FuzzSettings } from './fuzz-episode.ts';
import type { SeedVerdict } from './run-fuzz-episode.ts';

/**
 * Flies the seeds on `jobs` threads and tells each verdict as it comes. Resolves when all were flown or
 * `signal` stopped it. Throws Fault 'fuzz-worker-died' with the seed that it was flying.
 */
export const startFuzz = async (
  seeds: readonly number[],
  settings: FuzzSettings,
  jobs: number,
  signal: AbortSignal,
  onVerdict: (verdict: SeedVerdict) => void,
): Promise<void> => {
  const waiting = [...seeds];
  const threads = Array.from({ length: Math.min(jobs, seeds.length) }, () =>
    fly(waiting, settings, signal, onVerdict),
  );
  await Promise.all(threads);
};

const fly = async (
  waiting: number[],
  settings: FuzzSettings,
  signal: AbortSignal,
  onVerdict: (verdict: SeedVerdict) => void,
): Promise<void> => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: settings });
  const stop = (): void => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      if (signal.aborted) return;
      const verdict = await flySeed(worker, seed, signal);
      if (verdict === undefined) return;
      onVerdict(verdict);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
};

/** Undefined when it was stopped. */
const flySeed = (
  worker: Worker,
  seed: number,
  signal: AbortSignal,
): Promise<SeedVerdict | undefined> =>
  new Promise((resolve, reject) => {
    const ended = (why: string): void => {
      if (signal.aborted) resolve(undefined);
      else {
        reject(
          new Fault('fuzz-worker-died', `the thread that flew seed ${seed} ended: ${why}`, {
            data: { seed },
            remedy: `Fly it alone: skein sim replay --seed ${seed}`,
          }),
        );
      }
    };
    worker.removeAllListeners();
    worker.once('message', (verdict: SeedVerdict) => resolve(verdict));
    worker.once('error', (error) => ended(String(error)));
    worker.once('exit', (code) => ended(`exit ${code}`));
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    worker.postMessage(seed);
  });
