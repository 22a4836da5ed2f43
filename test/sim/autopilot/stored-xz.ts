import { crc32 } from 'node:zlib';

const STREAM_HEADER_BYTES = 12;
const BLOCK_HEADER_BYTES = 12;

/**
 * The content of an .xz file with one block of stored LZMA2 chunks, its check verified; written from the
 * format, apart from the writer. Throws for anything else.
 */
export const storedContentOf = (file: Buffer): Buffer => {
  if (file.toString('hex', 0, 6) !== 'fd377a585a00') throw new Error('not an .xz file');
  const parts: Buffer[] = [];
  let at = STREAM_HEADER_BYTES + BLOCK_HEADER_BYTES;
  while (file[at] !== 0) {
    if (file[at] !== 1 && file[at] !== 2) throw new Error(`chunk of kind ${file[at]}`);
    const length = file.readUInt16BE(at + 1) + 1;
    parts.push(file.subarray(at + 3, at + 3 + length));
    at += 3 + length;
  }
  const content = Buffer.concat(parts);
  const check = Math.ceil((at + 1) / 4) * 4;
  if (file.readUInt32LE(check) !== crc32(content)) throw new Error('the check fails');
  return content;
};
