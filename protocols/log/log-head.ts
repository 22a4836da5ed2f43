/** What the recorder tells the mesh after every link, to be signed and gossiped. */
export interface LogHead {
  /** Place of the link in the chain, from 0. A segment's index as long as no clean end lies before it. */
  link: number;
  /** Unix time, µs, of the link. */
  closedUs: number;
  /** SHA-256, 32 bytes. */
  head: Uint8Array;
}

/** u32 link, f64 closedUs, 32 bytes head; little-endian. */
const BYTES = 44;

export const encodeLogHead = (head: LogHead): Uint8Array => {
  const bytes = new Uint8Array(BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, head.link, true);
  view.setFloat64(4, head.closedUs, true);
  bytes.set(head.head, 12);
  return bytes;
};

/** Undefined for anything malformed. */
export const decodeLogHead = (bytes: Uint8Array): LogHead | undefined => {
  if (bytes.length !== BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const closedUs = view.getFloat64(4, true);
  if (!Number.isSafeInteger(closedUs) || closedUs < 0) return undefined;
  return { link: view.getUint32(0, true), closedUs, head: bytes.slice(12) };
};
