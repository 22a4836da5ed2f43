/** The planner's worker thread: one graph, one request at a time. `session.run` blocks, and here nobody waits for it. */
import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { assert, Fault } from '#protocols/fault.ts';
import type { PlanAnswer, PlanRequest } from '../plan-port.ts';
import { openPlanner, type PlannerModel } from './open-planner.ts';

/** A {@link Fault} as it travels between threads, where classes do not. */
export interface FaultMessage {
  code: string;
  message: string;
  data: Fault['data'];
  remedy: string | undefined;
}

/** What the worker tells: first `ready`, then one `answer` or `failed` per request. */
export type WorkerMessage =
  | { kind: 'ready'; model: string; fault: FaultMessage | undefined }
  | { kind: 'answer'; answer: PlanAnswer }
  | { kind: 'failed'; requestId: number; fault: FaultMessage };

const faultMessage = (error: unknown): FaultMessage =>
  error instanceof Fault
    ? { code: error.code, message: error.message, data: error.data, remedy: error.remedy }
    : { code: 'plan-failed', message: String(error), data: {}, remedy: undefined };

const port = parentPort;
assert(port !== null, 'the planner runs in a worker thread');
const tell = (message: WorkerMessage): void => port.postMessage(message);

const planner = await openPlanner(workerData as PlannerModel);
const { model, fault } = planner;

port.on('message', async (request: PlanRequest) => {
  const startedMs = performance.now();
  try {
    const answer = await planner.plan(request);
    tell({ kind: 'answer', answer: { ...answer, planMs: performance.now() - startedMs } });
  } catch (error) {
    tell({ kind: 'failed', requestId: request.requestId, fault: faultMessage(error) });
  }
});

// A drone is switched off, not shut down: what was compiled is kept now, not at the end.
flushCompileCache();
tell({ kind: 'ready', model, fault: fault === undefined ? undefined : faultMessage(fault) });
