import { describe, expect, it } from 'vitest';

import { readFlight } from '#protocols/log/reader.ts';
import type { NumberedRecord } from '#protocols/log/record.ts';
import { replayFlight, type Replayable } from '#protocols/log/replay.ts';
import { encodeTickRecord } from '#protocols/log/tick-record.ts';
import { FlightWriter } from '#protocols/log/writer.ts';
import { seededRandom } from '#protocols/random.ts';

import { CrashingDisk } from '#sim/machine/crashing-disk.ts';
import { flight, timeAt } from './flights.ts';

/** Sums what it is told, from a start value, and answers with its sum and the time. */
const summing: Replayable = {
  start: 'pilot/start',
  tick: 'pilot/tick',
  create: (start) => {
    let sum = start[0]!;
    return {
      tick: (nowMs, inbox) => {
        for (const byte of inbox) sum += byte;
        return new Uint8Array([0xaa, sum & 0xff, nowMs & 0xff]);
      },
    };
  },
};

const base = { monotonicMs: 0, logTimeUs: 77n };

const startAt = (number: number, value: number): NumberedRecord => ({
  ...base,
  number,
  channel: 'pilot/start',
  payload: new Uint8Array([value]),
});

const tickAt = (number: number, tick: number, inbox: number, sum: number): NumberedRecord => ({
  ...base,
  number,
  channel: 'pilot/tick',
  payload: encodeTickRecord({
    tick,
    nowMs: 20 * tick,
    inbox: new Uint8Array([inbox]),
    outbox: new Uint8Array([0xaa, sum, (20 * tick) & 0xff]),
  }),
});

const other: NumberedRecord = {
  ...base,
  number: 99,
  channel: 'mind/tick',
  payload: new Uint8Array(1),
};

const flown = [
  startAt(0, 10),
  tickAt(1, 0, 1, 11),
  other,
  tickAt(2, 1, 2, 13),
  tickAt(3, 2, 3, 16),
];

describe('a replayed flight', () => {
  it('gives the same outputs', async () => {
    expect(await replayFlight(flown, summing)).toEqual({
      ticks: 3,
      starts: 1,
      skipped: 0,
      divergence: undefined,
    });
  });

  it('names the first tick and byte that differ when an input was changed', async () => {
    const changed = [...flown];
    changed[3] = tickAt(2, 1, 3, 13);
    const { ticks, divergence } = await replayFlight(changed, summing);
    expect(ticks).toBe(2);
    expect(divergence).toEqual({
      channel: 'pilot/tick',
      number: 2,
      tick: 1,
      nowMs: 20,
      logTimeUs: 77n,
      offset: 1,
      recordedBytes: 3,
      replayedBytes: 3,
    });
  });

  it('diverges when the process was started with something else', async () => {
    const changed = [startAt(0, 11), ...flown.slice(1)];
    expect((await replayFlight(changed, summing)).divergence).toMatchObject({ tick: 0, offset: 1 });
  });

  it('takes an outbox that ends early for a divergence at its end', async () => {
    const curt: Replayable = { ...summing, create: () => ({ tick: () => new Uint8Array([0xaa]) }) };
    expect((await replayFlight(flown, curt)).divergence).toMatchObject({
      offset: 1,
      recordedBytes: 3,
      replayedBytes: 1,
    });
  });

  it('begins anew with every start of the process', async () => {
    const twice = [...flown, startAt(4, 50), tickAt(5, 0, 1, 51)];
    expect(await replayFlight(twice, summing)).toMatchObject({
      ticks: 4,
      starts: 2,
      divergence: undefined,
    });
  });

  it('runs ticks that stand in the log twice only once', async () => {
    const repeated = [...flown, ...flown.slice(3)];
    expect(await replayFlight(repeated, summing)).toMatchObject({
      ticks: 3,
      divergence: undefined,
    });
    const withStart = [...flown.slice(0, 4), ...flown];
    expect((await replayFlight(withStart, summing)).divergence).toBeUndefined();
  });

  it('skips what it cannot know: ticks after a gap, up to the next start', async () => {
    const gap = [flown[0]!, flown[1]!, flown[4]!, startAt(4, 50), tickAt(5, 0, 1, 51)];
    expect(await replayFlight(gap, summing)).toMatchObject({ ticks: 2, skipped: 1 });
    expect(await replayFlight(flown.slice(1), summing)).toMatchObject({ ticks: 0, skipped: 3 });
    expect(await replayFlight([flown[0]!, flown[3]!], summing)).toMatchObject({ skipped: 1 });
  });

  it('is the same from a log on disk, whatever segments and crashes lie between', async () => {
    let disk = new CrashingDisk();
    let sum = 10;
    let writer = await FlightWriter.open(disk, flight, timeAt(0), { segmentMs: 50 });
    writer.append(startAt(0, sum));
    for (let tick = 0; tick < 30; tick += 1) {
      sum += tick;
      writer.append(tickAt(tick + 1, tick, tick, sum & 0xff));
      await writer.commit(timeAt(20 * tick));
      if (tick % 10 !== 9) continue;
      disk = disk.crash(seededRandom(tick));
      writer = await FlightWriter.open(disk, flight, timeAt(20 * tick), { segmentMs: 50 });
    }
    expect((await disk.list()).length).toBeGreaterThan(8);
    expect(await replayFlight(readFlight(disk), summing)).toEqual({
      ticks: 30,
      starts: 1,
      skipped: 0,
      divergence: undefined,
    });
  });
});
