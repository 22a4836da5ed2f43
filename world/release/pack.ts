import { Fault } from '#protocols/fault.ts';
import type { ReleaseFiles } from './release.ts';

/** First bytes of a release as one file. */
const MAGIC = 'skein-release-pack/1\n';
const MAX_FILES = 8;
const MAX_NAME_BYTES = 64;

const encoder = new TextEncoder();

/**
 * A release as one run of bytes, as it goes to drones: {@link MAGIC}, then per file u8 length of its name,
 * the name (UTF-8), u32 length (little-endian), its bytes. The same files give the same bytes.
 */
export const packRelease = (files: ReleaseFiles): Uint8Array => {
  const parts: Uint8Array[] = [encoder.encode(MAGIC)];
  for (const [name, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const nameBytes = encoder.encode(name);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length, true);
    parts.push(Uint8Array.of(nameBytes.length), nameBytes, length, bytes);
  }
  return Uint8Array.from(Buffer.concat(parts));
};

/** The files, unverified: `loadRelease` does that. Throws Fault 'release-malformed' (exit usage) naming `path`. */
export const unpackRelease = (pack: Uint8Array, path: string): ReleaseFiles => {
  const malformed = (why: string): Fault =>
    new Fault('release-malformed', `${path} is no release: ${why}`, {
      data: { file: path },
      remedy: 'Give the directory of a release, or a file that came to a drone from one.',
      exit: 'usage',
    });
  if (!isPack(pack)) throw malformed('it does not begin like one');
  const view = new DataView(pack.buffer, pack.byteOffset, pack.byteLength);
  const files = new Map<string, Uint8Array>();
  let offset = MAGIC.length;
  const take = (length: number): Uint8Array => {
    if (pack.length - offset < length) throw malformed('it ends too early');
    offset += length;
    return pack.subarray(offset - length, offset);
  };
  while (offset < pack.length) {
    const [nameBytes = 0] = take(1);
    if (nameBytes === 0 || nameBytes > MAX_NAME_BYTES || files.size >= MAX_FILES) {
      throw malformed('it names files as no release does');
    }
    const name = new TextDecoder().decode(take(nameBytes));
    take(4);
    const length = view.getUint32(offset - 4, true);
    files.set(name, take(length).slice());
  }
  return files;
};

export const isPack = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;
