import { beforeEach, describe, expect, it } from 'vitest';

import { Recorder } from '#agent/recorder.ts';
import { BatchEncoder } from '#protocols/log/batch.ts';
import { FlightWriter } from '#protocols/log/writer.ts';

import { CrashingDisk } from '#sim/machine/crashing-disk.ts';
import { flight, readAll, timeAt } from '../../protocols/log/flights.ts';

let disk: CrashingDisk;
let recorder: Recorder<string>;

beforeEach(async () => {
  disk = new CrashingDisk();
  const limits = { pendingBytes: 1000, segmentMs: 1000 };
  recorder = new Recorder(await FlightWriter.open(disk, flight, timeAt(0), limits));
});

const batch = (senderStartMs: number, number: number, bytes: readonly number[]): Uint8Array => {
  const encoder = new BatchEncoder();
  for (const byte of bytes) encoder.add('pilot/tick', byte, 0n, new Uint8Array([byte]));
  return encoder.take(senderStartMs, number);
};

const written = async (): Promise<number[]> =>
  (await readAll(disk)).map((record) => record.payload[0]!);

describe('the recorder', () => {
  it('acknowledges to each peer what is on disk, and only after it is', async () => {
    recorder.accept('pilot', batch(1, 1, [1, 2]));
    recorder.accept('pilot', batch(1, 2, [3]));
    recorder.accept('mind', batch(2, 1, [9]));
    const commit = recorder.commit(timeAt(10));
    recorder.accept('pilot', batch(1, 3, [4]));
    expect((await commit).acknowledgements).toEqual([
      ['pilot', 2],
      ['mind', 1],
    ]);
    expect((await recorder.commit(timeAt(20))).acknowledgements).toEqual([['pilot', 3]]);
    expect((await recorder.commit(timeAt(30))).acknowledgements).toEqual([]);
    expect(await written()).toEqual([1, 2, 3, 9, 4]);
  });

  it('writes a batch that is sent again only once, and acknowledges it again', async () => {
    recorder.accept('pilot', batch(1, 1, [1]));
    recorder.accept('pilot', batch(1, 2, [2]));
    await recorder.commit(timeAt(10));
    recorder.accept('pilot, connected again', batch(1, 2, [2]));
    recorder.accept('pilot, connected again', batch(1, 3, [3]));
    expect((await recorder.commit(timeAt(20))).acknowledgements).toEqual([
      ['pilot, connected again', 3],
    ]);
    expect(await written()).toEqual([1, 2, 3]);
  });

  it('takes the first batch of a restarted process for a new one', async () => {
    recorder.accept('pilot', batch(1, 1, [1]));
    recorder.accept('pilot', batch(500, 1, [2]));
    await recorder.commit(timeAt(10));
    expect(await written()).toEqual([1, 2]);
  });

  it('takes all of a batch or nothing when too much waits for the disk', async () => {
    const ten = Array.from({ length: 10 }, (_, index) => index);
    expect(recorder.accept('pilot', batch(1, 1, ten))).toBe('accepted');
    expect(recorder.accept('pilot', batch(1, 2, ten))).toBe('full');
    expect((await recorder.commit(timeAt(10))).acknowledgements).toEqual([['pilot', 1]]);
    expect(recorder.accept('pilot', batch(1, 2, ten))).toBe('accepted');
    await recorder.commit(timeAt(20));
    expect(await written()).toEqual([...ten, ...ten]);
  });

  it('refuses a malformed batch whole', async () => {
    const bytes = batch(1, 1, [1, 2]);
    expect(() => recorder.accept('pilot', bytes.subarray(0, -1))).toThrow(
      expect.objectContaining({ code: 'log-batch-malformed' }),
    );
    expect((await recorder.commit(timeAt(10))).acknowledgements).toEqual([]);
  });

  it('forgets a peer that left before its answer', async () => {
    recorder.accept('pilot', batch(1, 1, [1]));
    recorder.forget('pilot');
    expect((await recorder.commit(timeAt(10))).acknowledgements).toEqual([]);
  });

  it('hands out a head with every segment it closes, and at the end', async () => {
    recorder.accept('pilot', batch(1, 1, [1]));
    expect((await recorder.commit(timeAt(10))).heads).toEqual([]);
    expect((await recorder.commit(timeAt(1010))).heads).toMatchObject([{ link: 1 }]);
    recorder.accept('pilot', batch(1, 2, [1]));
    expect((await recorder.close(timeAt(1020))).heads).toMatchObject([{ link: 2 }, { link: 3 }]);
  });

  it('remembers a bounded number of senders', async () => {
    for (let start = 0; start < 200; start += 1) {
      recorder.accept('pilot', batch(start, 1, []));
    }
    expect(recorder.accept('pilot', batch(199, 1, [7]))).toBe('accepted');
    expect(recorder.accept('pilot', batch(0, 1, [8]))).toBe('accepted');
    await recorder.commit(timeAt(10));
    expect(await written()).toEqual([8]);
  });
});
