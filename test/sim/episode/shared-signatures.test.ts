import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { signingKeyFromSeed, verifySignature } from '#protocols/gossip/signing.ts';
import { SharedSignatures } from '#sim/episode/shared-signatures.ts';

const keyOf = (seed: number) => signingKeyFromSeed(new Uint8Array(32).fill(seed));

describe('signatures checked once for all members of a process', () => {
  it('gives the verdict of a real check, whatever came before', () => {
    const keys = [keyOf(1), keyOf(2)];
    const signatures = new SharedSignatures(verifySignature);
    const makers = [keys[0]!, signatures.known(keys[1]!)];
    const item = fc.record({
      text: fc.constantFrom('abort', 'hold', 'resume'),
      signer: fc.constantFrom(0, 1),
      claimed: fc.constantFrom(0, 1),
      signed: fc.constantFrom('abort', 'hold'),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), (items) => {
        for (const { text, signer, claimed, signed } of items) {
          const signature = makers[signer]!.sign(Buffer.from(signed));
          const { publicKey } = keys[claimed]!;
          const isGood = signatures.verify(publicKey, Buffer.from(text), signature);
          expect(isGood).toBe(text === signed && signer === claimed);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('checks the same thing once, and notices when its bytes were changed in place', () => {
    let checks = 0;
    const shared = new SharedSignatures((...parts) => {
      checks += 1;
      return verifySignature(...parts);
    });
    const key = keyOf(3);
    const bytes = new TextEncoder().encode('come home');
    const signature = key.sign(bytes);
    for (let member = 0; member < 10; member += 1) {
      expect(shared.verify(key.publicKey, bytes, signature)).toBe(true);
    }
    expect(checks).toBe(1);
    bytes[0] = 0x78;
    expect(shared.verify(key.publicKey, bytes, signature)).toBe(false);
  });

  it('does not check what was signed here, and signs as the key does', () => {
    let checks = 0;
    const shared = new SharedSignatures((...parts) => {
      checks += 1;
      return verifySignature(...parts);
    });
    const key = keyOf(4);
    const bytes = new TextEncoder().encode('hold');
    const signature = shared.known(key).sign(bytes);
    expect(signature).toEqual(key.sign(bytes));
    expect(verifySignature(key.publicKey, bytes, signature)).toBe(true);
    expect(shared.verify(key.publicKey, bytes, signature)).toBe(true);
    expect(checks).toBe(0);
    expect(shared.verify(keyOf(5).publicKey, bytes, signature)).toBe(false);
  });
});
