import type { PlanAnswer, PlanRequest } from '#agent/mind/plan-port.ts';
import { decodeInbox } from '#agent/mind/record/inbox.ts';
import type { MindAgain } from '#agent/mind/replay.ts';
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
 * Makes the requests of a mind again by running its ticks, and every `every`-th that was answered through
 * a planner; compares the digests over request, weights and trajectory, up to the first that differs.
 * Throws Fault 'log-tick-malformed' or 'bytes-malformed', and whatever the planner throws.
 */
export const replayPlans = async (
  records: AsyncIterable<NumberedRecord>,
  planner: ReplayPlanner,
  every: number,
  mindOf: (start: Uint8Array) => Pick<MindAgain, 'tick'>,
): Promise<PlansReplay> => {
  const replay: PlansReplay = { plans: 0, skipped: 0, divergence: undefined };
  const minds = new MindsAgain(mindOf);
  const waiting = new Map<number, PlanRequest>();
  let answered = 0;
  for await (const record of records) {
    if (record.channel === 'mind/start') waiting.clear();
    const thought = minds.feed(record);
    if (thought === undefined) continue;
    const { answer, planRequest } = thought;
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
    if (planRequest !== null) remember(waiting, planRequest);
  }
  return replay;
};

interface Thought {
  answer: PlanAnswer | null;
  /** Null as well where the mind could not be run: records before this one are lost. */
  planRequest: PlanRequest | null;
}

/** The minds of a log, one after the other, each as far as its ticks follow on one another. */
class MindsAgain {
  readonly #mindOf: (start: Uint8Array) => Pick<MindAgain, 'tick'>;
  #mind: Pick<MindAgain, 'tick'> | undefined;
  #lastTick = -1;

  constructor(mindOf: (start: Uint8Array) => Pick<MindAgain, 'tick'>) {
    this.#mindOf = mindOf;
  }

  /** Undefined for anything but a new tick. */
  feed({ channel, payload }: NumberedRecord): Thought | undefined {
    if (channel === 'mind/start') {
      this.#mind = this.#mindOf(payload);
      this.#lastTick = -1;
    }
    if (channel !== 'mind/tick') return undefined;
    const { tick, nowMs, inbox } = decodeTickRecord(payload);
    // A batch sent again after the recorder died stands in the log twice.
    if (tick <= this.#lastTick) return undefined;
    if (tick !== this.#lastTick + 1) this.#mind = undefined;
    this.#lastTick = tick;
    if (this.#mind === undefined) return { answer: decodeInbox(inbox).answer, planRequest: null };
    const again = this.#mind.tick(nowMs, inbox);
    return { answer: again.inbox.answer, planRequest: again.outbox.planRequest };
  }
}

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
