import type { FastFrame } from './fast-frame.ts';

/** How well a member hears another's frames; two bits on the air. */
export const HEARS = { not: 0, byRelay: 1, poorly: 2, well: 3 } as const;
export type Level = (typeof HEARS)[keyof typeof HEARS];

/** Above this share of frames lost, others should say them again: it is a burst of a tenth of a second every second. */
const POOR_LOSS = 0.15;
/** Weight of one frame in the share lost: the last ten or twenty count. */
const LOSS_WEIGHT = 0.08;
/** A gap of more frames than this is a pause or a restart, not a loss. */
const MAX_GAP = 64;
/** A member is heard as long as it lacks no more than so many of its frames in a row, and this long at least. */
const MISSED_FRAMES = 4;
const HEARD_MS = 1500;

/** A frame counts as lost when so many later ones are here. */
const LATE_FRAMES = 4;
const ALL_ARRIVED = (1 << LATE_FRAMES) - 1;

/** What we know of one other member from its frames. Times are our monotonic ms; −∞ = never. */
export interface FastPeer {
  directMs: number;
  anyMs: number;
  bootEpoch: number;
  lastNumber: number;
  /** Bit n: the frame n before the last one arrived. */
  arrived: number;
  /** Share of its frames that did not reach us directly, of late. */
  lossShare: number;
  paceMs: number;
  /** Whom it hears, as it said last. */
  hearing: Uint8Array;
  ownDigest: number;
  /** It differed from what we have of that member's, the last time it was looked at. */
  differed: boolean;
}

export const unheardPeer = (): FastPeer => ({
  directMs: -Infinity,
  anyMs: -Infinity,
  bootEpoch: 0,
  lastNumber: -1,
  arrived: ALL_ARRIVED,
  lossShare: 0,
  paceMs: 0,
  hearing: new Uint8Array(0),
  ownDigest: 0,
  differed: false,
});

/** Notes a frame that came straight from its sender, for the first time or after a relay's copy. */
export const noteDirect = (
  peer: FastPeer,
  frame: Pick<FastFrame, 'number' | 'bootEpoch'>,
  nowMs: number,
): void => {
  const isSuccessor = peer.lastNumber >= 0 && frame.bootEpoch === peer.bootEpoch;
  const ahead = (frame.number - peer.lastNumber) & 0xffff;
  const behind = (peer.lastNumber - frame.number) & 0xffff;
  if (!isSuccessor || (ahead > MAX_GAP && behind > MAX_GAP)) {
    peer.lossShare = 0;
    peer.arrived = ALL_ARRIVED;
  } else if (behind <= MAX_GAP) {
    // Frames of one moment overtake each other: a late one was not lost.
    if (behind < LATE_FRAMES) peer.arrived |= 1 << behind;
    peer.directMs = nowMs;
    return;
  } else {
    for (let step = 0; step < ahead; step += 1) judgeOldest(peer);
    peer.arrived |= 1;
  }
  peer.lastNumber = frame.number;
  peer.bootEpoch = frame.bootEpoch;
  peer.directMs = nowMs;
};

/** Moves on by one frame; the one that can come no more counts. */
const judgeOldest = (peer: FastPeer): void => {
  const wasLost = ((peer.arrived >>> (LATE_FRAMES - 1)) & 1) === 0;
  peer.lossShare += LOSS_WEIGHT * (Number(wasLost) - peer.lossShare);
  peer.arrived = (peer.arrived << 1) & ALL_ARRIVED;
};

/** Notes what a frame says, by whatever way it came. */
export const noteSaid = (
  peer: FastPeer,
  { paceMs, hearing, ownDigest }: Pick<FastFrame, 'paceMs' | 'hearing' | 'ownDigest'>,
  nowMs: number,
): void => {
  peer.anyMs = nowMs;
  peer.paceMs = paceMs;
  peer.hearing = hearing;
  peer.ownDigest = ownDigest;
};

const isRecent = (peer: FastPeer, atMs: number, nowMs: number): boolean =>
  nowMs - atMs <= Math.max(HEARD_MS, MISSED_FRAMES * peer.paceMs);

export const levelOf = (peer: FastPeer | undefined, nowMs: number): Level => {
  if (peer === undefined || !isRecent(peer, peer.anyMs, nowMs)) return HEARS.not;
  if (!isRecent(peer, peer.directMs, nowMs)) return HEARS.byRelay;
  return peer.lossShare > POOR_LOSS ? HEARS.poorly : HEARS.well;
};

/** `order`: the members by id, as every holder of the same roster has them. */
export const encodeHearing = (
  order: readonly number[],
  peers: ReadonlyMap<number, FastPeer>,
  nowMs: number,
): Uint8Array => {
  const bytes = new Uint8Array(hearingBytes(order.length));
  for (const [index, member] of order.entries()) {
    bytes[index >>> 2]! |= levelOf(peers.get(member), nowMs) << (2 * (index & 3));
  }
  return bytes;
};

export const hearingBytes = (members: number): number => Math.ceil(members / 4);

/** How well the peer says that it hears the member with this place in the roster's order. */
export const saidLevel = (peer: FastPeer, index: number): Level =>
  (((peer.hearing[index >>> 2] ?? 0) >>> (2 * (index & 3))) & 3) as Level;
