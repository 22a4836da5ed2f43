import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { auditDirectories } from '#coordinator/audit/audit.ts';
import { runLogShow, runLogVerify } from '#coordinator/commands/log.ts';
import type { LogHead } from '#protocols/log/log-head.ts';
import { noStation, runSkein, testContext } from '../run-skein.ts';
import {
  recordFlight,
  stationFiles,
  temporaryDirectory,
  type StationFiles,
} from './recorded-run.ts';

const flipByte = (file: string, offset: number): void => {
  const bytes = readFileSync(file);
  bytes[offset]! ^= 0x10;
  writeFileSync(file, bytes);
};

const verify = async (
  directory: string,
  allowTruncated = false,
): Promise<{ code: number; text: string }> => {
  const { context, said } = testContext(noStation);
  const code = await runLogVerify(context, [directory], { allowTruncated });
  return { code, text: said.stdout };
};

describe('skein log verify, one flight', () => {
  it('says verified and exits 0 when every byte is as it was written', async () => {
    const directory = temporaryDirectory();
    await recordFlight(directory, { sysid: 4, bootEpoch: 100 });
    const { code, stdout, stderr } = await runSkein('log', 'verify', directory);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('verified: drone 4, flight-100, ');
    expect(stdout).toContain('12 records');
    expect(stdout).toContain('audit: verified (no signed heads at hand');
  });

  it('names file, segment and byte of a change, and exits 1', async () => {
    const directory = temporaryDirectory();
    await recordFlight(directory, { sysid: 4, bootEpoch: 100 });
    flipByte(join(directory, '000002.mcap'), 200);
    const { code, stdout } = await runSkein('log', 'verify', directory);
    expect(code).toBe(1);
    expect(stdout).toMatch(/000002\.mcap, segment 2(, byte \d+)?: .*\(segment-changed\)/u);
    expect(stdout).toContain('audit: failed');
    expect(stdout).toContain('compare it with a copy that verifies');
  });

  it('names line and byte of a changed chain', async () => {
    const directory = temporaryDirectory();
    await recordFlight(directory, { sysid: 4, bootEpoch: 100 });
    flipByte(join(directory, 'chain.jsonl'), 30);
    const { code, text } = await verify(directory);
    expect(code).toBe(1);
    expect(text).toContain('chain.jsonl, byte 0: line 1: ');
  });

  it('refuses a log that lacks its end with exit 3, unless told that it may', async () => {
    const directory = temporaryDirectory();
    await recordFlight(directory, { sysid: 4, bootEpoch: 100, ended: false });
    const cut = await runSkein('log', 'verify', directory);
    expect(cut.code).toBe(3);
    expect(cut.stdout).toMatch(/000001\.mcap, segment 1, byte \d+: it was never closed/u);
    expect(cut.stdout).toContain('--allow-truncated');
    expect((await verify(directory, true)).code).toBe(0);
  });

  it('exits 2 where there is no log, and says where logs are', async () => {
    const directory = temporaryDirectory();
    const { code, stderr } = await runSkein('log', 'verify', directory);
    expect(code).toBe(2);
    expect(stderr).toContain(`${directory}: there is no flight log here`);
    expect(stderr).toContain('Name a run, e.g. .skein/run');
  });

  it('prints one JSON object with --json', async () => {
    const directory = temporaryDirectory();
    await recordFlight(directory, { sysid: 4, bootEpoch: 100 });
    flipByte(join(directory, '000001.mcap'), 100);
    const { context, said } = testContext(noStation, true);
    expect(await runLogVerify(context, [directory], { allowTruncated: false })).toBe(1);
    const audit = JSON.parse(said.stdout) as Awaited<ReturnType<typeof auditDirectories>>;
    expect(audit.status).toBe('failed');
    expect(audit.flights[0]?.problems[0]).toMatchObject({ file: '000001.mcap' });
  });
});

