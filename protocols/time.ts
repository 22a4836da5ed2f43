/**
 * Time is handed to whoever needs it (TigerBeetle's rule), so that one seed replays a whole swarm.
 * The real clock is in the door `system-clock.ts`; simulated clocks live in `sim/`.
 */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary moment, the same for all processes of one machine. */
  monotonicMs(): number;
  /** Unix time in microseconds: for records and people only; no logic may depend on it. */
  unixUs(): bigint;
}
