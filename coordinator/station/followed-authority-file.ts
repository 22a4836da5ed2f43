import { readFileSync } from 'node:fs';

import { hexFromBytes, publicKeyFromHex } from '#protocols/gossip/identity.ts';
import { replaceFile } from '#protocols/replaced-file.ts';

/** The authority that a station has come to trust, and the configured one from which it was led there. */
interface FollowedAuthority {
  rootKey: Uint8Array;
  authorityKey: Uint8Array;
}

/** Undefined where nothing sound is kept, or it began with another root, which was configured since. */
export const readFollowedAuthority = (
  path: string,
  rootKey: Uint8Array,
): Uint8Array | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  const { root, authority } = (value ?? {}) as { root?: unknown; authority?: unknown };
  if (root !== hexFromBytes(rootKey) || typeof authority !== 'string') return undefined;
  return publicKeyFromHex(authority);
};

export const writeFollowedAuthority = (
  path: string,
  { rootKey, authorityKey }: FollowedAuthority,
): void => {
  const kept = { root: hexFromBytes(rootKey), authority: hexFromBytes(authorityKey) };
  replaceFile(path, Buffer.from(JSON.stringify(kept)));
};