describe('skein log verify, a run with a station that kept what the drones signed', () => {
  let station: StationFiles;
  let first: LogHead[];
  let second: LogHead[];
  const flightOf = (sysid: number, bootEpoch: number): string =>
    join(station.directory, `drone-${sysid}`, 'flights', `${bootEpoch}`);

  beforeAll(async () => {
    station = stationFiles([1, 2]);
    first = await recordFlight(flightOf(1, 100), { sysid: 1, bootEpoch: 100 });
    second = await recordFlight(flightOf(2, 101), { sysid: 2, bootEpoch: 101 });
    keepAll();
  });

  const keepAll = (): void =>
    station.keepHeads([
      ...first.map((head) => ({ sysid: 1, bootEpoch: 100, head })),
      // A mesh process that was restarted in flight signs under a later epoch than the flight's.
      ...second.map((head) => ({ sysid: 2, bootEpoch: 103, head })),
    ]);

  const copy = (): string => {
    const directory = temporaryDirectory();
    cpSync(station.directory, directory, { recursive: true });
    return directory;
  };

  it('holds every flight against its heads', async () => {
    const audit = await auditDirectories([station.directory]);
    expect(audit.status).toBe('verified');
    expect(audit.flights.map((flight) => flight.headsOnChain)).toEqual([
      first.length,
      second.length,
    ]);
    expect(first.length).toBeGreaterThanOrEqual(2);
  });

  it('finds the heads also when it is asked about one flight only', async () => {
    const audit = await auditDirectories([flightOf(2, 101)]);
    expect(audit).toMatchObject({ status: 'verified', signedHeads: second.length });
  });

  it('gives no flight the heads of another flight of its drone', async () => {
    const directory = copy();
    const later = await recordFlight(join(directory, 'drone-1/flights/200'), {
      sysid: 1,
      bootEpoch: 200,
      word: 'later',
    });
    station.keepHeads([
      ...first.map((head) => ({ sysid: 1, bootEpoch: 100, head })),
      ...later.map((head) => ({ sysid: 1, bootEpoch: 200, head })),
    ]);
    cpSync(join(station.directory, 'heads.jsonl'), join(directory, 'heads.jsonl'));
    keepAll();
    for (const flight of ['100', '200']) {
      const audit = await auditDirectories([join(directory, 'drone-1/flights', flight)]);
      expect(audit.flights.map((one) => [one.status, one.headsOnChain])).toEqual([
        ['verified', first.length],
      ]);
    }
  });

  it('sees a whole chain written anew, which is sound in itself', async () => {
    const directory = copy();
    const flight = join(directory, 'drone-1/flights/100');
    rmSync(flight, { recursive: true });
    await recordFlight(flight, { sysid: 1, bootEpoch: 100, word: 'forged' });
    const { code, text } = await verify(directory);
    expect(code).toBe(1);
    expect(text).toContain('(chain-rewritten)');
    expect(text).toContain('is not the one that drone 1 signed');
  });

  it('sees a chain whose epoch was moved to shake off its heads', async () => {
    const directory = copy();
    const flight = join(directory, 'drone-1/flights/100');
    rmSync(flight, { recursive: true });
    await recordFlight(flight, { sysid: 1, bootEpoch: 999, word: 'forged' });
    const { code, text } = await verify(directory);
    expect(code).toBe(1);
    expect(text).toContain(`drone 1 signed ${first.length} heads that belong to no flight here`);
  });

  it('sees a chain cut back to an earlier, sound end', async () => {
    const directory = copy();
    const flight = join(directory, 'drone-1/flights/100');
    const lines = readFileSync(join(flight, 'chain.jsonl'), 'utf8').split('\n');
    writeFileSync(join(flight, 'chain.jsonl'), `${lines.slice(0, 2).join('\n')}\n`);
    rmSync(join(flight, '000002.mcap'));
    const { code, text } = await verify(directory);
    expect(code).toBe(1);
    expect(text).toContain('(chain-cut-back)');
  });

  it('believes no head that its drone did not sign', async () => {
    const directory = copy();
    station.keepHeads([{ sysid: 1, bootEpoch: 100, head: first[0]!, forged: true }]);
    cpSync(join(station.directory, 'heads.jsonl'), join(directory, 'heads.jsonl'));
    keepAll();
    const { code, text } = await verify(directory);
    expect(code).toBe(1);
    expect(text).toContain('1 kept beacons are not signed by whom they name');
  });

  it('names file and line of a kept beacon that is none, exit 2', async () => {
    const directory = copy();
    writeFileSync(join(directory, 'heads.jsonl'), '{"envelope":"AAAA"}\n{"envelope":7}\n');
    const { code, stderr } = await runSkein('log', 'verify', directory);
    expect(code).toBe(2);
    expect(stderr).toContain('heads.jsonl:2: not a kept beacon');
  });
});

describe('skein log show', () => {
  it('prints the records of one channel, decoded, up to a limit', async () => {
    const directory = temporaryDirectory();
    await recordFlight(directory, { sysid: 4, bootEpoch: 100 });
    const { context, said } = testContext(noStation, true);
    expect(await runLogShow(context, directory, { channel: 'versions', limit: 2 })).toBe(0);
    const lines = said.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { number: number; channel: string; content: unknown });
    expect(lines.map((line) => [line.number, line.channel, line.content])).toEqual([
      [1, 'versions', { index: 1, word: 'sound' }],
      [3, 'versions', { index: 3, word: 'sound' }],
    ]);
  });

  it('exits 2 for a channel that no log has, and lists those that there are', async () => {
    const directory = temporaryDirectory();
    await recordFlight(directory, { sysid: 4, bootEpoch: 100 });
    const { code, stderr } = await runSkein('log', 'show', directory, '--channel', 'nonsense');
    expect(code).toBe(2);
    expect(stderr).toContain('--channel is "nonsense"');
    expect(stderr).toContain('mind/plan');
  });

  it('exits 2 for a run with several flights, and names one', async () => {
    const directory = temporaryDirectory();
    await recordFlight(join(directory, 'a'), { sysid: 4, bootEpoch: 100 });
    await recordFlight(join(directory, 'b'), { sysid: 5, bootEpoch: 100 });
    const { code, stderr } = await runSkein('log', 'show', directory);
    expect(code).toBe(2);
    expect(stderr).toContain('holds 2 flights');
    expect(stderr).toContain(join(directory, 'a'));
  });
});
