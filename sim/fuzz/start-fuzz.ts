import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { FuzzSettings } from './fuzz-episode.ts';
import { hungVerdict, type SeedOutcome } from './run-fuzz-episode.ts';

/** What a process is told: the settings once, then a seed after the other. */
export type ToWorker = { settings: FuzzSettings } | { seed: number };
/** What it tells: how far it is, now and then; the end. */
export type FromWorker = { simulatedMs: number } | { outcome: SeedOutcome; cpuMs: number };

export interface FuzzRun {
  settings: FuzzSettings;
  /** Processes that fly at a time. */
  jobs: number;
  /** Stops the run; what is under way is left without a verdict. */
  signal: AbortSignal;
  /** CPU time that the seed took is 0 for those that gave no verdict. */
  onOutcome: (outcome: SeedOutcome, cpuMs: number) => void;
  /** Without a step for so long an episode hangs, wall ms. */
  stallMs?: number | undefined;
  /** For tests: another program in the place of the one that flies. */
  worker?: URL | undefined;
}

/** The slowest step that was seen takes less than a second, on a machine with other work. */
export const STALL_MS = 60_000;
const WORKER = new URL('worker.ts', import.meta.url);
/** Last words of a process that died, characters. */
const LAST_WORDS = 2000;

/**
 * Flies the seeds on `jobs` processes and tells each outcome as it comes. Resolves when all were flown or
 * `signal` stopped it. A seed whose process dies is told as a crash, one that gets nowhere as a violation
 * 'hang'; its process is killed and another goes on with the rest. Processes and not threads: a thread
 * that is ended in the middle of a plan takes everything with it.
 */
export const startFuzz = async (seeds: Iterable<number>, run: FuzzRun): Promise<void> => {
  const waiting = seeds[Symbol.iterator]();
  await Promise.all(Array.from({ length: run.jobs }, () => flyOneByOne(waiting, run)));
};

const flyOneByOne = async (waiting: Iterator<number>, run: FuzzRun): Promise<void> => {
  let flyer: Flyer | undefined;
  try {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      if (run.signal.aborted) return;
      flyer ??= new Flyer(run);
      const end = await flyer.fly(next.value);
      if (end === undefined) return;
      if (!end.isReusable) {
        // Whatever it left behind must not come over the next seed.
        flyer.kill();
        flyer = undefined;
      }
      run.onOutcome(end.outcome, end.cpuMs);
    }
  } finally {
    flyer?.kill();
  }
};

interface SeedEnd {
  outcome: SeedOutcome;
  cpuMs: number;
  isReusable: boolean;
}

/** One process that flies. */
class Flyer {
  readonly #run: FuzzRun;
  readonly #child: ChildProcess;
  #words = '';

  constructor(run: FuzzRun) {
    this.#run = run;
    this.#child = fork(fileURLToPath(run.worker ?? WORKER), [], {
      execArgv: [],
      serialization: 'advanced',
      // Its standard output would come between the lines of ours.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.on('data', (bytes: Buffer) => {
      this.#words = (this.#words + bytes.toString()).slice(-LAST_WORDS);
    });
    this.#child.on('error', () => undefined);
    this.#tell({ settings: run.settings });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Undefined when the run was stopped. */
  fly(seed: number): Promise<SeedEnd | undefined> {
    const { signal, settings, stallMs = STALL_MS } = this.#run;
    const child = this.#child;
    return new Promise((resolve) => {
      let atMs = 0;
      const end = (what: SeedEnd | undefined): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onStop);
        for (const event of ['message', 'close']) child.removeAllListeners(event);
        resolve(what);
      };
      const failed = (outcome: SeedOutcome): void => end({ outcome, cpuMs: 0, isReusable: false });
      const timer = setTimeout(() => failed(hungVerdict(seed, settings, atMs, stallMs)), stallMs);
      const onStop = (): void => end(undefined);
      signal.addEventListener('abort', onStop, { once: true });
      child.on('message', (message: FromWorker) => {
        timer.refresh();
        if ('simulatedMs' in message) atMs = message.simulatedMs;
        else end({ ...message, isReusable: !('crash' in message.outcome) });
      });
      // After its last words, unlike 'exit'.
      child.once('close', (code, killedBy) => {
        if (signal.aborted) return end(undefined);
        const why = killedBy ?? `exit ${code}`;
        failed({ seed, crash: `the process ended: ${why}\n${this.#words}`.trimEnd() });
      });
      this.#tell({ seed });
    });
  }

  #tell(message: ToWorker): void {
    // A process that is gone already is told as ended.
    this.#child.send(message, () => undefined);
  }
}
