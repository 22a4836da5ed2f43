import { crc32 } from 'node:zlib';

/** Container of .xz files (tukaani.org/xz/xz-file-format.txt), with CRC-32 as its check. */
const MAGIC = Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00);
const END_MAGIC = Uint8Array.of(0x59, 0x5a);
const FLAGS = Uint8Array.of(0x00, 0x01);
const CHECK_BYTES = 4;
/** One filter, LZMA2 with a dictionary of 64 KiB; its header takes 12 bytes with the CRC. */
const BLOCK_HEADER = Uint8Array.of(0x02, 0x00, 0x21, 0x01, 0x08, 0x00, 0x00, 0x00);
/** LZMA2's longest uncompressed chunk. */
const CHUNK_MAX = 65_536;
const FIRST_STORED = 0x01;
const STORED = 0x02;

const uint32Bytes = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
};

const withCrc = (bytes: Uint8Array): Uint8Array =>
  Buffer.concat([bytes, uint32Bytes(crc32(bytes))]);

/** Seven bits a byte, lowest first. */
const variableLength = (value: number): Uint8Array => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
};

const padding = (length: number): Uint8Array => new Uint8Array((4 - (length % 4)) % 4);

/** Stored, not compressed: LZMA2 allows that, and no library is needed. */
const chunksOf = (content: Uint8Array): Uint8Array => {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += CHUNK_MAX) {
    const chunk = content.subarray(at, at + CHUNK_MAX);
    const last = chunk.length - 1;
    parts.push(Uint8Array.of(at === 0 ? FIRST_STORED : STORED, last >> 8, last & 0xff), chunk);
  }
  return Buffer.concat([...parts, Uint8Array.of(0)]);
};

/** `content` as a file that every decoder of .xz reads. */
export const xzFileOf = (content: Uint8Array): Uint8Array => {
  const header = withCrc(BLOCK_HEADER);
  const chunks = chunksOf(content);
  const unpadded = header.length + chunks.length + CHECK_BYTES;
  const records = Buffer.concat([
    Uint8Array.of(0x00, 0x01),
    variableLength(unpadded),
    variableLength(content.length),
  ]);
  const index = withCrc(Buffer.concat([records, padding(records.length)]));
  const backward = Buffer.concat([uint32Bytes(index.length / 4 - 1), FLAGS]);
  return Buffer.concat([
    MAGIC,
    withCrc(FLAGS),
    header,
    chunks,
    padding(chunks.length),
    uint32Bytes(crc32(content)),
    index,
    uint32Bytes(crc32(backward)),
    backward,
    END_MAGIC,
  ]);
};
