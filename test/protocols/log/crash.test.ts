import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FlightWriter } from '#protocols/log/writer.ts';
import { verifyFlight } from '#protocols/log/verify.ts';
import { seededRandom } from '#protocols/random.ts';

import { CrashingDisk, PowerCut } from '#sim/machine/crashing-disk.ts';
import { commitRecords, flight, readAll, recordAt, timeAt } from './flights.ts';

/** One closed segment (4 records) and an open one with commits of 3 and 2; the sizes they reached. */
const openFlight = async (): Promise<{ disk: CrashingDisk; openSizes: number[] }> => {
  const disk = new CrashingDisk();
  const writer = await FlightWriter.open(disk, flight, timeAt(0), { segmentMs: 100 });
  await commitRecords(writer, 0, 3, 0);
  await commitRecords(writer, 3, 4, 150);
  await commitRecords(writer, 4, 7, 160);
  const first = disk.bytes('000002.mcap').length;
  await commitRecords(writer, 7, 9, 170);
  return { disk, openSizes: [first, disk.bytes('000002.mcap').length] };
};

const numbersOf = async (disk: CrashingDisk): Promise<string[]> =>
  (await readAll(disk)).map((record) => Buffer.from(record.payload).toString());

const payloads = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => Buffer.from(recordAt(index).payload).toString());

