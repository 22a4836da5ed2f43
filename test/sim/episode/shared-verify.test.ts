import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { signingKeyFromSeed, verifySignature } from '#protocols/gossip/signing.ts';
import { sharedVerify } from '#sim/episode/shared-verify.ts';

const keyOf = (seed: number) => signingKeyFromSeed(new Uint8Array(32).fill(seed));

describe('signatures checked once for all members of a process', () => {
  it('gives the verdict of a real check, whatever came before', () => {
    const keys = [keyOf(1), keyOf(2)];
    const shared = sharedVerify(verifySignature);
    const item = fc.record({
      text: fc.constantFrom('abort', 'hold', 'resume'),
      signer: fc.constantFrom(0, 1),
      claimed: fc.constantFrom(0, 1),
      signed: fc.constantFrom('abort', 'hold'),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), (items) => {
        for (const { text, signer, claimed, signed } of items) {
          const signature = keys[signer]!.sign(Buffer.from(signed));
          const { publicKey } = keys[claimed]!;
          const isGood = shared(publicKey, Buffer.from(text), signature);
          expect(isGood).toBe(text === signed && signer === claimed);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('checks the same thing once, and notices when its bytes were changed in place', () => {
    let checks = 0;
    const shared = sharedVerify((...parts) => {
      checks += 1;
      return verifySignature(...parts);
    });
    const key = keyOf(3);
    const bytes = new TextEncoder().encode('come home');
    const signature = key.sign(bytes);
    for (let member = 0; member < 10; member += 1) {
      expect(shared(key.publicKey, bytes, signature)).toBe(true);
    }
    expect(checks).toBe(1);
    bytes[0] = 0x78;
    expect(shared(key.publicKey, bytes, signature)).toBe(false);
  });
});
