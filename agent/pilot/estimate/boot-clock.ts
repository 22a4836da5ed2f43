/** Two of these windows hold the least delay: long enough to see a prompt packet, short enough to follow a clock that falls behind. */
const WINDOW_MS = 1000;

/** A boot time this far behind the greatest seen is a reboot, not a packet that was overtaken. */
const REBOOT_BACKWARDS_MS = 1000;

/** A boot time that gained so much on ours jumped ahead: no bridge makes its best packet wait for so long. */
const JUMP_AHEAD_MS = 5000;

/**
 * Turns the flight controller's time since boot into this machine's monotonic time: the smallest
 * difference between receipt and boot time seen in the last one to two seconds is taken for the
 * delay-free one, so that a packet which waited for its tick does not look younger than it is.
 */
export class BootClock {
  /** How often the flight controller's clock began anew while we listened. */
  reboots = 0;
  /** Greatest time since boot seen in this boot; −∞ before the first. */
  newestBootMs = Number.NEGATIVE_INFINITY;
  /** When its clock last jumped ahead, monotonic ms; −∞ = never. */
  jumpedMs = Number.NEGATIVE_INFINITY;
  #windowStartMs = Number.NEGATIVE_INFINITY;
  #least = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;

  /** Monotonic ms at which something stamped `bootMs` and received at `receivedMs` was true. */
  monotonicMs(bootMs: number, receivedMs: number): number {
    if (bootMs < this.newestBootMs - REBOOT_BACKWARDS_MS) {
      this.reboots += 1;
      this.newestBootMs = bootMs;
      this.#least = Number.POSITIVE_INFINITY;
      this.#leastBefore = Number.POSITIVE_INFINITY;
    }
    if (bootMs > this.newestBootMs) this.newestBootMs = bootMs;
    if (receivedMs - this.#windowStartMs >= WINDOW_MS) {
      this.#leastBefore = this.#least;
      this.#least = Number.POSITIVE_INFINITY;
      this.#windowStartMs = receivedMs;
    }
    const known = Math.min(this.#least, this.#leastBefore);
    if (known < Number.POSITIVE_INFINITY && receivedMs - bootMs < known - JUMP_AHEAD_MS) {
      this.jumpedMs = receivedMs;
    }
    this.#least = Math.min(this.#least, receivedMs - bootMs);
    return Math.min(receivedMs, bootMs + Math.min(this.#least, this.#leastBefore));
  }
}

/** Telemetry further back than this belongs to another boot. */
const OTHER_BOOT_MS = 1000;

/** A packet that a newer one has overtaken on its way, or one that came twice. */
export const isOvertaken = (bootMs: number, newestBootMs: number): boolean =>
  bootMs <= newestBootMs && bootMs > newestBootMs - OTHER_BOOT_MS;
