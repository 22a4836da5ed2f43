/** One look at the flight controller's clock: our monotonic time, and its time since its boot, ms. */
export interface ControllerClock {
  atMs: number;
  bootMs: number;
}

/** Drift of a clock, or a simulation that runs slow, over the time in which nobody looked. */
const DRIFT_MS = 5000;
const DRIFT_SHARE = 0.2;

/** A packet may be overtaken on its way by so much. */
const OVERTAKEN_MS = 1000;

/** Whether the flight controller's clock began anew between two looks, however long ago the first was. */
export const hasRebooted = (before: ControllerClock, after: ControllerClock): boolean => {
  if (!Number.isFinite(after.bootMs)) return false;
  const elapsedMs = after.atMs - before.atMs;
  // A companion that began anew itself has another clock: what that one shows has passed at least.
  const passedMs = elapsedMs < 0 ? after.atMs : elapsedMs;
  const leastMs = passedMs * (1 - DRIFT_SHARE) - DRIFT_MS;
  return after.bootMs < before.bootMs + Math.max(-OVERTAKEN_MS, leastMs);
};
