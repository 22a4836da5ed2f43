import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Framer } from '#protocols/mavlink/framer.ts';
import { seededRandom } from '#protocols/random.ts';
import {
  encodeTlogRecord,
  MAX_TLOG_RECORD_BYTES,
  TlogReader,
  type TlogRecord,
} from '#protocols/mavlink/tlog.ts';
import { onboardTraffic } from '../../fuzz/mavlink/traffic.ts';

const START_US = 1_767_225_600_000_000n;

const logOf = (count: number): TlogRecord[] =>
  onboardTraffic(count, seededRandom(4)).map((packet, index) => ({
    unixUs: START_US + BigInt(index) * 2_500n,
    packet,
  }));

const readAll = (
  bytes: Uint8Array,
  pieceBytes: number,
): { records: TlogRecord[]; reader: TlogReader } => {
  const reader = new TlogReader();
  const records: TlogRecord[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    reader.push(bytes.subarray(at, at + pieceBytes));
    for (let record = reader.next(); record !== undefined; record = reader.next()) {
      records.push(record);
    }
  }
  return { records, reader };
};

describe('a telemetry log', () => {
  test('is read as it was written, however the file is cut', () => {
    const records = logOf(50);
    const bytes = Buffer.concat(records.map(encodeTlogRecord));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (pieceBytes) => {
        const read = readAll(bytes, pieceBytes);
        expect(read.records).toEqual(records);
        expect([read.reader.bytesSkipped, read.reader.bytesLeft]).toEqual([0, 0]);
      }),
      { numRuns: 30 },
    );
  });

  test('with a piece torn out gives all that lies whole before and behind', () => {
    const records = logOf(40);
    const bytes = Buffer.concat(records.map(encodeTlogRecord));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 400 }), (from, length) => {
        const torn = Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)]);
        const { records: read } = readAll(torn, 512);
        const found = new Set(read.map(({ packet }) => Buffer.from(packet).toString('hex')));
        let at = 0;
        const lost = records.filter(({ packet }) => {
          const start = at;
          at += 8 + packet.length;
          // A record that begins before the scar may swallow what follows it, up to its own length.
          const whole = at <= from || start >= from + length + MAX_TLOG_RECORD_BYTES;
          return whole && !found.has(Buffer.from(packet).toString('hex'));
        });
        expect(lost).toEqual([]);
      }),
    );
  });

  test('of arbitrary bytes breaks nothing, and every byte is accounted for', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 8 }), (pieces) => {
        const reader = new TlogReader();
        let read = 0;
        for (const piece of pieces) {
          reader.push(piece);
          for (let record = reader.next(); record !== undefined; record = reader.next()) {
            read += 8 + record.packet.length;
          }
        }
        const pushed = pieces.reduce((sum, piece) => sum + piece.length, 0);
        expect(read + reader.bytesSkipped + reader.bytesLeft).toBe(pushed);
        expect(reader.bytesLeft).toBeLessThan(MAX_TLOG_RECORD_BYTES);
      }),
    );
  });
});

const FOLDER = fileURLToPath(new URL('../../../../shared/px4-traces/', import.meta.url));
const RECORDINGS = existsSync(FOLDER)
  ? readdirSync(FOLDER).filter((name) => name.endsWith('.tlog.gz'))
  : [];

describe.skipIf(RECORDINGS.length === 0)('recordings of the real PX4', () => {
  test('are read whole, packet by packet, in order of time, and written again byte for byte', () => {
    for (const name of RECORDINGS) {
      const bytes = gunzipSync(readFileSync(FOLDER + name));
      const { records, reader } = readAll(bytes, 65_536);
      expect([name, reader.bytesSkipped, reader.bytesLeft]).toEqual([name, 0, 0]);
      const framer = new Framer();
      for (const { packet } of records) {
        framer.push(packet);
        framer.nextView();
      }
      expect(framer.counts).toMatchObject({ framesGood: records.length, bytesSkipped: 0 });
      expect(Buffer.concat(records.map(encodeTlogRecord)).equals(bytes)).toBe(true);
    }
  });
});
