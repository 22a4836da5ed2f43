import { fullBucket, takeTokens, type TokenBucket } from './token-bucket.ts';
import type { Topic } from './topic.ts';

/** Makes a payload when it departs: a position is then as old as its time stamp says. */
export type MakePayload = (departureMs: number) => Uint8Array;

/**
 * What waits to be published. Messages that age are kept unsigned, newest wins, so that a newer
 * intent replaces the one that never left and its time stamp is that of its departure; messages
 * that last are signed when they are made, because repair may carry them first.
 */
export interface Outgoing {
  ageing: Map<Topic, { payload: MakePayload; sinceMs: number }>;
  lasting: { topic: Topic; envelope: Uint8Array; sinceMs: number }[];
  bucket: TokenBucket | undefined;
  /** When messages that age last departed. */
  agedMs: number;
  /** Set when the next tick must send what waits, whatever it is. */
  hurry: boolean;
}

/** A queue that overflows loses its oldest; it is in the registers, so repair still carries it. */
export const MAX_LASTING = 256;

/** Waiting this long for company saves messages; nothing here is missed for a fifth of a second. */
const MAX_WAIT_MS = 200;

/** Topics that do not wait for company. */
const PROMPT: ReadonlySet<Topic> = new Set(['goal', 'directive', 'roster', 'intent', 'taskReport']);

/** Topics that no budget holds back: orders of people. */
const UNBUDGETED: ReadonlySet<Topic> = new Set(['goal', 'directive', 'roster']);

/**
 * Bytes of envelopes a second that one member may say on average at the pace of a small swarm; eight
 * times what a drone in flight says. Whoever must speak more seldom has so much less.
 */
const EGRESS = { perS: 12_000, burst: 48_000 };
const EGRESS_PACE_MS = 200;

/** What goes first where not all may go: people's orders, then who does what, then where one will be. */
const RANK: Record<Topic, number> = {
  directive: 0,
  roster: 1,
  goal: 1,
  safety: 1,
  taskReport: 2,
  intent: 3,
  bid: 4,
  finding: 5,
  belief: 6,
  beacon: 7,
  release: 8,
};

/** A message that departs: signed. */
export interface Departure {
  topic: Topic;
  envelope: Uint8Array;
}

export const emptyOutgoing = (): Outgoing => ({
  ageing: new Map(),
  lasting: [],
  bucket: undefined,
  agedMs: -Infinity,
  hurry: false,
});

export const queueAgeing = (
  outgoing: Outgoing,
  topic: Topic,
  payload: MakePayload,
  nowMs: number,
): void => {
  const sinceMs = outgoing.ageing.get(topic)?.sinceMs ?? nowMs;
  outgoing.ageing.set(topic, { payload, sinceMs });
};

export const queueLasting = (
  outgoing: Outgoing,
  topic: Topic,
  envelope: Uint8Array,
  nowMs: number,
): void => {
  outgoing.lasting.push({ topic, envelope, sinceMs: nowMs });
  if (outgoing.lasting.length > MAX_LASTING) outgoing.lasting.shift();
};

/**
 * What departs now, by rank; `sign` makes an envelope of an ageing payload. What ages departs no more
 * often than every `paceMs`, but in a hurry.
 */
export const takeDepartures = (
  outgoing: Outgoing,
  nowMs: number,
  paceMs: number,
  sign: (topic: Topic, payload: Uint8Array) => Uint8Array,
): Departure[] => {
  const mayAge = outgoing.hurry || nowMs - outgoing.agedMs >= paceMs;
  if (!isDue(outgoing, nowMs, mayAge)) return [];
  outgoing.hurry = false;
  const limits = {
    ...EGRESS,
    perS: (EGRESS.perS * EGRESS_PACE_MS) / Math.max(EGRESS_PACE_MS, paceMs),
  };
  const bucket = outgoing.bucket ?? fullBucket(limits, nowMs);
  outgoing.bucket = bucket;
  const isAffordable = (topic: Topic, bytes: number): boolean =>
    UNBUDGETED.has(topic) || takeTokens(bucket, limits, bytes, nowMs);
  const departures: Departure[] = [];
  const departed = new Set<Departure>();
  for (const one of byRank(outgoing.lasting)) {
    if (isAffordable(one.topic, one.envelope.length)) departed.add(one);
  }
  departures.push(...departed);
  // In the order in which it came: when it overflows, the oldest goes.
  outgoing.lasting = outgoing.lasting.filter((one) => !departed.has(one));
  let hasAged = false;
  if (mayAge) {
    const ageing = [...outgoing.ageing].map(([topic, one]) => ({ topic, ...one }));
    for (const { topic, payload } of byRank(ageing)) {
      const bytes = payload(nowMs);
      if (!isAffordable(topic, bytes.length)) continue;
      outgoing.ageing.delete(topic);
      hasAged = true;
      departures.push({ topic, envelope: sign(topic, bytes) });
    }
  }
  // Up to half a step early: ticks are no multiple of the pace, and it shall hold on the whole.
  if (hasAged) outgoing.agedMs = Math.max(outgoing.agedMs + paceMs, nowMs - paceMs / 2);
  return departures;
};

const byRank = <T extends { topic: Topic }>(messages: readonly T[]): T[] =>
  [...messages].sort((a, b) => RANK[a.topic] - RANK[b.topic]);

const isDue = (outgoing: Outgoing, nowMs: number, mayAge: boolean): boolean => {
  if (outgoing.hurry) return true;
  const isRipe = (topic: Topic, sinceMs: number): boolean =>
    PROMPT.has(topic) || nowMs - sinceMs >= MAX_WAIT_MS;
  return (
    outgoing.lasting.some((one) => isRipe(one.topic, one.sinceMs)) ||
    (mayAge && [...outgoing.ageing].some(([topic, one]) => isRipe(topic, one.sinceMs)))
  );
};
