import { splitBundle } from './bundle.ts';
import { decodePayload, type DecodedPayload } from './codec.ts';
import { decodeEnvelope, signedPart, type Envelope } from './envelope.ts';
import { openFrame, type FastFrame } from './fast-frame.ts';
import type { Verify } from './signing.ts';
import type { Topic } from './topic.ts';
import { validatePayload, type Implausible, type ValidationContext } from './validate.ts';

type DecodePayload = (topic: Topic, bytes: Uint8Array) => DecodedPayload<Topic>;

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a === b || Buffer.compare(a, b) === 0;

/**
 * An envelope of sound form, and what is asked of it by and by: whose signature it bears, what it
 * says, whether that can be true. Each answer depends on the bytes and on what is handed in, and is
 * kept, so that whoever may read the same bytes for many members (simulated ones) judges them once.
 */
export class OpenedEnvelope {
  readonly envelope: Envelope;
  readonly #bytes: Uint8Array;
  readonly #decode: DecodePayload;
  #signature: { publicKey: Uint8Array; verify: Verify; isGood: boolean } | undefined;
  #payload: DecodedPayload<Topic> | undefined;
  #judged: { by: Pick<ValidationContext, 'author' | 'roster'>; found: Implausible } | undefined;

  constructor(envelope: Envelope, bytes: Uint8Array, decode: DecodePayload = decodePayload) {
    this.envelope = envelope;
    this.#bytes = bytes;
    this.#decode = decode;
  }

  isSignedBy(publicKey: Uint8Array, verify: Verify): boolean {
    const known = this.#signature;
    if (known !== undefined && known.verify === verify && isSame(known.publicKey, publicKey)) {
      return known.isGood;
    }
    const isGood = verify(publicKey, signedPart(this.#bytes), this.envelope.signature);
    this.#signature = { publicKey, verify, isGood };
    return isGood;
  }

  payload(): DecodedPayload<Topic> {
    this.#payload ??= this.#decode(this.envelope.topic, this.envelope.payload);
    return this.#payload;
  }

  /** What a validator has against `payload`, which must be this envelope's own. */
  implausible(context: Omit<ValidationContext, 'header'>): Implausible {
    const known = this.#judged;
    if (known?.by.roster === context.roster && known.by.author === context.author) {
      return known.found;
    }
    const decoded = this.payload();
    if (!decoded.ok) return { why: 'does not decode' };
    const { envelope } = this;
    const found = validatePayload(envelope.topic, decoded.payload, {
      ...context,
      header: envelope,
    });
    this.#judged = { by: { author: context.author, roster: context.roster }, found };
    return found;
  }
}

/** How a member takes bytes apart. */
export interface EnvelopeReader {
  /** As {@link splitBundle}. */
  split(bundle: Uint8Array): readonly Uint8Array[] | undefined;
  /** Undefined for anything malformed or over its topic's budget; checks no signature. */
  open(bytes: Uint8Array): OpenedEnvelope | undefined;
  /** As {@link openFrame}. */
  frame(bytes: Uint8Array, key: Uint8Array): FastFrame | undefined;
}

/** Reads everything anew, as is right for bytes from a socket. */
export const plainReader: EnvelopeReader = {
  split: splitBundle,
  frame: openFrame,
  open: (bytes) => {
    const envelope = decodeEnvelope(bytes);
    return envelope === undefined ? undefined : new OpenedEnvelope(envelope, bytes);
  },
};
