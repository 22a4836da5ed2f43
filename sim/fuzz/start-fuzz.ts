import { Worker } from 'node:worker_threads';

import type { FuzzSettings } from './fuzz-episode.ts';
import type { SeedOutcome } from './run-fuzz-episode.ts';

/**
 * Flies the seeds on `jobs` threads and tells each outcome as it comes. Resolves when all were flown or
 * `signal` stopped it. A seed whose thread dies is told as a crash, and another thread goes on with the rest.
 */
export const startFuzz = async (
  seeds: Iterable<number>,
  settings: FuzzSettings,
  jobs: number,
  signal: AbortSignal,
  onOutcome: (outcome: SeedOutcome) => void,
): Promise<void> => {
  const waiting = seeds[Symbol.iterator]();
  const threads = Array.from({ length: jobs }, () => fly(waiting, settings, signal, onOutcome));
  await Promise.all(threads);
};

/** What a thread is begun with. */
export interface WorkerData {
  settings: FuzzSettings;
  /** Not 0: end soon. */
  stop: Int32Array;
}

const WORKER = new URL('./worker.ts', import.meta.url);

const fly = async (
  waiting: Iterator<number>,
  settings: FuzzSettings,
  signal: AbortSignal,
  onOutcome: (outcome: SeedOutcome) => void,
): Promise<void> => {
  let worker: Worker | undefined;
  // Ended from outside in the middle of a plan, a thread takes the whole process with it.
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const stop = (): void => void Atomics.store(flag, 0, 1);
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      if (signal.aborted) return;
      worker ??= new Worker(WORKER, { workerData: { settings, stop: flag } satisfies WorkerData });
      const outcome = await flySeed(worker, next.value, signal);
      if (outcome === undefined || (signal.aborted && 'crash' in outcome)) return;
      if ('crash' in outcome) {
        // Whatever it left behind must not come over the next seed.
        await worker.terminate();
        worker = undefined;
      }
      onOutcome(outcome);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    if (worker !== undefined) await endThread(worker);
  }
};

const PATIENCE_MS = 5000;

/** Resolves when the thread has ended by itself, or was ended because it would not. */
const endThread = (worker: Worker): Promise<void> =>
  new Promise((resolve) => {
    worker.removeAllListeners();
    const impatient = setTimeout(() => void worker.terminate().then(() => resolve()), PATIENCE_MS);
    worker.once('error', () => undefined);
    worker.once('exit', () => {
      clearTimeout(impatient);
      resolve();
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    worker.postMessage('end');
  });

/** Undefined when it was stopped. */
const flySeed = (
  worker: Worker,
  seed: number,
  signal: AbortSignal,
): Promise<SeedOutcome | undefined> =>
  new Promise((resolve) => {
    const ended = (why: string): void =>
      resolve(signal.aborted ? undefined : { seed, crash: `the thread ended: ${why}` });
    worker.removeAllListeners();
    worker.once('message', (outcome: SeedOutcome) => resolve(outcome));
    worker.once('error', (error) => ended(String(error)));
    worker.once('exit', (code) => ended(`exit ${code}`));
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    worker.postMessage(seed);
  });
