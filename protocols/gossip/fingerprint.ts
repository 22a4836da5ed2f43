import { createHash } from 'node:crypto';

/** A public key as people compare it: the first eight bytes of its SHA-256, such as `3f2a-91c0-77de-0b14`. */
export const fingerprintOf = (publicKey: Uint8Array): string =>
  createHash('sha256').update(publicKey).digest('hex').slice(0, 16).match(/.{4}/gu)!.join('-');
