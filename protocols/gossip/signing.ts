import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';

import { Fault } from '../fault.ts';
import { hexFromBytes, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, spkiFromRaw } from './identity.ts';

/** Signs `bytes` with the key that the caller was given: 64 bytes, Ed25519 (RFC 8032). */
export type Sign = (bytes: Uint8Array) => Uint8Array;

/** True when `signature` over `bytes` was made by the holder of the raw `publicKey`. Never throws. */
export type Verify = (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array) => boolean;

/** An Ed25519 key that can sign. */
export interface SigningKey {
  /** Raw, 32 bytes. */
  publicKey: Uint8Array;
  /** Raw seed, 32 bytes: the transport derives the same identity from it. */
  seed: Uint8Array;
  sign: Sign;
}

const decodeBase64Url = (text: string | undefined): Uint8Array =>
  Uint8Array.from(Buffer.from(text ?? '', 'base64url'));

const fromKeyObject = (key: KeyObject): SigningKey => {
  const jwk = key.export({ format: 'jwk' });
  return {
    publicKey: decodeBase64Url(jwk.x),
    seed: decodeBase64Url(jwk.d),
    sign: (bytes) => new Uint8Array(sign(null, bytes, key)),
  };
};

/** A fresh key from the system's randomness, and its PKCS#8 PEM. */
export const generateSigningKey = (): { key: SigningKey; pem: string } => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    key: fromKeyObject(privateKey),
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
};

/** DER of an Ed25519 PKCS#8 key up to its 32 raw bytes (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key of a raw 32-byte seed: the same seed, the same key. For simulations, whose keys guard nothing. */
export const signingKeyFromSeed = (seed: Uint8Array): SigningKey => {
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  return fromKeyObject(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
};

/** The key of a PKCS#8 PEM text. Throws Fault 'key-invalid'. */
export const signingKeyFromPem = (pem: string): SigningKey => {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new Fault('key-invalid', 'a private key is not readable PKCS#8 PEM', {
      cause,
      exit: 'usage',
    });
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new Fault('key-invalid', `a key is ${key.asymmetricKeyType ?? 'unknown'}, not Ed25519`, {
      data: { type: key.asymmetricKeyType ?? null },
      exit: 'usage',
    });
  }
  return fromKeyObject(key);
};

/** Writes a PEM that only its owner may read; refuses to overwrite a key. */
export const saveKeyPem = (path: string, pem: string): void => {
  writeFileSync(path, pem, { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
};

/** Throws Fault 'key-unreadable', 'key-exposed' (others may read the file) or 'key-invalid'. */
export const loadSigningKey = (path: string): SigningKey => {
  let pem: string;
  let mode: number;
  try {
    ({ mode } = statSync(path));
    pem = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Fault('key-unreadable', `the private key ${path} cannot be read`, {
      data: { path },
      remedy: 'Check the path, or enrol this member again.',
      exit: 'usage',
      cause,
    });
  }
  if ((mode & 0o077) !== 0) {
    throw new Fault('key-exposed', `the private key ${path} can be read by other users`, {
      data: { path, mode: (mode & 0o777).toString(8) },
      remedy: `Run chmod 600 ${path}, and replace the key if others had access.`,
      exit: 'usage',
    });
  }
  return signingKeyFromPem(pem);
};

/** Parsing a key costs about as much as verifying with it; a roster has at most 256 members. */
const MAX_CACHED_KEYS = 512;
const cachedKeys = new Map<string, KeyObject>();

const keyObjectOf = (publicKey: Uint8Array): KeyObject => {
  const name = hexFromBytes(publicKey);
  const cached = cachedKeys.get(name);
  if (cached !== undefined) return cached;
  if (cachedKeys.size >= MAX_CACHED_KEYS) cachedKeys.clear();
  const key = createPublicKey({
    key: Buffer.from(spkiFromRaw(publicKey)),
    format: 'der',
    type: 'spki',
  });
  cachedKeys.set(name, key);
  return key;
};

export const verifySignature: Verify = (publicKey, bytes, signature) => {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  try {
    return verify(null, bytes, keyObjectOf(publicKey), signature);
  } catch {
    // 32 bytes that are no point of the curve: nobody's key.
    return false;
  }
};
