import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { TlogReader, type TlogRecord } from '#protocols/mavlink/tlog.ts';

/** Every record of a compressed .tlog, in order. Throws where bytes belong to none. */
export const tlogRecords = (path: string): TlogRecord[] => {
  const reader = new TlogReader();
  const records: TlogRecord[] = [];
  reader.push(gunzipSync(readFileSync(path)));
  for (let record = reader.next(); record !== undefined; record = reader.next()) {
    records.push(record);
  }
  if (reader.bytesSkipped > 0) {
    throw new Error(`${path}: ${reader.bytesSkipped} bytes of no record`);
  }
  return records;
};

/** The same as frames with their times, Unix µs. Throws at a packet that the framer refuses. */
export const tlogFrames = (path: string): { unixUs: bigint; frame: Frame }[] => {
  const framer = new Framer();
  return tlogRecords(path).map(({ unixUs, packet }) => {
    framer.push(packet);
    const frame = framer.next();
    if (frame === undefined) throw new Error(`${path}: a packet that the framer refuses`);
    return { unixUs, frame };
  });
};
