/** A rate limit: `perS` tokens a second on average, `burst` at once. */
export interface BucketLimits {
  perS: number;
  burst: number;
}

export interface TokenBucket {
  tokens: number;
  atMs: number;
}

export const fullBucket = (limits: BucketLimits, nowMs: number): TokenBucket => ({
  tokens: limits.burst,
  atMs: nowMs,
});

/** Takes `count` tokens and says whether they were there; takes none when they were not. */
export const takeTokens = (
  bucket: TokenBucket,
  limits: BucketLimits,
  count: number,
  nowMs: number,
): boolean => {
  const refill = (Math.max(0, nowMs - bucket.atMs) / 1000) * limits.perS;
  bucket.tokens = Math.min(limits.burst, bucket.tokens + refill);
  bucket.atMs = nowMs;
  if (bucket.tokens < count) return false;
  bucket.tokens -= count;
  return true;
};
