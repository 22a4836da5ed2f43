import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Fault } from '#protocols/fault.ts';
import {
  BatchEncoder,
  decodeAcknowledgement,
  decodeRecordBatch,
  encodeAcknowledgement,
} from '#protocols/log/batch.ts';
import { CHANNELS, MAX_RECORD_BYTES, type ChannelName } from '#protocols/log/record.ts';
import { decodeTickRecord, encodeTickRecord } from '#protocols/log/tick-record.ts';

const names = (Object.keys(CHANNELS) as ChannelName[]).filter((name) => name !== 'log/mark');

const record = fc.record({
  channel: fc.constantFrom(...names),
  monotonicMs: fc.double({ min: 0, max: 1e12, noNaN: true }),
  logTimeUs: fc.bigInt({ min: 0n, max: 1n << 53n }),
  payload: fc.uint8Array({ maxLength: 200 }),
});

const encode = (
  records: readonly {
    channel: ChannelName;
    monotonicMs: number;
    logTimeUs: bigint;
    payload: Uint8Array;
  }[],
): Uint8Array => {
  const batch = new BatchEncoder();
  for (const one of records) batch.add(one.channel, one.monotonicMs, one.logTimeUs, one.payload);
  return batch.take(7.25, 42);
};

/** Number of records, or the code of the fault. */
const answerTo = (bytes: Uint8Array): number | string => {
  try {
    return decodeRecordBatch(bytes).records.length;
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
};

describe('a batch of records', () => {
  it('comes back as it went in', () => {
    fc.assert(
      fc.property(fc.array(record), (records) => {
        expect(decodeRecordBatch(encode(records))).toEqual({
          senderStartMs: 7.25,
          number: 42,
          records,
        });
      }),
    );
  });

  it('is refused when cut anywhere but between two records', () => {
    const payload = new Uint8Array([1, 2, 3]);
    const one = { channel: 'config', monotonicMs: 1, logTimeUs: 2n, payload } as const;
    const bytes = encode([one, one]);
    const soundCuts = [];
    const faults = new Set<string>();
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const answer = answerTo(bytes.subarray(0, cut));
      if (typeof answer === 'number') soundCuts.push([cut, answer]);
      else faults.add(answer);
    }
    expect(soundCuts).toEqual([
      [12, 0],
      [37, 1],
      [62, 2],
    ]);
    expect([...faults]).toEqual(['log-batch-malformed']);
  });

  it('only ever throws a fault on foreign bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        expect(answerTo(bytes)).toSatisfy(
          (answer) => typeof answer === 'number' || String(answer).startsWith('log-'),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves the writer’s marks to the writer', () => {
    const bytes = encode([
      { channel: 'log/mark', monotonicMs: 0, logTimeUs: 0n, payload: new Uint8Array(32) },
    ]);
    expect(() => decodeRecordBatch(bytes)).toThrow(
      expect.objectContaining({ code: 'log-batch-malformed' }),
    );
  });

  it('holds any allowed record, says when it is full, and starts afresh once taken', () => {
    const batch = new BatchEncoder();
    const largest = new Uint8Array(MAX_RECORD_BYTES);
    expect(batch.add('mind/tick', 0, 0n, largest)).toBe(true);
    expect(batch.add('mind/tick', 0, 0n, largest)).toBe(false);
    expect(decodeRecordBatch(batch.take(1, 1)).records).toHaveLength(1);
    expect(batch.add('mind/tick', 0, 0n, largest)).toBe(true);
    expect(() => batch.add('mind/tick', 0, 0n, new Uint8Array(MAX_RECORD_BYTES + 1))).toThrow(
      expect.objectContaining({ code: 'log-record-invalid' }),
    );
  });

  it('is acknowledged by number', () => {
    expect(decodeAcknowledgement(encodeAcknowledgement(4_000_000_000))).toBe(4_000_000_000);
    expect(decodeAcknowledgement(new Uint8Array(3))).toBeUndefined();
  });
});

describe('a tick record', () => {
  it('comes back as it went in, to the last bit of its time', () => {
    const bytes = fc.uint8Array({ maxLength: 60 });
    const tick = fc.record({
      tick: fc.nat(),
      nowMs: fc.double({ noNaN: true }),
      inbox: bytes,
      outbox: bytes,
    });
    fc.assert(
      fc.property(tick, (one) => {
        expect(decodeTickRecord(encodeTickRecord(one))).toEqual(one);
      }),
    );
  });

  it('is refused when its inbox is cut short', () => {
    const whole = encodeTickRecord({
      tick: 1,
      nowMs: 2,
      inbox: new Uint8Array(5),
      outbox: new Uint8Array(0),
    });
    for (let cut = 0; cut < whole.length; cut += 1) {
      expect(() => decodeTickRecord(whole.subarray(0, cut))).toThrow(
        expect.objectContaining({ code: 'log-tick-malformed' }),
      );
    }
  });
});
