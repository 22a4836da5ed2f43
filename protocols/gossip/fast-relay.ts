import type { Random } from '../random.ts';
import { frameName, hopsOf, relayedFrame } from './fast-frame.ts';
import { fullBucket, takeTokens, type TokenBucket } from './token-bucket.ts';

/**
 * Saying a frame again for those who did not hear it. Whoever heard it and knows of somebody who may
 * not have waits a random moment, and keeps still when others were faster: the counter-based scheme of
 * Ni et al., "The broadcast storm problem" (MobiCom 1999).
 */
export interface FastRelay {
  /** Frames of late by name: who has them needs no other copy. */
  readonly seen: Map<string, SeenFrame>;
  readonly waiting: Map<string, Waiting>;
  readonly bucket: TokenBucket;
}

export interface SeenFrame {
  sender: number;
  number: number;
  bootEpoch: number;
  /** When it came first. */
  seenMs: number;
  /** Copies by relays so far. */
  copies: number;
}

interface Waiting {
  atMs: number;
  bytes: Uint8Array;
  isUrgent: boolean;
}

/** At 150 frames a second, the last half minute. */
export const MAX_SEEN = 4096;
const MAX_WAITING = 64;
const WAIT_MS = { least: 2, spread: 24 };
/** Copies by others after which ours is not needed. */
const ENOUGH_COPIES = 2;
const ENOUGH_URGENT_COPIES = 4;
const MAX_HOPS = 2;
/** An order may have to cross a chain of members each of which hears only the next. */
const MAX_URGENT_HOPS = 8;
/** Bytes a second that one member may spend on others' words; orders are free of it. */
const RELAY_LIMITS = { perS: 6000, burst: 12_000 };

export const newRelay = (nowMs: number): FastRelay => ({
  seen: new Map(),
  waiting: new Map(),
  bucket: fullBucket(RELAY_LIMITS, nowMs),
});

/** Counts a further copy of a frame, and says which frame it was; undefined when it is new. */
export const noteCopy = (relay: FastRelay, bytes: Uint8Array): SeenFrame | undefined => {
  const name = frameName(bytes);
  const known = relay.seen.get(name);
  if (known === undefined || hopsOf(bytes) === 0) return known;
  known.copies += 1;
  const waiting = relay.waiting.get(name);
  if (waiting !== undefined) {
    const enough = waiting.isUrgent ? ENOUGH_URGENT_COPIES : ENOUGH_COPIES;
    if (known.copies >= enough) relay.waiting.delete(name);
  }
  return known;
};

/** Remembers a frame that was opened: only the group can make us remember. */
export const noteSeen = (relay: FastRelay, bytes: Uint8Array, seen: SeenFrame): void => {
  relay.seen.set(frameName(bytes), seen);
  if (relay.seen.size > MAX_SEEN) relay.seen.delete(relay.seen.keys().next().value!);
};

/** Plans to say a frame again, unless others do or it came far enough. */
export const planRelay = (
  relay: FastRelay,
  bytes: Uint8Array,
  isUrgent: boolean,
  nowMs: number,
  random: Random,
): void => {
  if (hopsOf(bytes) >= (isUrgent ? MAX_URGENT_HOPS : MAX_HOPS)) return;
  if (relay.waiting.size >= MAX_WAITING && !isUrgent) return;
  const atMs = nowMs + WAIT_MS.least + WAIT_MS.spread * random.uniform();
  relay.waiting.set(frameName(bytes), { atMs, bytes: relayedFrame(bytes), isUrgent });
};

/** The frames to say again now. */
export const dueRelays = (relay: FastRelay, nowMs: number): Uint8Array[] => {
  const due: Uint8Array[] = [];
  for (const [name, { atMs, bytes, isUrgent }] of relay.waiting) {
    if (atMs > nowMs) continue;
    relay.waiting.delete(name);
    const isFree = isUrgent || takeTokens(relay.bucket, RELAY_LIMITS, bytes.length, nowMs);
    if (isFree) due.push(bytes);
  }
  return due;
};
