/** A battery that nobody spoke of for so long says nothing of now. */
export const CHARGE_AGE_MS = 10_000;

/** PX4 tells of each battery by itself, and of the emptiest in SYS_STATUS; more than these are none. */
const MOST_SOURCES = 8;

interface Charge {
  batteryRemaining: number;
  batteryAtMs: number;
}

/** SYS_STATUS among the sources of a charge; batteries have their ids. */
export const SYSTEM = -1;

/** The charge of the emptiest battery of those that were heard of lately. */
export class Charges {
  readonly #heard = new Map<number, { share: number; atMs: number }>();

  /** Takes a percentage from a source, and notes the least share of all; one that is none (−1) changes nothing. */
  hear(charge: Charge, source: number, percent: number, nowMs: number): void {
    if (!(percent >= 0 && percent <= 100)) return;
    for (const [other, { atMs }] of this.#heard) {
      if (nowMs - atMs > CHARGE_AGE_MS) this.#heard.delete(other);
    }
    if (this.#heard.has(source) || this.#heard.size < MOST_SOURCES) {
      this.#heard.set(source, { share: percent / 100, atMs: nowMs });
    }
    const shares = [...this.#heard.values()].map(({ share }) => share);
    charge.batteryRemaining = Math.min(percent / 100, ...shares);
    charge.batteryAtMs = nowMs;
  }
}

/** NaN when it was said too long ago. */
export const heardCharge = ({ batteryRemaining, batteryAtMs }: Charge, nowMs: number): number =>
  nowMs - batteryAtMs <= CHARGE_AGE_MS ? batteryRemaining : Number.NaN;

/** In flight a battery empties though nobody says so: from the age on at which its word counts no more. */
export const chargeInFlight = (
  { batteryRemaining, batteryAtMs }: Charge,
  dischargePerS: number,
  nowMs: number,
): number => {
  const unheardS = Math.max(0, nowMs - batteryAtMs - CHARGE_AGE_MS) / 1000;
  return Math.max(0, batteryRemaining - dischargePerS * unheardS);
};
