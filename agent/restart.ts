/** How long the supervisor waits before it starts a dead child again. */
export const RESTART = {
  /** A pilot must be back before PX4's offboard-loss failsafe (COM_OF_LOSS_T, 1 s) has flown far. */
  firstMs: 50,
  /** A child that dies at once again and again must not eat the processor of those that fly. */
  longestMs: 2000,
  /** A child that lived this long is healthy: its next death starts from firstMs again. */
  healthyAfterMs: 5000,
} as const;

/**
 * Delay before the next start of a child that lived `livedMs` and whose last delay was `lastDelayMs`
 * (undefined: it never died before). Doubles up to the longest.
 */
export const restartDelayMs = (livedMs: number, lastDelayMs: number | undefined): number => {
  if (lastDelayMs === undefined || livedMs >= RESTART.healthyAfterMs) return RESTART.firstMs;
  return Math.min(RESTART.longestMs, lastDelayMs * 2);
};
