import { McapRecordBuilder, type Message } from '@mcap/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zstdCompressSync } from 'node:zlib';

import { CHANNELS } from '#protocols/log/record.ts';
import { SegmentEncoder } from '#protocols/log/segment-encoder.ts';
import { decodeSegmentMeta, parseFlightInfo } from '#protocols/log/segment-meta.ts';
import { countRecords, scanSegment } from '#protocols/log/segment-scan.ts';

import { flight, smallFlight } from './flights.ts';

describe('bytes that claim to be a segment', () => {
  it('never throw, and never count a record that was not written', async () => {
    const sound = (await smallFlight()).bytes('000001.mcap');
    const edit = fc.record({ at: fc.nat({ max: sound.length - 1 }), value: fc.nat({ max: 255 }) });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), fc.nat(), (edits, cut) => {
        const changed = sound.slice(0, cut % 3 === 0 ? cut % sound.length : sound.length);
        for (const { at, value } of edits) if (at < changed.length) changed[at] = value;
        const scan = scanSegment(changed);
        expect([0, 4, 7]).toContain(countRecords(scan));
        expect(scan.validBytes).toBeLessThanOrEqual(changed.length);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(scanSegment(bytes)).toMatchObject({ complete: false, chunks: [] });
      }),
    );
  });

  it('holds no chunk that was made for another place in the chain, or that lost a record', () => {
    const meta = { flight, index: 2, previousHead: 'ab'.repeat(32), firstNumber: 0 };
    const message = (sequence: number): Message => ({
      channelId: CHANNELS['pilot/tick'].id,
      sequence,
      logTime: 1n,
      publishTime: 2n,
      data: new Uint8Array([sequence]),
    });
    const scan = (chunk: Uint8Array) =>
      scanSegment(Buffer.concat([new SegmentEncoder(meta).start(), chunk]));
    const chunkOf = (previousHead: string, messages: Message[]): Uint8Array => {
      const encoder = new SegmentEncoder({ ...meta, previousHead });
      encoder.start();
      return encoder.chunk(messages);
    };
    const sound = [message(0), message(1)];
    expect(countRecords(scan(chunkOf(meta.previousHead, sound)))).toBe(2);
    expect(scan(chunkOf('cd'.repeat(32), sound))).toMatchObject({
      chunks: [],
      problem: expect.stringContaining('mark'),
    });
    expect(scan(chunkOf(meta.previousHead, [message(0), message(2)]))).toMatchObject({
      chunks: [],
      problem: expect.stringContaining('out of order'),
    });
  });

  it('cannot blow up: a chunk that unpacks to a gigabyte is refused', () => {
    const records = new McapRecordBuilder();
    records.writeMagic();
    records.writeHeader({ profile: 'skein', library: 'skein' });
    const chunk = {
      messageStartTime: 0n,
      messageEndTime: 0n,
      uncompressedCrc: 0,
      compression: 'zstd',
      records: zstdCompressSync(new Uint8Array(1 << 26)),
    };
    for (const uncompressedSize of [1n << 60n, 10n]) {
      const bomb = new McapRecordBuilder();
      bomb.writeChunk({ ...chunk, uncompressedSize });
      const scan = scanSegment(Buffer.concat([records.buffer, bomb.buffer]));
      expect(scan).toMatchObject({ complete: false, problem: expect.any(String) });
    }
  });
});

describe('a segment whose chunks are small, sound and many', () => {
  it('cannot blow up either: what it unpacks to in all is bounded', () => {
    const meta = { flight, index: 1, previousHead: 'ab'.repeat(32), firstNumber: 0 };
    const encoder = new SegmentEncoder(meta);
    const parts = [encoder.start()];
    for (let sequence = 0; sequence < 8; sequence += 1) {
      const data = new Uint8Array(1 << 20);
      const at = { channelId: CHANNELS['pilot/tick'].id, logTime: 1n, publishTime: 2n };
      parts.push(encoder.chunk([{ ...at, sequence, data }]));
    }
    const bytes = Buffer.concat(parts);
    expect(bytes.length).toBeLessThan(10_000);
    expect(scanSegment(bytes, 9 << 20)).toMatchObject({ problem: undefined });
    const scan = scanSegment(bytes, 5 << 20);
    expect(scan.problem).toContain('unpacks to more than');
    expect(countRecords(scan)).toBe(4);
  });
});

describe('the words of a flight about itself', () => {
  it('are taken only whole and in bounds', () => {
    expect(parseFlightInfo(flight)).toEqual(flight);
    for (const wrong of [
      null,
      [],
      { ...flight, flight: '../etc' },
      { ...flight, flight: 'x'.repeat(65) },
      { ...flight, sysid: 0 },
      { ...flight, sysid: 256 },
      { ...flight, bootEpoch: 1.5 },
      { ...flight, versions: { skein: 1 } },
      { ...flight, versions: ['1'] },
    ]) {
      expect(parseFlightInfo(wrong)).toBeUndefined();
    }
    expect(() => decodeSegmentMeta(new Map([['flight', 'x']]))).toThrow(
      expect.objectContaining({ code: 'log-segment-malformed' }),
    );
  });
});
