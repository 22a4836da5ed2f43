import { splitBundle } from '#protocols/gossip/bundle.ts';
import { encodePayload } from '#protocols/gossip/codec.ts';
import {
  attachSignature,
  decodeEnvelope,
  encodeUnsigned,
  type Envelope,
  type EnvelopeHeader,
} from '#protocols/gossip/envelope.ts';
import type { PayloadByTopic } from '#protocols/channel/mesh-messages.ts';
import type { Sign } from '#protocols/gossip/signing.ts';
import type { Topic } from '#protocols/gossip/topic.ts';

/** An envelope with any header and any payload, signed by whoever `sign` is: no rule is kept here. */
export const forgeEnvelope = (
  header: EnvelopeHeader,
  payload: Uint8Array,
  sign: Sign,
): Uint8Array => {
  const unsigned = encodeUnsigned(header, payload);
  return attachSignature(unsigned, sign(unsigned));
};

/** What an insider says beside its agent: under its own key, in numbers of its own that go before all others. */
export class Forger {
  readonly #sign: Sign;
  readonly #nowMs: () => number;
  #sequence: number;

  /** @param nowMs the member's own monotonic clock. */
  constructor(sign: Sign, nowMs: () => number, firstSequence: number) {
    this.#sign = sign;
    this.#nowMs = nowMs;
    this.#sequence = firstSequence;
  }

  header(topic: Topic, author: number, bootEpoch: number): EnvelopeHeader {
    this.#sequence += 1;
    const sentMs = this.#nowMs();
    return { topic, author, rosterEpoch: 1, bootEpoch, sequence: this.#sequence, sentMs };
  }

  seal<T extends Topic>(
    topic: T,
    payload: PayloadByTopic[T],
    author: number,
    bootEpoch: number,
  ): Uint8Array {
    return forgeEnvelope(
      this.header(topic, author, bootEpoch),
      encodePayload(topic, payload),
      this.#sign,
    );
  }
}

/** Each envelope of a bundle as `change` makes it anew; its own when that answers undefined. */
export const rewriteBundle = (
  bundle: Uint8Array,
  sign: Sign,
  change: (envelope: Envelope) => Uint8Array | undefined,
): Uint8Array => {
  const envelopes = (splitBundle(bundle) ?? []).map((bytes) => {
    const envelope = decodeEnvelope(bytes);
    const payload = envelope === undefined ? undefined : change(envelope);
    return payload === undefined ? bytes : forgeEnvelope(envelope!, payload, sign);
  });
  return Uint8Array.from(Buffer.concat(envelopes));
};
