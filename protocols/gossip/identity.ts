/**
 * The forms in which an Ed25519 key is written: raw (32 bytes) inside, hex in configuration, DER for
 * the cryptographic library, and the libp2p peer id that names its holder on the transport.
 */
export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** SubjectPublicKeyInfo header of an Ed25519 key (RFC 8410 §4). */
const SPKI_PREFIX = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0);

export const spkiFromRaw = (publicKey: Uint8Array): Uint8Array => {
  const der = new Uint8Array(SPKI_PREFIX.length + publicKey.length);
  der.set(SPKI_PREFIX);
  der.set(publicKey, SPKI_PREFIX.length);
  return der;
};

export const hexFromBytes = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The 32 bytes of a key written in hex; undefined for anything else. */
export const publicKeyFromHex = (hex: string): Uint8Array | undefined => {
  if (!/^[0-9a-f]{64}$/iu.test(hex)) return undefined;
  return Uint8Array.from({ length: PUBLIC_KEY_BYTES }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  );
};

/** Identity multihash of the protobuf form of an Ed25519 key (libp2p peer-ids spec). */
const PEER_ID_PREFIX = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20);

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

const base58 = (bytes: Uint8Array): string => {
  let number = 0n;
  for (const byte of bytes) number = number * 256n + BigInt(byte);
  let text = '';
  for (; number > 0n; number /= 58n) text = BASE58[Number(number % 58n)]! + text;
  let zeros = 0;
  while (bytes[zeros] === 0) zeros += 1;
  return '1'.repeat(zeros) + text;
};

/** The libp2p peer id of a raw public key, e.g. `12D3KooW…`, as it stands after /p2p/ in an address. */
export const peerIdOfKey = (publicKey: Uint8Array): string => {
  const multihash = new Uint8Array(PEER_ID_PREFIX.length + publicKey.length);
  multihash.set(PEER_ID_PREFIX);
  multihash.set(publicKey, PEER_ID_PREFIX.length);
  return base58(multihash);
};
