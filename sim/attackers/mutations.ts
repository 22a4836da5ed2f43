import { decodeEnvelope } from '#protocols/gossip/envelope.ts';
import type { Sign } from '#protocols/gossip/signing.ts';
import { TOPIC_NAMES } from '#protocols/gossip/topic.ts';
import type { Random } from '#protocols/random.ts';
import { forgeEnvelope } from './forger.ts';

const LENGTH_AT = 28;
const LARGEST_BYTES = 80_000;

const whole = (below: number, random: Random): number => Math.floor(below * random.uniform());

/** Random bytes flipped, cut off or repeated, once or several times. */
export const mutateBytes = (bytes: Uint8Array, random: Random): Uint8Array => {
  const changed = Uint8Array.from(bytes);
  switch (whole(4, random)) {
    case 0:
      for (let count = 1 + whole(8, random); count > 0; count -= 1) {
        changed[whole(changed.length, random)]! ^= 1 << whole(8, random);
      }
      return changed;
    case 1:
      return changed.slice(0, whole(changed.length, random));
    case 2: {
      const at = whole(changed.length, random);
      changed.fill(whole(256, random), at, at + whole(16, random));
      return changed;
    }
    default: {
      const at = whole(changed.length, random);
      return Uint8Array.from(Buffer.concat([changed.subarray(0, at), changed.subarray(at >> 1)]));
    }
  }
};

/** msgpack that claims more than is there, nests without end, repeats keys or brings an extension. */
const POISONS: readonly Uint8Array[] = [
  Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0xdf, 0x7f, 0xff, 0xff, 0xff),
  Uint8Array.of(0xc6, 0xff, 0xff, 0xff, 0xff),
  new Uint8Array(4000).fill(0x91),
  new Uint8Array(4000).fill(0x81),
  Uint8Array.of(0xc7, 0x01, 0x72, 0x00),
  Uint8Array.of(0x82, 0xa1, 0x61, 0x01, 0xa1, 0x61, 0x02),
  Uint8Array.of(0x81, 0xa9, ...Buffer.from('__proto__'), 0x80),
  Uint8Array.of(0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0),
];

/**
 * A real envelope spoilt at one of the layers that a receiver takes off one after the other: the bundle,
 * the envelope, or its payload, and then it is signed again by a real member's key.
 */
export const spoil = (envelope: Uint8Array, sign: Sign, random: Random): Uint8Array => {
  switch (whole(5, random)) {
    case 0:
      return mutateBytes(envelope, random);
    case 1: {
      const claimed = Uint8Array.from(envelope);
      new DataView(claimed.buffer).setUint32(LENGTH_AT, whole(2 ** 32, random), true);
      return claimed;
    }
    case 2:
      return new Uint8Array(whole(LARGEST_BYTES, random)).fill(whole(256, random));
    default: {
      const decoded = decodeEnvelope(envelope);
      if (decoded === undefined) return mutateBytes(envelope, random);
      const isPoison = random.uniform() < 0.3;
      const payload = isPoison
        ? POISONS[whole(POISONS.length, random)]!
        : mutateBytes(decoded.payload, random);
      const topic = random.uniform() < 0.2 ? TOPIC_NAMES[whole(11, random)]! : decoded.topic;
      return forgeEnvelope({ ...decoded, topic }, payload, sign);
    }
  }
};

/** A message of repair that lies about what it holds. */
export const spoiltRepair = (envelope: Uint8Array, random: Random): Uint8Array => {
  const kind = 1 + whole(5, random);
  const body = random.uniform() < 0.5 ? mutateBytes(envelope, random) : envelope;
  return Uint8Array.from([kind, ...body]);
};
