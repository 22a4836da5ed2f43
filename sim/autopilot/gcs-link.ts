import { slotOf, type Parameters } from './parameters.ts';

const COM_DL_LOSS_T = slotOf('COM_DL_LOSS_T');

/** A link is thought to be alive for this long after a heartbeat, and looked at once a second. */
export const HEARTBEAT_TIMEOUT_S = 2.5;
/** The link's loop of 10 ms makes 1.01–1.02 s of a second. */
const LOOK_PERIOD_S = 1.012;

/**
 * Whether ground stations are heard. The loss shows late: COM_DL_LOSS_T counts from the last look at
 * the link (once a second) that still found a heartbeat within 2.5 s, as in the recordings.
 */
export class GcsLink {
  /** Seconds since boot of the last heartbeat; never: not a number. */
  heardS = Number.NaN;
  /** A drill: heartbeats do not arrive. */
  deaf = false;
  #seenS = Number.NEGATIVE_INFINITY;
  #lookS = 0;

  hear(timeS: number): void {
    if (!this.deaf) this.heardS = timeS;
  }

  step(timeS: number): void {
    if (timeS < this.#lookS) return;
    this.#lookS = timeS + LOOK_PERIOD_S;
    if (timeS - this.heardS < HEARTBEAT_TIMEOUT_S) this.#seenS = timeS;
  }

  get everSeen(): boolean {
    return Number.isFinite(this.#seenS);
  }

  /** Never heard counts as lost too, for the arming checks. */
  isLost(timeS: number, parameters: Parameters): boolean {
    return timeS - this.#seenS > parameters.at(COM_DL_LOSS_T);
  }
}
