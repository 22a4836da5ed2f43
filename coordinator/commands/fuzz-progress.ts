import type { SeedOutcome } from '#sim/fuzz/run-fuzz-episode.ts';
import type { Output } from '../output.ts';
import { violationsOf, violationText } from './fuzz-summary.ts';

/** How fast seeds are flown. */
export interface FuzzCost {
  episodesPerMinute: number;
  /** CPU seconds of an episode, on average. */
  cpuSPerEpisode: number;
}

const PROGRESS_MS = 5000;

/** Tells of each violation at once, and now and then how far a fuzzing run is. */
export class FuzzProgress {
  readonly #output: Output;
  readonly #nowMs: () => number;
  readonly #startMs: number;
  readonly #all: number;
  /** Flown by an earlier run. */
  readonly #before: number;
  #toldMs: number;
  #flown = 0;
  #failed = 0;
  #cpuMs = 0;

  /** @param nowMs monotonic. */
  constructor(output: Output, all: number, before: readonly SeedOutcome[], nowMs: () => number) {
    this.#output = output;
    this.#all = all;
    this.#before = before.length;
    this.#failed = before.filter(isFailed).length;
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
    this.#toldMs = this.#startMs;
  }

  add(outcome: SeedOutcome, cpuMs: number): void {
    this.#flown += 1;
    this.#cpuMs += cpuMs;
    if (isFailed(outcome)) this.#failed += 1;
    if ('crash' in outcome) {
      const { seed, crash } = outcome;
      this.#output.progress({ crash: outcome }, () => `CRASH at seed ${seed}: ${crash}`);
    } else {
      for (const violation of violationsOf(outcome))
        this.#output.progress({ violation }, () => violationText(violation));
    }
    const nowMs = this.#nowMs();
    const isLast = this.#before + this.#flown === this.#all;
    if (!isLast && nowMs - this.#toldMs < PROGRESS_MS) return;
    this.#toldMs = nowMs;
    this.#tell();
  }

  /** Of what this run has flown; undefined while that is nothing. */
  get cost(): FuzzCost | undefined {
    if (this.#flown === 0) return undefined;
    return {
      episodesPerMinute: rounded((60_000 * this.#flown) / (this.#nowMs() - this.#startMs)),
      cpuSPerEpisode: rounded(this.#cpuMs / 1000 / this.#flown),
    };
  }

  #tell(): void {
    const flown = this.#before + this.#flown;
    const cost = this.cost!;
    const leftS = Math.round((60 * (this.#all - flown)) / cost.episodesPerMinute);
    const progress = { flown, of: this.#all, failed: this.#failed, ...cost, leftS };
    this.#output.progress(
      { progress },
      () =>
        `${flown}/${this.#all} episodes, ${this.#failed} with violations or crashes; ${costText(cost)}, ${timeText(leftS)} to go`,
    );
  }
}

const isFailed = (outcome: SeedOutcome): boolean =>
  'crash' in outcome || outcome.violations.length > 0;

const rounded = (value: number): number => Math.round(100 * value) / 100;

export const costText = ({ episodesPerMinute, cpuSPerEpisode }: FuzzCost): string =>
  `${episodesPerMinute.toFixed(1)} a minute, ${cpuSPerEpisode.toFixed(1)} s of CPU each`;

const timeText = (seconds: number): string =>
  seconds < 600 ? `${seconds} s` : `${(seconds / 3600).toFixed(1)} h`;
