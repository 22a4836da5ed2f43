import type { Random } from '../random.ts';

/**
 * Whom to dial and when. Of two members the one with the lower peer id dials, so that they do not end
 * up with two connections; the other helps out only after a long while, in case the lower one cannot
 * reach it. Nobody is ever given up: libp2p's own reconnecting ends after five tries.
 */
export interface DialPlan {
  readonly attempts: Map<string, Attempt>;
}

interface Attempt {
  failures: number;
  nextMs: number;
  /** Since when there has been no connection. */
  apartSinceMs: number;
}

const FIRST_BACKOFF_MS = 1000;
/** A link that comes back is used again within this time at the latest, give or take the jitter. */
const MAX_BACKOFF_MS = 2000;
const HELP_OUT_AFTER_MS = 12_000;

export const createDialPlan = (): DialPlan => ({ attempts: new Map() });

const attemptOf = (plan: DialPlan, peerId: string, nowMs: number): Attempt => {
  const known = plan.attempts.get(peerId);
  if (known !== undefined) return known;
  const fresh: Attempt = { failures: 0, nextMs: nowMs, apartSinceMs: nowMs };
  plan.attempts.set(peerId, fresh);
  return fresh;
};

/** The peers to dial now, of those that belong and are neither connected nor being dialled. */
export const dueDials = (
  plan: DialPlan,
  self: string,
  belonging: readonly string[],
  isBusy: (peerId: string) => boolean,
  nowMs: number,
): string[] => {
  for (const peerId of plan.attempts.keys()) {
    if (!belonging.includes(peerId)) plan.attempts.delete(peerId);
  }
  return belonging.filter((peerId) => {
    if (peerId === self || isBusy(peerId)) return false;
    const attempt = attemptOf(plan, peerId, nowMs);
    const isOurs = self < peerId || nowMs - attempt.apartSinceMs >= HELP_OUT_AFTER_MS;
    return isOurs && nowMs >= attempt.nextMs;
  });
};

/** Doubling from 1 s to 2 s, each between half and one and a half of it, so that a fleet does not dial in step. */
export const noteDialFailed = (
  plan: DialPlan,
  peerId: string,
  nowMs: number,
  random: Random,
): void => {
  const attempt = attemptOf(plan, peerId, nowMs);
  const backoffMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt.failures);
  attempt.failures += 1;
  attempt.nextMs = nowMs + backoffMs * (0.5 + random.uniform());
};

/** It was heard by another way after it had been silent: the next dial need not wait. */
export const noteVoice = (plan: DialPlan, peerId: string, nowMs: number): void => {
  const attempt = plan.attempts.get(peerId);
  if (attempt !== undefined) attempt.nextMs = Math.min(attempt.nextMs, nowMs);
};

export const noteDisconnected = (
  plan: DialPlan,
  peerId: string,
  nowMs: number,
  random: Random,
): void => {
  const nextMs = nowMs + 500 * random.uniform();
  plan.attempts.set(peerId, { failures: 0, nextMs, apartSinceMs: nowMs });
};

export const noteConnected = (plan: DialPlan, peerId: string): void => {
  plan.attempts.delete(peerId);
};
