import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { parseChain } from '#protocols/log/chain.ts';
import type { SignedHead } from '#protocols/log/signed-head.ts';
import { FlightWriter } from '#protocols/log/writer.ts';
import { verifyFlight } from '#protocols/log/verify.ts';

import { CrashingDisk } from '#sim/machine/crashing-disk.ts';
import { commitRecords, flight, smallFlight, timeAt } from './flights.ts';

let intact: CrashingDisk;
beforeAll(async () => {
  intact = await smallFlight();
});

const headsOf = (disk: CrashingDisk): Uint8Array[] =>
  parseChain(disk.bytes('chain.jsonl')).links.map(({ head }) => Buffer.from(head, 'hex'));

const headAt = (disk: CrashingDisk, link: number, bytes = 32): SignedHead => ({
  sysid: flight.sysid,
  bootEpoch: flight.bootEpoch,
  link,
  head: headsOf(disk)[link]!.subarray(0, bytes),
});

describe('a flight under someone’s hands', () => {
  it('shows any changed byte, and names the file', async () => {
    const missed: string[] = [];
    for (const file of await intact.list()) {
      const sound = intact.bytes(file);
      for (let offset = 0; offset < sound.length; offset += 1) {
        const changed = sound.slice();
        changed[offset]! ^= 1 << (offset % 8);
        const disk = intact.copy();
        disk.put(file, changed);
        const { status, problems } = await verifyFlight(disk);
        const blamed = problems.some((problem) => problem.file === file);
        if (status === 'verified' || !blamed) missed.push(`${file}:${offset}`);
      }
    }
    expect(missed).toEqual([]);
  });

  it('shows any byte changed to any other value', async () => {
    const files = await intact.list();
    const place = fc.constantFrom(...files).chain((file) =>
      fc.record({
        file: fc.constant(file),
        offset: fc.nat({ max: intact.bytes(file).length - 1 }),
        mask: fc.integer({ min: 1, max: 255 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(place, async ({ file, offset, mask }) => {
        const changed = intact.bytes(file).slice();
        changed[offset]! ^= mask;
        const disk = intact.copy();
        disk.put(file, changed);
        expect((await verifyFlight(disk)).status).not.toBe('verified');
      }),
      { numRuns: 300 },
    );
  });

  it('shows segments that are missing, swapped, added or cut, and where a changed one breaks', async () => {
    const missing = intact.copy();
    missing.remove('000001.mcap');
    expect(await verifyFlight(missing)).toMatchObject({
      status: 'failed',
      problems: [{ code: 'segment-missing', file: '000001.mcap' }],
    });

    const swapped = intact.copy();
    swapped.put('000001.mcap', intact.bytes('000002.mcap'));
    swapped.put('000002.mcap', intact.bytes('000001.mcap'));
    expect((await verifyFlight(swapped)).problems.map((problem) => problem.code)).toEqual([
      'segment-changed',
      'segment-changed',
    ]);

    const added = intact.copy();
    added.put('000003.mcap', intact.bytes('000002.mcap'));
    added.put('000009.mcap', intact.bytes('000002.mcap'));
    expect((await verifyFlight(added)).problems).toMatchObject([
      { code: 'segment-malformed', file: '000003.mcap' },
      { code: 'unexpected-file', file: '000009.mcap' },
    ]);

    const cut = intact.copy();
    cut.put('000002.mcap', intact.bytes('000002.mcap').slice(0, -1));
    const { status, problems } = await verifyFlight(cut);
    expect(status).toBe('failed');
    expect(problems).toMatchObject([{ code: 'segment-changed', file: '000002.mcap' }]);
    expect(problems[0]?.offset).toBeGreaterThan(0);
  });

  it('shows lines of the chain taken out or swapped', async () => {
    const lines = Buffer.from(intact.bytes('chain.jsonl')).toString().split('\n').slice(0, -1);
    for (const changed of [
      [lines[0], lines[2], lines[1], lines[3]],
      [lines[0], lines[2], lines[3]],
      [lines[1], lines[2], lines[3]],
      [lines[0], lines[1], lines[1], lines[2], lines[3]],
    ]) {
      const disk = intact.copy();
      disk.put('chain.jsonl', Buffer.from(`${changed.join('\n')}\n`));
      expect(await verifyFlight(disk)).toMatchObject({ status: 'failed' });
    }
    const headless = intact.copy();
    headless.remove('chain.jsonl');
    expect((await verifyFlight(headless)).problems[0]).toMatchObject({ code: 'chain-missing' });
  });

  it('says "truncated", not "verified", when whole links are cut off the end', async () => {
    const lines = Buffer.from(intact.bytes('chain.jsonl')).toString().split('\n').slice(0, -1);
    const disk = intact.copy();
    disk.remove('000002.mcap');
    disk.put('chain.jsonl', Buffer.from(`${lines.slice(0, 2).join('\n')}\n`));
    expect(await verifyFlight(disk)).toMatchObject({
      status: 'truncated',
      problems: [{ code: 'not-ended' }],
    });
    expect(await verifyFlight(disk, [headAt(intact, 2)])).toMatchObject({
      status: 'failed',
      problems: [{ code: 'not-ended' }, { code: 'chain-cut-back' }],
    });
  });

  it('throws when there is no log at all', async () => {
    await expect(verifyFlight(new CrashingDisk())).rejects.toMatchObject({ code: 'log-not-found' });
  });
});

/** The same flight with one record left out: every hash is right, and it never happened so. */
const forge = async (info = flight): Promise<CrashingDisk> => {
  const disk = new CrashingDisk();
  const writer = await FlightWriter.open(disk, info, timeAt(0), { segmentMs: 100 });
  await commitRecords(writer, 1, 4, 50);
  await commitRecords(writer, 4, 7, 150);
  await writer.close(timeAt(240));
  return disk;
};

describe('a chain rewritten from end to end', () => {
  it('verifies by itself, and falls to one head that the drone once signed', async () => {
    const forged = await forge();
    expect(await verifyFlight(forged)).toMatchObject({ status: 'verified' });

    const gossiped = headAt(intact, 1);
    expect(await verifyFlight(forged, [gossiped])).toMatchObject({
      status: 'failed',
      problems: [{ code: 'chain-rewritten' }],
    });
    expect(await verifyFlight(intact, [gossiped])).toMatchObject({
      status: 'verified',
      headsOnChain: 1,
    });
  });

  it('falls to a prefix of 8 bytes, and no shorter prefix counts for it', async () => {
    const forged = await forge();
    expect((await verifyFlight(forged, [headAt(intact, 1, 8)])).status).toBe('failed');
    expect((await verifyFlight(intact, [headAt(intact, 1, 8)])).status).toBe('verified');
    expect((await verifyFlight(intact, [headAt(intact, 1, 7)])).status).toBe('failed');
  });

  it('does not escape by naming another boot epoch', async () => {
    const forged = await forge({ ...flight, bootEpoch: 99 });
    expect(await verifyFlight(forged, [headAt(intact, 1)])).toMatchObject({
      status: 'failed',
      problems: [{ code: 'no-signed-head' }],
    });
  });

  it('is not accused by the heads of others, or of earlier flights', async () => {
    const strangers = [
      { ...headAt(intact, 1), sysid: 4, head: new Uint8Array(32) },
      { ...headAt(intact, 1), bootEpoch: 11, head: new Uint8Array(32) },
      headAt(intact, 2),
    ];
    expect(await verifyFlight(intact, strangers)).toMatchObject({
      status: 'verified',
      headsOnChain: 1,
    });
  });
});
