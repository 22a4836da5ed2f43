import { ENVELOPE_OVERHEAD_BYTES } from './envelope.ts';

/**
 * Several envelopes in one gossip message, back to back: a published message costs some 1.8 kB on the
 * air for every receiver, mostly overhead, so what waits together travels together.
 */
export const MAX_BUNDLE_ENVELOPES = 64;

/** The largest envelope, a goal, is 65,632 bytes and travels alone. */
export const MAX_BUNDLE_BYTES = 68_000;

const LENGTH_OFFSET = 28;

const joinBundle = (envelopes: readonly Uint8Array[]): Uint8Array => {
  const bundle = new Uint8Array(envelopes.reduce((sum, one) => sum + one.length, 0));
  let offset = 0;
  for (const envelope of envelopes) {
    bundle.set(envelope, offset);
    offset += envelope.length;
  }
  return bundle;
};

/** Views of the envelopes in `bundle`; undefined when their lengths do not add up. */
export const splitBundle = (bundle: Uint8Array): Uint8Array[] | undefined => {
  if (bundle.length > MAX_BUNDLE_BYTES) return undefined;
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const envelopes: Uint8Array[] = [];
  let offset = 0;
  while (offset < bundle.length) {
    if (bundle.length - offset < ENVELOPE_OVERHEAD_BYTES) return undefined;
    const end = offset + ENVELOPE_OVERHEAD_BYTES + view.getUint32(offset + LENGTH_OFFSET, true);
    if (end > bundle.length || envelopes.length === MAX_BUNDLE_ENVELOPES) return undefined;
    envelopes.push(bundle.subarray(offset, end));
    offset = end;
  }
  return envelopes.length === 0 ? undefined : envelopes;
};

/** Packs envelopes, in order, into as few bundles as hold them. */
export const packBundles = (envelopes: readonly Uint8Array[], maxBytes: number): Uint8Array[] => {
  const bundles: Uint8Array[][] = [];
  let bytes = 0;
  for (const envelope of envelopes) {
    const last = bundles.at(-1);
    const fits = bytes + envelope.length <= maxBytes;
    if (last !== undefined && fits && last.length < MAX_BUNDLE_ENVELOPES) {
      last.push(envelope);
      bytes += envelope.length;
    } else {
      bundles.push([envelope]);
      bytes = envelope.length;
    }
  }
  return bundles.map(joinBundle);
};
