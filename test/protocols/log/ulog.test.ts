import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '#protocols/fault.ts';
import { readUlogFile } from '#protocols/log/ulog-file.ts';
import { flightOf } from '#protocols/log/ulog-flight.ts';
import { readUlog } from '#protocols/log/ulog.ts';

const LOGS = '../shared/px4-traces/ulg';

const text = (characters: string): Buffer => Buffer.from(characters, 'latin1');

const message = (type: string, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(3);
  header.writeUInt16LE(body.length);
  header.write(type, 2, 'latin1');
  return Buffer.concat([header, body]);
};

const float = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
};

const microseconds = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

const HEADER = Buffer.concat([
  Buffer.from([0x55, 0x4c, 0x6f, 0x67, 0x01, 0x12, 0x35, 1]),
  microseconds(500_000n),
]);

const parameter = (name: string, value: number): Buffer => {
  const key = `float ${name}`;
  return message('P', Buffer.from([key.length]), text(key), float(value));
};

const subscribe = (id: number, name: string): Buffer =>
  message('A', Buffer.from([0, id, 0]), text(name));

const row = (id: number, timestampUs: bigint, ...values: number[]): Buffer =>
  message('D', Buffer.from([id, 0]), microseconds(timestampUs), ...values.map(float));

/** Battery and an array topic, a parameter that changes in flight, a line of text. */
const smallLog = (): Buffer =>
  Buffer.concat([
    HEADER,
    message(
      'F',
      text('battery_status:uint64_t timestamp;float voltage_v;float current_a;float remaining;'),
    ),
    message('F', text('vehicle_angular_velocity:uint64_t timestamp;float[3] xyz;')),
    parameter('SIH_KDV', 1),
    subscribe(0, 'battery_status'),
    subscribe(1, 'vehicle_angular_velocity'),
    row(0, 1_000_000n, 16.5, 2, 0.75),
    parameter('SIH_KDV', 0.25),
    row(1, 1_500_000n, 1, 2, 3),
    message('L', text('6'), microseconds(1_600_000n), text('Takeoff detected')),
    row(0, 2_000_000n, 16.25, 3, 0.5),
  ]);

describe('reading flight logs of PX4', () => {
  it('gives topics as columns in SI units, parameters, their changes, and texts', async () => {
    const log = await readUlog(smallLog());
    const flight = flightOf(log);
    expect([...flight.battery!.timeS]).toEqual([1, 2]);
    expect([...flight.battery!.voltageV]).toEqual([16.5, 16.25]);
    expect([...flight.rates!.yaw]).toEqual([3]);
    expect(flight.motors).toBeUndefined();
    expect(log.parameters.get('SIH_KDV')).toBe(1);
    expect(log.parameterChanges).toEqual([{ timeS: 1, name: 'SIH_KDV', value: 0.25 }]);
    expect(log.texts).toEqual([{ timeS: 1.6, level: 6, text: 'Takeoff detected' }]);
  });

  it('gives what is whole of a log that breaks off anywhere, or says that it cannot', async () => {
    const whole = smallLog();
    for (let length = 0; length < whole.length; length += 1) {
      const read = readUlog(whole.subarray(0, length));
      const rows = await read.then(
        (log) => log.topics.reduce((sum, topic) => sum + topic.timeS.length, 0),
        (fault: unknown) => (fault instanceof Fault ? fault.code : fault),
      );
      expect([0, 1, 2, 3, 'ulog-unreadable']).toContain(rows);
    }
  });

  it('answers changed bytes with values or a fault, and soon', async () => {
    const whole = smallLog();
    let answers = 0;
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        const outcome = await readUlog(bytes).catch((fault: unknown) => fault);
        if (outcome instanceof Error && !(outcome instanceof Fault)) throw outcome;
        answers += 1;
      }),
      { numRuns: 300 },
    );
    expect(answers).toBe(300);
  });

  it.each([
    ['formats that multiply', ['a:b[900] x;', 'b:c[900] x;', 'c:d[900] x;', 'd:float y;']],
    ['a format within itself', ['a:uint64_t timestamp;a[2] x;']],
    ['an endless array', ['a:uint64_t timestamp;float[999999999] x;']],
    ['an endless array of nothing', ['e:', 'a:uint64_t timestamp;e[999999999] x;']],
    ['a format without a name', ['float x;']],
  ])('refuses %s before the parser starts', async (_, formats) => {
    const log = Buffer.concat([
      HEADER,
      ...formats.map((format) => message('F', text(format))),
      subscribe(0, 'a'),
      row(0, 1n, 1, 2, 3),
    ]);
    await expect(readUlog(log)).rejects.toMatchObject({ code: 'ulog-unreadable' });
  });

  it('reads files, packed ones too, and names what is wrong with others', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ulog-'));
    const packed = join(directory, 'flight.ulg.gz');
    await writeFile(packed, gzipSync(smallLog()));
    expect((await readUlogFile(packed)).topics).toHaveLength(2);
    await writeFile(packed, gzipSync(smallLog()).subarray(0, 60));
    await expect(readUlogFile(packed)).rejects.toMatchObject({ code: 'ulog-unreadable' });
    const missing = readUlogFile(join(directory, 'none.ulg'));
    await expect(missing).rejects.toMatchObject({ code: 'ulog-missing', exit: 'usage' });
  });
});

describe.skipIf(!existsSync(LOGS))('flight logs that PX4 wrote', () => {
  it.each([
    ['v1.15.4-random-vel-kdv0.25-10ms', 0.25, 0, 7754],
    ['v1.18beta-random-vel-windN5E-3', 1, 5, 8087],
  ])('%s', async (name, dragNPerMps, windNorthMps, rows) => {
    const log = await readUlogFile(`${LOGS}/${name}.ulg.gz`);
    const flight = flightOf(log);
    expect(flight.truth!.timeS).toHaveLength(rows);
    expect(flight.motors!.motor4).toHaveLength(rows);
    const last = (parameterName: string): number | undefined =>
      log.parameterChanges.findLast((change) => change.name === parameterName)?.value;
    expect(last('SIH_KDV') ?? log.parameters.get('SIH_KDV')).toBe(dragNPerMps);
    expect(last('SIH_WIND_N') ?? 0).toBe(windNorthMps);
    expect(log.information.get('sys_name')).toBe('PX4');
    expect(log.texts.some(({ text: line }) => line.includes('Takeoff detected'))).toBe(true);
    // Truth and estimate are two tellings of one flight.
    const gapMps = flight.truth!.velocityNorth.map((speed, at) =>
      Math.abs(speed - flight.estimate!.velocityNorth[at]!),
    );
    expect(gapMps.toSorted()[Math.floor(rows / 2)]!).toBeLessThan(0.2);
  });
});
