import { splitBundle } from '#protocols/gossip/bundle.ts';
import { decodePayload } from '#protocols/gossip/codec.ts';
import { decodeEnvelope } from '#protocols/gossip/envelope.ts';
import { openFrame, type FastFrame } from '#protocols/gossip/fast-frame.ts';
import { OpenedEnvelope, type EnvelopeReader } from '#protocols/gossip/opened-envelope.ts';

/**
 * A reader for all members of a process that are handed the very same byte arrays: each is taken
 * apart and judged once, however many receive it. Nobody may change an array after it went on the
 * air, nor what was read from it, which is frozen so that nobody can.
 */
export const sharedReader = (): EnvelopeReader => {
  const bundles = new WeakMap<Uint8Array, readonly Uint8Array[] | null>();
  const opened = new WeakMap<Uint8Array, OpenedEnvelope | null>();
  const frames = new WeakMap<Uint8Array, { key: Uint8Array; frame: FastFrame | undefined }>();
  return {
    split: (bundle) => {
      let envelopes = bundles.get(bundle);
      if (envelopes === undefined) {
        envelopes = splitBundle(bundle) ?? null;
        bundles.set(bundle, envelopes);
      }
      return envelopes ?? undefined;
    },
    frame: (bytes, key) => {
      const known = frames.get(bytes);
      if (known !== undefined && Buffer.compare(known.key, key) === 0) return known.frame;
      const frame = openFrame(bytes, key);
      frames.set(bytes, { key, frame });
      return frame;
    },
    open: (bytes) => {
      let one = opened.get(bytes);
      if (one === undefined) {
        const envelope = decodeEnvelope(bytes);
        one =
          envelope === undefined
            ? null
            : new OpenedEnvelope(envelope, bytes, (topic, payload) =>
                frozen(decodePayload(topic, payload)),
              );
        opened.set(bytes, one);
      }
      return one ?? undefined;
    },
  };
};

/** Frozen through and through, but for bytes, which cannot be. */
const frozen = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const one of Object.values(value)) frozen(one);
  return Object.freeze(value);
};
