import { Worker } from 'node:worker_threads';
import { Fault } from '#protocols/fault.ts';
import type { AgentConfig } from '../../config.ts';
import type { PlanAnswer, Planner, PlanRequest } from '../plan-port.ts';
import type { PlannerModel } from './open-planner.ts';
import type { FaultMessage, WorkerMessage } from './worker.ts';

/** A planner in a thread of its own. */
export interface StartedPlanner extends Planner {
  /** `name@version` of what imagines, once it does; never rejects before `close`. */
  ready: Promise<string>;
}

/** A worker that keeps dying would cost more than it gives: after so many starts the safe planner flies alone. */
const MOST_STARTS = 5;

const faultOf = ({ code, message, data, remedy }: FaultMessage): Fault =>
  new Fault(code, message, { data, ...(remedy === undefined ? {} : { remedy }) });

/**
 * The door to the planner's worker. `request` never blocks: one request is computed at a time, of those that come
 * meanwhile the newest waits and the others are dropped. A release that cannot be trusted, a plan that fails and a worker
 * that dies are told to `onFault`; the worker is started again for the next request.
 */
export const startPlanner = (
  config: { modelDir: string | null; keys: Pick<AgentConfig['keys'], 'modelSignersHex'> },
  onFault: (fault: Fault) => void = reportToStderr,
): StartedPlanner => {
  const thread = new PlannerThread(
    { modelDir: config.modelDir, modelSignersHex: config.keys.modelSignersHex },
    onFault,
  );
  return {
    request: (request) => thread.request(request),
    onAnswer: (listener) => thread.listeners.push(listener),
    close: () => thread.close(),
    ready: thread.ready,
  };
};

const reportToStderr = ({ code, message, data }: Fault): void => {
  process.stderr.write(`${JSON.stringify({ process: 'planner', event: code, message, data })}\n`);
};

class PlannerThread {
  readonly listeners: ((answer: PlanAnswer) => void)[] = [];
  readonly ready: Promise<string>;
  readonly #model: PlannerModel;
  readonly #onFault: (fault: Fault) => void;
  #resolveReady: (model: string) => void = () => undefined;
  #worker: Worker | undefined;
  #starts = 0;
  #busy = true;
  #waiting: PlanRequest | undefined;
  #closed = false;

  constructor(model: PlannerModel, onFault: (fault: Fault) => void) {
    this.#model = model;
    this.#onFault = onFault;
    this.ready = new Promise((resolve) => {
      this.#resolveReady = resolve;
    });
    this.#start();
  }

  request(request: PlanRequest): void {
    this.#waiting = request;
    if (this.#worker === undefined && this.#starts < MOST_STARTS) this.#start();
    this.#next();
  }

  close(): void {
    this.#closed = true;
    void this.#worker?.terminate();
  }

  #start(): void {
    this.#starts += 1;
    this.#busy = true;
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: this.#model });
    // The mind's process ends when its own work ends.
    worker.unref();
    worker.on('message', (message: WorkerMessage) => this.#hear(message));
    worker.on('error', (error) => this.#lost(worker, String(error)));
    worker.on('exit', (code) => this.#lost(worker, `exit ${code}`));
    this.#worker = worker;
  }

  #hear(message: WorkerMessage): void {
    this.#busy = false;
    if (message.kind === 'ready') this.#resolveReady(message.model);
    if (message.kind !== 'answer' && message.fault !== undefined) {
      this.#onFault(faultOf(message.fault));
    }
    this.#next();
    if (message.kind === 'answer') for (const listener of this.listeners) listener(message.answer);
  }

  #next(): void {
    if (this.#busy || this.#waiting === undefined || this.#worker === undefined) return;
    this.#busy = true;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    this.#worker.postMessage(this.#waiting);
    this.#waiting = undefined;
  }

  #lost(worker: Worker, why: string): void {
    if (this.#closed || this.#worker !== worker) return;
    this.#worker = undefined;
    this.#onFault(
      new Fault('planner-died', `the planner's thread ended: ${why}`, {
        data: { starts: this.#starts, mostStarts: MOST_STARTS },
      }),
    );
  }
}
