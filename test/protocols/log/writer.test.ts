import { McapIndexedReader, TempBuffer } from '@mcap/core';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import { FlightWriter } from '#protocols/log/writer.ts';
import { verifyFlight } from '#protocols/log/verify.ts';

import { CrashingDisk } from '#sim/machine/crashing-disk.ts';
import {
  commitRecords,
  expectedRecords,
  flight,
  readAll,
  recordAt,
  smallFlight,
  timeAt,
} from './flights.ts';

const indexed = (bytes: Uint8Array): Promise<McapIndexedReader> =>
  McapIndexedReader.Initialize({
    readable: new TempBuffer(bytes),
    decompressHandlers: { zstd: (chunk) => new Uint8Array(zstdDecompressSync(chunk)) },
  });

describe('a flight as it is written', () => {
  it('gives back every record, in order, across segments', async () => {
    const disk = await smallFlight();
    expect(await disk.list()).toEqual(['000001.mcap', '000002.mcap', 'chain.jsonl']);
    expect(await readAll(disk)).toEqual(
      expectedRecords(12).map((one) =>
        expect.objectContaining({
          ...one,
          payload: expect.toSatisfy(
            (bytes: Uint8Array) => Buffer.compare(bytes, one.payload) === 0,
          ),
        }),
      ),
    );
    const verification = await verifyFlight(disk);
    expect(verification).toMatchObject({
      status: 'verified',
      segments: 2,
      records: 12,
      problems: [],
    });
    expect(verification.flight).toMatchObject(flight);
  });

  it('opens in any MCAP reader by its index, with topics, schemas, encodings and both times', async () => {
    const disk = await smallFlight();
    const reader = await indexed(disk.bytes('000001.mcap'));
    const topics = [...reader.channelsById.values()].map((channel) => [
      channel.topic,
      channel.messageEncoding,
      reader.schemasById.get(channel.schemaId)?.name,
    ]);
    expect(topics).toContainEqual(['pilot/tick', 'x-skein', 'skein.pilot/tick']);
    expect(topics).toContainEqual(['mind/plan', 'msgpack', 'skein.mind/plan']);
    expect(reader.chunkIndexes).toHaveLength(2);
    expect(reader.metadataIndexes.map((index) => index.name)).toEqual(['skein.segment']);
    expect(reader.statistics).toMatchObject({ messageCount: 9n, chunkCount: 2 });

    const plans = [];
    for await (const message of reader.readMessages({
      topics: ['mind/plan'],
      validateCrcs: true,
    })) {
      plans.push(message);
    }
    expect(plans.map((message) => message.sequence)).toEqual([1, 5]);
    expect(plans[0]).toMatchObject({
      logTime: recordAt(1).logTimeUs * 1000n,
      publishTime: 20_000_000n,
      data: new Uint8Array(recordAt(1).payload),
    });
  });

  it('keeps a monotonic time to the nanosecond', async () => {
    const disk = new CrashingDisk();
    const writer = await FlightWriter.open(disk, flight, timeAt(0));
    const monotonicMs = 8_640_000_123_456_789 / 1e6 / 10;
    writer.append({ ...recordAt(0), monotonicMs });
    await writer.close(timeAt(1));
    expect((await readAll(disk))[0]?.monotonicMs).toBeCloseTo(monotonicMs, 6);
  });

  it('closes a segment when it is old or large, and tells the head each time', async () => {
    const disk = new CrashingDisk();
    const writer = await FlightWriter.open(disk, flight, timeAt(0), {
      segmentMs: 1000,
      segmentBytes: 2000,
    });
    expect((await commitRecords(writer, 0, 2, 100)).heads).toEqual([]);
    const aged = await commitRecords(writer, 2, 2, 1100);
    expect(aged.heads.map((head) => head.link)).toEqual([1]);
    const large = await commitRecords(writer, 2, 300, 1200);
    expect(large.heads.map((head) => head.link)).toEqual([2]);
    expect(large.heads[0]?.head).toEqual(writer.head(timeAt(1200)).head);
  });

  it('makes no segment while nothing is recorded', async () => {
    const disk = new CrashingDisk();
    const writer = await FlightWriter.open(disk, flight, timeAt(0), { segmentMs: 10 });
    await writer.commit(timeAt(100));
    await writer.close(timeAt(200));
    expect(await disk.list()).toEqual(['chain.jsonl']);
    expect(await verifyFlight(disk)).toMatchObject({ status: 'verified', records: 0 });
  });

  it('goes on with a flight that was ended', async () => {
    const disk = await smallFlight();
    const writer = await FlightWriter.open(disk, flight, timeAt(300));
    expect(await commitRecords(writer, 12, 15, 300)).toMatchObject({ records: 15 });
    await writer.close(timeAt(400));
    expect(await verifyFlight(disk)).toMatchObject({
      status: 'verified',
      segments: 3,
      records: 15,
    });
    expect((await readAll(disk)).map((record) => record.number)).toEqual([...Array(15).keys()]);
  });

  it('bounds what waits for the disk', async () => {
    const writer = await FlightWriter.open(new CrashingDisk(), flight, timeAt(0), {
      pendingBytes: 1000,
    });
    const large = { ...recordAt(0), payload: new Uint8Array(500) };
    writer.append(large);
    expect(writer.hasRoomFor([large])).toBe(false);
    expect(() => writer.append(large)).toThrow(expect.objectContaining({ code: 'log-full' }));
    await writer.commit(timeAt(1));
    expect(writer.hasRoomFor([large])).toBe(true);
  });

  it('refuses what the log cannot hold', async () => {
    const writer = await FlightWriter.open(new CrashingDisk(), flight, timeAt(0));
    for (const wrong of [
      { payload: new Uint8Array((1 << 19) + 1) },
      { monotonicMs: -1 },
      { monotonicMs: Number.NaN },
      { logTimeUs: 2n ** 63n },
    ]) {
      expect(() => writer.append({ ...recordAt(0), ...wrong })).toThrow(
        expect.objectContaining({ code: 'log-record-invalid' }),
      );
    }
  });

  it('refuses to record one flight into the directory of another', async () => {
    const disk = await smallFlight();
    const other = { ...flight, bootEpoch: 13 };
    await expect(FlightWriter.open(disk, other, timeAt(0))).rejects.toMatchObject({
      code: 'log-other-flight',
    });
  });

  it('does not go on after the disk failed', async () => {
    const disk = new CrashingDisk();
    const writer = await FlightWriter.open(disk, flight, timeAt(0));
    disk.operationsLeft = 1;
    await expect(commitRecords(writer, 0, 3)).rejects.toThrow('power cut');
    disk.operationsLeft = Infinity;
    await expect(writer.commit(timeAt(1))).rejects.toMatchObject({ code: 'assertion-failed' });
  });
});
