import { decodeInbox, decodeOutbox } from '#agent/mind/codec.ts';
import type { PlanAnswer, PlanRequest } from '#agent/mind/plan-port.ts';
import type { NumberedRecord } from '#protocols/log/record.ts';
import { decodeTickRecord } from '#protocols/log/tick-record.ts';

/** Whatever imagines again what was imagined in flight. */
export interface ReplayPlanner {
  plan(request: PlanRequest): Promise<Pick<PlanAnswer, 'digest'>>;
  /** `name@version`. */
  model: string;
}

/** The first plan that comes out otherwise. */
export interface PlanDivergence {
  /** Number of the record in the flight that holds the answer. */
  number: number;
  requestId: number;
  recordedModel: string;
  replayedModel: string;
  recordedDigest: string;
  replayedDigest: string;
}

export interface PlansReplay {
  /** Plans imagined again and compared. */
  plans: number;
  /** Answers whose request is not in the log, as after lost records. */
  skipped: number;
  divergence: PlanDivergence | undefined;
}

/** Requests that may wait for their answer; in flight one at a time is outstanding. */
const MAX_WAITING = 64;

/**
 * Runs the recorded requests of a mind through a planner again, every `every`-th answered one, and
 * compares the digests over request, weights and trajectory, up to the first that differs.
 * Throws Fault 'log-tick-malformed', and whatever the planner throws.
 */
export const replayPlans = async (
  records: AsyncIterable<NumberedRecord>,
  planner: ReplayPlanner,
  every: number,
): Promise<PlansReplay> => {
  const replay: PlansReplay = { plans: 0, skipped: 0, divergence: undefined };
  const waiting = new Map<number, PlanRequest>();
  let answered = 0;
  for await (const record of records) {
    if (record.channel === 'mind/start') waiting.clear();
    if (record.channel !== 'mind/tick') continue;
    const tick = decodeTickRecord(record.payload);
    const { answer } = decodeInbox(tick.inbox);
    const request = answer === null ? undefined : waiting.get(answer.requestId);
    if (answer !== null && request === undefined) replay.skipped += 1;
    if (answer !== null && request !== undefined) {
      answered += 1;
      if ((answered - 1) % every === 0) {
        replay.divergence = await divergenceOf(record.number, request, answer, planner);
        replay.plans += 1;
        if (replay.divergence !== undefined) return replay;
      }
    }
    const { planRequest } = decodeOutbox(tick.outbox);
    if (planRequest !== null) remember(waiting, planRequest);
  }
  return replay;
};

const remember = (waiting: Map<number, PlanRequest>, request: PlanRequest): void => {
  waiting.set(request.requestId, request);
  const [oldest] = waiting.keys();
  if (waiting.size > MAX_WAITING && oldest !== undefined) waiting.delete(oldest);
};

const divergenceOf = async (
  number: number,
  request: PlanRequest,
  answer: PlanAnswer,
  planner: ReplayPlanner,
): Promise<PlanDivergence | undefined> => {
  const { digest } = await planner.plan(request);
  if (digest === answer.digest) return undefined;
  return {
    number,
    requestId: request.requestId,
    recordedModel: answer.model,
    replayedModel: planner.model,
    recordedDigest: answer.digest,
    replayedDigest: digest,
  };
};
