import type { GuardAction } from '../action.ts';
import type { Watch } from '../check.ts';
import type { Situation } from '../situation.ts';

/** Position telemetry comes every 50 ms. */
const TOO_OLD_MS = 500;
/** One standard deviation beyond which separation and fence mean nothing any more. */
const TOO_VAGUE_M = 5;
/** Longer without a position, and the drone comes down while PX4 can still hold it level (5.4 s). */
const LOST_AFTER_MS = 4000;
/**
 * With a deceived receiver PX4 can hold its place for as long as it refuses the fix. When it gives in,
 * seven seconds after the jump, a landing under way would be flown to where its place now seems to lie:
 * it begins afterwards.
 */
const DECEIVED_AFTER_MS = 9000;
/** An autopilot unheard for this long says nothing about its position: that is the link's matter. */
const SILENT_MS = 600;
/** A position that has just come back may go again: it must stay as long as it was away, within these. */
const GOOD_FOR_LEAST_MS = 200;
const GOOD_FOR_MOST_MS = 1000;

/** Poor position: rest first, then land where it is. */
export class PositionQuality implements Watch {
  readonly name = 'position-lost';
  #badSinceMs: number | undefined;
  #goodSinceMs = Number.NEGATIVE_INFINITY;

  assess({ nowMs, estimate, vehicleHeardMs }: Readonly<Situation>): GuardAction {
    if (nowMs - vehicleHeardMs > SILENT_MS) {
      this.#badSinceMs = nowMs;
      this.#goodSinceMs = nowMs;
      return 'brake';
    }
    const good =
      estimate.valid && estimate.ageMs <= TOO_OLD_MS && estimate.positionStdM <= TOO_VAGUE_M;
    if (!good) {
      this.#badSinceMs ??= nowMs;
      this.#goodSinceMs = nowMs;
    }
    if (this.#badSinceMs === undefined) return 'pass';
    const awayMs = this.#goodSinceMs - this.#badSinceMs;
    const neededMs = Math.min(GOOD_FOR_MOST_MS, Math.max(GOOD_FOR_LEAST_MS, awayMs));
    if (good && nowMs - this.#goodSinceMs >= neededMs) {
      this.#badSinceMs = undefined;
      return 'pass';
    }
    const lostAfterMs = estimate.deceived ? DECEIVED_AFTER_MS : LOST_AFTER_MS;
    return !good && nowMs - this.#badSinceMs >= lostAfterMs ? 'land' : 'brake';
  }

  reset(): void {
    this.#badSinceMs = undefined;
  }
}
