import type { Verify } from '#protocols/gossip/signing.ts';

/** Verdicts remembered; a bundle's envelopes reach everyone within a second or two. */
const MAX_VERDICTS = 8192;

interface Verdict {
  publicKey: Uint8Array;
  bytes: Uint8Array;
  isGood: boolean;
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/**
 * A verifier that checks the same signature over the same bytes by the same key once for all members
 * of a process: it is by far the most expensive thing a simulated swarm does, and a pure function.
 */
export const sharedVerify = (verify: Verify): Verify => {
  const verdicts = new Map<string, Verdict>();
  return (publicKey, bytes, signature) => {
    const name = Buffer.from(signature).toString('latin1');
    const known = verdicts.get(name);
    if (known !== undefined && isSame(known.bytes, bytes) && isSame(known.publicKey, publicKey)) {
      return known.isGood;
    }
    const isGood = verify(publicKey, bytes, signature);
    // Copies: whoever handed the bytes in may change them.
    verdicts.set(name, { publicKey: publicKey.slice(), bytes: bytes.slice(), isGood });
    if (verdicts.size > MAX_VERDICTS) verdicts.delete(verdicts.keys().next().value!);
    return isGood;
  };
};
