/**
 * Swarm clock: what to add to a member's monotonic time to get ours, with a bound on the error.
 *
 * With o the true offset, a message sent at s (its clock) and received at r (ours) says o ≤ r − s,
 * because delay is never negative; one that we sent at s' and it received at r' says o ≥ s' − r'.
 * The interval between the tightest of each is certain however the delays are distributed and
 * however lopsided the link is (Cristian 1989; NTP's four time stamps are the case of one exchange).
 * A bound loosens with age by the drift that two quartz clocks can have, so the newest tight one wins.
 */
export interface ClockOffset {
  /** o ≤ upper.valueMs + drift since upper.atMs. */
  upper: Bound | undefined;
  lower: Bound | undefined;
}

interface Bound {
  valueMs: number;
  atMs: number;
}

/** Two crystals of ±200 ppm each, the worst over a drone's range of temperature. */
const DRIFT = 400e-6;
/** Of sums of times in a float64: two bounds that just touch do not contradict each other. */
const ROUNDING_MS = 1e-3;
/** Assumed while the member has not echoed us: a message takes at most this long. */
const UNECHOED_ERROR_MS = 500;

export const unknownClock = (): ClockOffset => ({ upper: undefined, lower: undefined });

/** Notes a message of the member: sent at `sentMs` of its clock, received at `receivedMs` of ours. */
export const noteHeard = (clock: ClockOffset, sentMs: number, receivedMs: number): void => {
  const valueMs = receivedMs - sentMs;
  const current = clock.upper;
  if (current === undefined || valueMs <= current.valueMs + DRIFT * (receivedMs - current.atMs)) {
    clock.upper = { valueMs, atMs: receivedMs };
    forgetContradiction(clock, 'lower', receivedMs);
  }
};

/** Notes the member's echo: we sent at `sentMs` of our clock, it received at `heardMs` of its own. */
export const noteEchoed = (
  clock: ClockOffset,
  sentMs: number,
  heardMs: number,
  nowMs: number,
): void => {
  const valueMs = sentMs - heardMs;
  const current = clock.lower;
  if (current === undefined || valueMs >= current.valueMs - DRIFT * (nowMs - current.atMs)) {
    clock.lower = { valueMs, atMs: sentMs };
    forgetContradiction(clock, 'upper', nowMs);
  }
};

/** A clock that was set or stopped makes the bounds cross: the older one is void then. */
const forgetContradiction = (clock: ClockOffset, older: 'upper' | 'lower', nowMs: number): void => {
  const { upper, lower } = clock;
  if (upper === undefined || lower === undefined) return;
  const width =
    upper.valueMs + DRIFT * (nowMs - upper.atMs) - (lower.valueMs - DRIFT * (nowMs - lower.atMs));
  if (width < -ROUNDING_MS) clock[older] = undefined;
};

/** How much longer a message took than the fastest of late, ms; 0 while nothing is known. */
export const latenessMs = (clock: ClockOffset, sentMs: number, receivedMs: number): number => {
  const { upper } = clock;
  if (upper === undefined) return 0;
  return Math.max(0, receivedMs - sentMs - (upper.valueMs + DRIFT * (receivedMs - upper.atMs)));
};

/** Add `offsetMs` to the member's monotonic ms to get ours, within ± `errorMs`. */
export const clockEstimate = (
  clock: ClockOffset | undefined,
  nowMs: number,
): { offsetMs: number; errorMs: number } => {
  const upper = clock?.upper;
  const lower = clock?.lower;
  if (upper === undefined) return { offsetMs: 0, errorMs: Infinity };
  const high = upper.valueMs + DRIFT * (nowMs - upper.atMs);
  if (lower === undefined) return { offsetMs: high, errorMs: UNECHOED_ERROR_MS };
  const low = lower.valueMs - DRIFT * (nowMs - lower.atMs);
  return { offsetMs: (high + low) / 2, errorMs: Math.max(0, high - low) / 2 };
};