describe('a log that breaks off', () => {
  it('cut at any byte of its open segment keeps every whole commit, and goes on', async () => {
    const { disk, openSizes } = await openFlight();
    const whole = disk.bytes('000002.mcap');
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const torn = disk.copy();
      torn.put('000002.mcap', whole.slice(0, cut));
      const acknowledged = 4 + (cut >= openSizes[0]! ? 3 : 0) + (cut >= openSizes[1]! ? 2 : 0);
      // A commit whose indexes alone are cut off is kept although nobody was promised it.
      const kept = (await numbersOf(torn)).length;
      expect([4, 7, 9].filter((count) => count >= acknowledged)).toContain(kept);
      expect(await numbersOf(torn)).toEqual(payloads(kept));
      expect(await verifyFlight(torn)).toMatchObject({ status: 'truncated', records: kept });

      const writer = await FlightWriter.open(torn, flight, timeAt(500));
      expect(writer.mended).toHaveLength(1);
      await commitRecords(writer, kept, kept + 1, 510);
      await writer.close(timeAt(520));
      expect(await numbersOf(torn)).toEqual(payloads(kept + 1));
      expect(await verifyFlight(torn)).toMatchObject({
        status: 'verified',
        segments: 3,
        records: kept + 1,
        mended: [{ file: '000002.mcap' }],
      });
    }
  });

  it('cut at any byte of the chain is told; a torn last line is mended, a lost start refused', async () => {
    const { disk } = await openFlight();
    const chain = disk.bytes('chain.jsonl');
    const firstLine = chain.indexOf(10) + 1;
    const cutAt = (cut: number): CrashingDisk => {
      const torn = disk.copy();
      torn.put('chain.jsonl', chain.slice(0, cut));
      torn.remove('000002.mcap');
      return torn;
    };
    for (let cut = 0; cut < chain.length; cut += 1) {
      expect((await verifyFlight(cutAt(cut))).status).not.toBe('verified');
    }
    for (let cut = 0; cut < firstLine; cut += 1) {
      await expect(FlightWriter.open(cutAt(cut), flight, timeAt(500))).rejects.toMatchObject({
        code: 'log-damaged',
      });
    }
    for (let cut = firstLine; cut < chain.length; cut += 1) {
      const torn = cutAt(cut);
      const writer = await FlightWriter.open(torn, flight, timeAt(500));
      await writer.close(timeAt(520));
      expect(await verifyFlight(torn)).toMatchObject({ status: 'verified', records: 4 });
    }
  });

  it('loses no acknowledged record when the power goes at any moment, again and again', async () => {
    let powerCuts = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const random = seededRandom(seed);
        let disk = new CrashingDisk();
        let acknowledged = 0;
        for (let life = 0; life < 6; life += 1) {
          disk.operationsLeft = Math.floor(random.uniform() * 30);
          try {
            const now = 1000 * life;
            const writer = await FlightWriter.open(disk, flight, timeAt(now), { segmentMs: 50 });
            for (let step = 0; step < 8; step += 1) {
              const next = await countRecords(disk);
              const commit = await commitRecords(writer, next, next + 2, now + 20 * step);
              acknowledged = commit.records;
            }
            await writer.close(timeAt(now + 900));
          } catch (error) {
            if (!(error instanceof PowerCut)) throw error;
            powerCuts += 1;
          }
          disk = disk.crash(random);
          const kept = await numbersOrNone(disk);
          expect(kept.length).toBeGreaterThanOrEqual(acknowledged);
          expect(kept).toEqual(payloads(kept.length));
        }
        const writer = await FlightWriter.open(disk, flight, timeAt(10_000));
        await writer.close(timeAt(10_001));
        expect(await verifyFlight(disk)).toMatchObject({ status: 'verified' });
        expect((await numbersOrNone(disk)).length).toBeGreaterThanOrEqual(acknowledged);
      }),
      { numRuns: 80 },
    );
    expect(powerCuts).toBeGreaterThan(50);
  });

  it('is mended even when the mending is interrupted at every step', async () => {
    const { disk, openSizes } = await openFlight();
    const torn = disk.copy();
    torn.put('000002.mcap', disk.bytes('000002.mcap').slice(0, openSizes[0]! + 20));
    const random = seededRandom(5);
    let interruptions = 0;
    for (let operations = 0; ; operations += 1) {
      let attempt = torn.copy();
      attempt.operationsLeft = operations;
      const opened = await FlightWriter.open(attempt, flight, timeAt(500)).then(
        () => true,
        () => false,
      );
      attempt = attempt.crash(random);
      const writer = await FlightWriter.open(attempt, flight, timeAt(600));
      await writer.close(timeAt(700));
      expect(await verifyFlight(attempt)).toMatchObject({
        status: 'verified',
        records: 7,
        mended: [{ file: '000002.mcap' }],
      });
      if (opened) break;
      interruptions += 1;
    }
    expect(interruptions).toBeGreaterThanOrEqual(4);
  });

  it('keeps the torn original as evidence, and notices when it changes', async () => {
    const { disk } = await openFlight();
    const found = disk.bytes('000002.mcap').slice(0, -20);
    disk.put('000002.mcap', found);
    const writer = await FlightWriter.open(disk, flight, timeAt(500));
    await writer.close(timeAt(520));
    expect(disk.bytes('000002.torn')).toEqual(found);
    disk.put('000002.torn', found.slice(1));
    expect(await verifyFlight(disk)).toMatchObject({
      status: 'failed',
      problems: [{ code: 'segment-changed', file: '000002.torn' }],
    });
    disk.remove('000002.torn');
    expect(await verifyFlight(disk)).toMatchObject({
      status: 'failed',
      problems: [{ code: 'segment-missing', file: '000002.torn' }],
    });
  });

  it('is refused when more is wrong than a crash can do', async () => {
    const { disk } = await openFlight();
    const cases: ((disk: CrashingDisk) => void)[] = [
      (one) => one.put('000005.mcap', new Uint8Array(3)),
      (one) => one.remove('000001.mcap'),
      (one) => one.remove('chain.jsonl'),
      (one) => one.put('000002.mcap', one.bytes('000001.mcap')),
      (one) =>
        one.put('chain.jsonl', Buffer.concat([one.bytes('chain.jsonl'), Buffer.from('x\n')])),
    ];
    for (const damage of cases) {
      const damaged = disk.copy();
      damage(damaged);
      await expect(FlightWriter.open(damaged, flight, timeAt(500))).rejects.toMatchObject({
        code: 'log-damaged',
      });
    }
  });
});

const numbersOrNone = async (disk: CrashingDisk): Promise<string[]> =>
  (await disk.list()).includes('000001.mcap') ? numbersOf(disk) : [];

const countRecords = async (disk: CrashingDisk): Promise<number> =>
  (await numbersOrNone(disk)).length;
