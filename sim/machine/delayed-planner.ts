import type { PlanAnswer, Planner, PlanRequest } from '#agent/mind/plan-port.ts';
import type { TimelessAnswer } from '#agent/mind/plan/planner.ts';
import type { Clock } from '#protocols/time.ts';

/** Runs one request; the same request gives the same answer bit for bit. */
export type Imagine = (request: PlanRequest) => Promise<TimelessAnswer>;

interface UnderWay {
  dueMs: number;
  planMs: number;
  answer: TimelessAnswer | undefined;
}

/**
 * The planner's thread in lockstep: one request at a time, of those that come meanwhile the newest
 * waits; the answer is computed at once and handed over when the drawn time has passed.
 */
export class DelayedPlanner implements Planner {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #imagine: Imagine;
  /** ms that the next plan takes; Infinity: it never comes. */
  readonly #drawMs: () => number;
  readonly #pending: (work: Promise<void>) => void;
  readonly #listeners: ((answer: PlanAnswer) => void)[] = [];
  #underWay: UnderWay | undefined;
  #waiting: PlanRequest | undefined;
  #closed = false;
  /** Added to every plan's time, ms: another process takes the processor. */
  stallMs = 0;

  constructor(
    clock: Pick<Clock, 'monotonicMs'>,
    imagine: Imagine,
    drawMs: () => number,
    pending: (work: Promise<void>) => void,
  ) {
    this.#clock = clock;
    this.#imagine = imagine;
    this.#drawMs = drawMs;
    this.#pending = pending;
  }

  request(request: PlanRequest): void {
    this.#waiting = request;
    this.#next();
  }

  onAnswer(listener: (answer: PlanAnswer) => void): void {
    this.#listeners.push(listener);
  }

  close(): void {
    this.#closed = true;
  }

  /** Hands over what is due. */
  step(): void {
    const underWay = this.#underWay;
    if (this.#closed || underWay === undefined) return;
    if (underWay.answer === undefined || this.#clock.monotonicMs() < underWay.dueMs) return;
    this.#underWay = undefined;
    const answer = { ...underWay.answer, planMs: underWay.planMs };
    for (const listener of this.#listeners) listener(answer);
    this.#next();
  }

  #next(): void {
    const request = this.#waiting;
    if (this.#underWay !== undefined || request === undefined) return;
    this.#waiting = undefined;
    const planMs = this.#drawMs() + this.stallMs;
    const underWay: UnderWay = {
      dueMs: this.#clock.monotonicMs() + planMs,
      planMs,
      answer: undefined,
    };
    this.#underWay = underWay;
    this.#pending(
      this.#imagine(request).then((answer) => {
        underWay.answer = answer;
      }),
    );
  }
}
