import { packBundles } from './bundle.ts';
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

/** One message of gossip; a larger envelope (a goal) travels alone. */
const BUNDLE_BYTES = 16_384;

/**
 * Bytes of envelopes a second that one member may publish on average. Gossip multiplies them by
 * about (members − 1) · 1.8 kB / 200 B on the air; 12 kB/s is eight times what a drone in flight says.
 */
const EGRESS = { perS: 12_000, burst: 48_000 };

export const emptyOutgoing = (): Outgoing => ({
  ageing: new Map(),
  lasting: [],
  bucket: undefined,
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

/** The bundles to publish now; `sign` makes an envelope of an ageing payload. */
export const takeBundles = (
  outgoing: Outgoing,
  nowMs: number,
  sign: (topic: Topic, payload: Uint8Array) => Uint8Array,
): Uint8Array[] => {
  if (!isDue(outgoing, nowMs)) return [];
  outgoing.hurry = false;
  const bucket = outgoing.bucket ?? fullBucket(EGRESS, nowMs);
  outgoing.bucket = bucket;
  const isAffordable = (topic: Topic, bytes: number): boolean =>
    UNBUDGETED.has(topic) || takeTokens(bucket, EGRESS, bytes, nowMs);
  const envelopes: Uint8Array[] = [];
  const kept: Outgoing['lasting'] = [];
  for (const one of outgoing.lasting) {
    if (isAffordable(one.topic, one.envelope.length)) envelopes.push(one.envelope);
    else kept.push(one);
  }
  outgoing.lasting = kept;
  for (const [topic, { payload }] of outgoing.ageing) {
    const bytes = payload(nowMs);
    if (!isAffordable(topic, bytes.length)) continue;
    outgoing.ageing.delete(topic);
    envelopes.push(sign(topic, bytes));
  }
  return envelopes.length === 0 ? [] : packBundles(envelopes, BUNDLE_BYTES);
};

const isDue = (outgoing: Outgoing, nowMs: number): boolean => {
  if (outgoing.hurry) return true;
  const isRipe = (topic: Topic, sinceMs: number): boolean =>
    PROMPT.has(topic) || nowMs - sinceMs >= MAX_WAIT_MS;
  return (
    outgoing.lasting.some((one) => isRipe(one.topic, one.sinceMs)) ||
    [...outgoing.ageing].some(([topic, one]) => isRipe(topic, one.sinceMs))
  );
};
