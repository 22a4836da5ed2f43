import { encodePayload } from '#protocols/gossip/codec.ts';
import { attachSignature, encodeUnsigned } from '#protocols/gossip/envelope.ts';
import { loadSigningKey } from '#protocols/gossip/signing.ts';
import { systemClock } from '#protocols/system-clock.ts';

import { intentAt, NO_GOAL } from '../words.ts';

/** An envelope in `author`'s name, signed with whatever key, of a later boot than any of the author's. */
export const forgedEnvelope = (
  topic: 'intent' | 'taskReport',
  author: number,
  payload: Uint8Array,
  sequence: number,
  keyFile: string,
): Uint8Array => {
  const sentMs = systemClock.monotonicMs();
  const header = { topic, author, rosterEpoch: 1, bootEpoch: 4_100_000_000, sequence, sentMs };
  const unsigned = encodeUnsigned(header, payload);
  return attachSignature(unsigned, loadSigningKey(keyFile).sign(unsigned));
};

export const forgedPromise = (author: number, planId: number, keyFile: string): Uint8Array => {
  const intent = intentAt(NO_GOAL, author, planId, systemClock.monotonicMs());
  return forgedEnvelope('intent', author, encodePayload('intent', intent), planId, keyFile);
};
