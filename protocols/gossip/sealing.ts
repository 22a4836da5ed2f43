import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  randomBytes,
} from 'node:crypto';

import { ed25519 } from '@noble/curves/ed25519.js';

/** A group key: whoever holds it may read and speak on the fast lane of one roster epoch. */
export const GROUP_KEY_BYTES = 32;
export const TAG_BYTES = 16;
/** Of ChaCha20-Poly1305 (RFC 8439). Never twice the same under one key. */
export const NONCE_BYTES = 12;

const CIPHER = 'chacha20-poly1305';

/** Cipher text and tag of `plain`; `header` is authenticated and travels in the clear. */
export const sealBytes = (
  key: Uint8Array,
  nonce: Uint8Array,
  header: Uint8Array,
  plain: Uint8Array,
): Uint8Array => {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(header, { plaintextLength: plain.length });
  const sealed = new Uint8Array(plain.length + TAG_BYTES);
  sealed.set(cipher.update(plain));
  cipher.final();
  sealed.set(cipher.getAuthTag(), plain.length);
  return sealed;
};

/** Undefined for anything that was not sealed so, under this key and with this header. */
export const openBytes = (
  key: Uint8Array,
  nonce: Uint8Array,
  header: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined => {
  const length = sealed.length - TAG_BYTES;
  if (length < 0) return undefined;
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(header, { plaintextLength: length });
  decipher.setAuthTag(sealed.subarray(length));
  const plain = new Uint8Array(decipher.update(sealed.subarray(0, length)));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return plain;
};

/** A fresh key from the system's randomness. */
export const newGroupKey = (): Uint8Array => new Uint8Array(randomBytes(GROUP_KEY_BYTES));

/**
 * The secret that the holders of two Ed25519 keys share and nobody else: X25519 (RFC 7748) between
 * the keys' Montgomery forms, stretched by HKDF-SHA-256 over `info`, 32 bytes. That one key pair
 * signs and agrees is sound for these two schemes (Thormarker, "On using the same key pair for
 * Ed25519 and an X25519 based KEM", 2021). Undefined where the public key is no point of the curve.
 */
export const sharedSecret = (
  ownSeed: Uint8Array,
  publicKey: Uint8Array,
  info: Uint8Array,
): Uint8Array | undefined => {
  try {
    const secret = diffieHellman({
      privateKey: createPrivateKey({
        key: Buffer.concat([X25519_PKCS8, ed25519.utils.toMontgomerySecret(ownSeed)]),
        format: 'der',
        type: 'pkcs8',
      }),
      publicKey: createPublicKey({
        key: Buffer.concat([X25519_SPKI, ed25519.utils.toMontgomery(publicKey)]),
        format: 'der',
        type: 'spki',
      }),
    });
    return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), info, GROUP_KEY_BYTES));
  } catch {
    return undefined;
  }
};

/** DER of X25519 keys up to their 32 raw bytes (RFC 8410). */
const X25519_PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const X25519_SPKI = Buffer.from('302a300506032b656e032100', 'hex');
