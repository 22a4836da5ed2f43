import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { hexFromBytes } from '#protocols/gossip/identity.ts';
import {
  generateSigningKey,
  loadSigningKey,
  saveKeyPem,
  type SigningKey,
} from '#protocols/gossip/signing.ts';

/** Public keys whose releases ship with the project; their private halves were discarded. */
const SHIPPED = fileURLToPath(new URL('../../models/signers.txt', import.meta.url));

/** Signs what is trained here; made at the first training, never leaves this directory. */
const LOCAL_KEY = join('.skein', 'model-signer.pem');

const HEX_KEY = /^[0-9a-f]{64}$/u;

/** Hex of the keys that a simulation trusts: the shipped ones and this machine's own. */
export const trustedModelSigners = (): string[] => {
  const shipped = existsSync(SHIPPED)
    ? readFileSync(SHIPPED, 'utf8')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => HEX_KEY.test(line))
    : [];
  return existsSync(LOCAL_KEY)
    ? [...shipped, hexFromBytes(loadSigningKey(LOCAL_KEY).publicKey)]
    : shipped;
};

/** This machine's signing key for models, made when there is none. */
export const localModelSigner = (): SigningKey => {
  if (existsSync(LOCAL_KEY)) return loadSigningKey(LOCAL_KEY);
  const { key, pem } = generateSigningKey();
  mkdirSync(dirname(LOCAL_KEY), { recursive: true, mode: 0o700 });
  saveKeyPem(LOCAL_KEY, pem);
  return key;
};
