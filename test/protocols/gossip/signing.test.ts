import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

import { hexFromBytes, peerIdOfKey, publicKeyFromHex } from '#protocols/gossip/identity.ts';
import {
  generateSigningKey,
  loadSigningKey,
  saveKeyPem,
  signingKeyFromPem,
  verifySignature,
} from '#protocols/gossip/signing.ts';

const directory = mkdtempSync(join(tmpdir(), 'skein-keys-'));
afterAll(() => rmSync(directory, { recursive: true }));

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

describe('signatures', () => {
  it('agree with the first test vector of RFC 8032', () => {
    const publicKey = hex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    const signature = hex(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    );
    expect(verifySignature(publicKey, new Uint8Array(0), signature)).toBe(true);
    expect(verifySignature(publicKey, Uint8Array.of(0), signature)).toBe(false);
  });

  it('hold for what was signed and for nothing else', () => {
    const { key } = generateSigningKey();
    const other = generateSigningKey().key;
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.nat(), (bytes, at) => {
        const signature = key.sign(bytes);
        expect(verifySignature(key.publicKey, bytes, signature)).toBe(true);
        expect(verifySignature(other.publicKey, bytes, signature)).toBe(false);
        const changed = Uint8Array.from(bytes);
        changed[at % bytes.length]! ^= 1;
        expect(verifySignature(key.publicKey, changed, signature)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it('by keys or of lengths that cannot be are false, not errors', () => {
    const { key } = generateSigningKey();
    const signature = key.sign(new Uint8Array(4));
    expect(verifySignature(new Uint8Array(31), new Uint8Array(4), signature)).toBe(false);
    expect(verifySignature(new Uint8Array(32).fill(0xff), new Uint8Array(4), signature)).toBe(
      false,
    );
    expect(verifySignature(key.publicKey, new Uint8Array(4), signature.subarray(1))).toBe(false);
  });
});

describe('keys in files', () => {
  it('come back the same, readable by their owner alone, and are never overwritten', () => {
    const { key, pem } = generateSigningKey();
    const path = join(directory, 'drone.pem');
    saveKeyPem(path, pem);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(loadSigningKey(path).publicKey).toEqual(key.publicKey);
    expect(loadSigningKey(path).seed).toEqual(key.seed);
    expect(() => saveKeyPem(path, pem)).toThrow('EEXIST');
  });

  it('are refused when others may read them, when missing, or when no Ed25519 key', () => {
    const { pem } = generateSigningKey();
    const exposed = join(directory, 'exposed.pem');
    writeFileSync(exposed, pem);
    chmodSync(exposed, 0o644);
    expect(() => loadSigningKey(exposed)).toThrow(expect.objectContaining({ code: 'key-exposed' }));
    expect(() => loadSigningKey(join(directory, 'none.pem'))).toThrow(
      expect.objectContaining({ code: 'key-unreadable' }),
    );
    expect(() => signingKeyFromPem('nonsense')).toThrow(
      expect.objectContaining({ code: 'key-invalid' }),
    );
  });

  it('are written in hex and as a peer id', () => {
    const publicKey = hex('1498b5467a63dffa2dc9d9e069caf075d16fc33fdd4c3b01bfadae6433767d93');
    expect(publicKeyFromHex(hexFromBytes(publicKey))).toEqual(publicKey);
    expect(publicKeyFromHex('12')).toBeUndefined();
    expect(peerIdOfKey(publicKey)).toMatch(/^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/u);
  });
});
