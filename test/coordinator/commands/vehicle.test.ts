import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { EXIT } from '#protocols/fault.ts';
import { runSkein, type Ran } from '../run-skein.ts';

/** Away from everybody else's. */
const COMPANION_PORT = 29_540;
const VEHICLE_PORT = 29_580;
const LINK = ['--link', `udp://127.0.0.1:${COMPANION_PORT}`];

const PLAN = {
  fileType: 'Plan',
  version: 1,
  groundStation: 'QGroundControl',
  geoFence: { version: 2, polygons: [], circles: [] },
  rallyPoints: { version: 2, points: [] },
  mission: {
    version: 2,
    firmwareType: 3,
    vehicleType: 2,
    cruiseSpeed: 15,
    hoverSpeed: 5,
    globalPlanAltitudeMode: 1,
    plannedHomePosition: [47.3977, 8.5456, 488],
    items: [],
  },
};

describe('skein vehicle', () => {
  const directory = mkdtempSync(join(tmpdir(), 'skein-vehicle-'));
  let vehicles: ChildProcess;

  beforeAll(async () => {
    const scenario = join(directory, 'scenario.json');
    const made = {
      seed: 3,
      origin: { latDeg: 47.3977, lonDeg: 8.5456, altAmslM: 488 },
      vehiclePort: VEHICLE_PORT,
      companionPort: COMPANION_PORT,
      vehicles: [{ sysid: 1, homeNorthM: 0, homeEastM: 0 }],
    };
    writeFileSync(scenario, JSON.stringify(made));
    const args = ['sim/vehicles/main.ts', '--scenario', scenario, '--run-dir', directory];
    vehicles = spawn(process.execPath, args, { stdio: 'ignore' });
    await sleep(1500);
  });

  afterAll(() => {
    vehicles.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  /** With the vehicle named, the command need not listen for a second one. */
  const vehicle = (...args: string[]): Promise<Ran> =>
    runSkein('vehicle', ...args, ...LINK, '--sysid', '1');

  const json = async (...args: string[]): Promise<unknown> => {
    const { stdout, stderr } = await vehicle(...args, '--json');
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  };

  it('says what the vehicle is', async () => {
    const { stdout } = await runSkein('vehicle', 'info', ...LINK, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      sysid: 1,
      autopilot: 'PX4',
      version: expect.stringMatching(/^1\.18\.0/u),
      mode: 'AUTO_LOITER',
      armed: false,
      landedState: 'ON_GROUND',
    });
  });

  it('reads and sets parameters, and says what is missing or does not fit', async () => {
    expect(await json('param', 'get', 'COM_OBL_RC_ACT', 'COM_OF_LOSS_T')).toEqual({
      parameters: [
        { name: 'COM_OBL_RC_ACT', type: 'int32', value: 0 },
        { name: 'COM_OF_LOSS_T', type: 'float', value: 1 },
      ],
    });
    expect(await json('param', 'set', 'COM_OBL_RC_ACT', '3')).toMatchObject({
      before: 0,
      value: 3,
    });
    const missing = await vehicle('param', 'get', 'NO_SUCH', 'COM_OBL_RC_ACT');
    expect(missing).toMatchObject({ code: EXIT.partial });
    expect(missing.stderr).toContain('NO_SUCH');
    const unfit = await vehicle('param', 'set', 'COM_OBL_RC_ACT', '1.5');
    expect(unfit).toMatchObject({ code: EXIT.refused });
    expect(unfit.stderr).toContain('is not whole');
  });

  it('saves to a file, sees what changed since, and loads it back', async () => {
    const file = join(directory, 'quad.params');
    expect(await json('param', 'save', file)).toMatchObject({ file });
    expect(readFileSync(file, 'utf8')).toContain('1\t1\tCOM_OBL_RC_ACT\t3\t6\n');
    expect(await vehicle('param', 'save', file)).toMatchObject({ code: EXIT.usage });
    await vehicle('param', 'set', 'RTL_RETURN_ALT', '44.5');
    const diff = await vehicle('param', 'diff', file);
    expect(diff.code).toBe(EXIT.failed);
    expect(diff.stdout).toMatch(/RTL_RETURN_ALT\s+44\.5/u);
    expect(await json('param', 'load', file)).toMatchObject({ set: 1, failures: [] });
    expect(await vehicle('param', 'diff', file)).toMatchObject({ code: EXIT.ok });
  });

  it('refuses a plan for another autopilot before it touches the vehicle', async () => {
    const file = join(directory, 'field.plan');
    writeFileSync(file, JSON.stringify(PLAN));
    const { code, stderr } = await vehicle('plan', 'upload', file);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain('mission.firmwareType');
  });

  it('takes a plan up, down, and says what differs', async () => {
    const file = join(directory, 'round.plan');
    const corners = [
      [47.396, 8.544],
      [47.396, 8.548],
      [47.4, 8.544],
    ];
    const waypoint = (doJumpId: number, command: number, latDeg: number) => ({
      type: 'SimpleItem',
      autoContinue: true,
      command,
      doJumpId,
      frame: 3,
      params: [0, 0, 0, null, latDeg, 8.5456, 20],
    });
    const plan = {
      ...PLAN,
      geoFence: { version: 2, circles: [], polygons: [{ inclusion: true, polygon: corners }] },
      rallyPoints: { version: 2, points: [[47.3979, 8.5458, 30]] },
      mission: {
        ...PLAN.mission,
        firmwareType: 12,
        items: [waypoint(1, 22, 47.3977), waypoint(2, 16, 47.398)],
      },
    };
    writeFileSync(file, JSON.stringify(plan));
    expect(await json('plan', 'upload', file)).toEqual({
      file,
      uploaded: { mission: 2, fence: 3, rally: 1 },
      remarks: [],
    });
    const back = join(directory, 'back.plan');
    expect(await json('plan', 'download', back)).toMatchObject({ mission: 2, fence: 1, rally: 1 });
    expect(await vehicle('plan', 'compare', back)).toMatchObject({ code: EXIT.ok });
    expect(JSON.parse(readFileSync(back, 'utf8'))).toMatchObject({
      fileType: 'Plan',
      geoFence: { polygons: [{ inclusion: true, polygon: corners }] },
      mission: {
        plannedHomePosition: [
          expect.closeTo(47.3977, 3),
          expect.closeTo(8.5456, 3),
          expect.any(Number),
        ],
      },
    });
    expect(await json('plan', 'clear', '--part', 'mission')).toEqual({ cleared: ['mission'] });
    const differs = await vehicle('plan', 'compare', file);
    expect(differs.code).toBe(EXIT.failed);
    expect(differs.stdout).toMatch(/mission\s+0\s+missing/u);
  });

  it('says when nobody is there', async () => {
    const nobody = ['--link', 'udp://127.0.0.1:29999', '--timeout', '1'];
    const { code, stderr } = await runSkein('vehicle', 'info', ...nobody);
    expect(code).toBe(EXIT.noLink);
    expect(stderr).toContain('was not heard within 1 s');
    expect((await runSkein('vehicle', 'info', '--link', 'nonsense')).code).toBe(EXIT.usage);
  });

  it('signs once it has a key, answers nobody without it, and gives it up to one who has it', async () => {
    const key = join(directory, 'swarm.key');
    writeFileSync(key, '5a'.repeat(32), { mode: 0o600 });
    const signed = ['--signing-key', key];
    const enabled = await vehicle('signing', 'enable', key, '--json');
    expect([enabled.stderr, JSON.parse(enabled.stdout)]).toEqual(['', { sysid: 1, signing: true }]);
    try {
      const stranger = await vehicle('param', 'set', 'RTL_RETURN_ALT', '40');
      expect([stranger.code, stranger.stdout]).toEqual([EXIT.refused, '']);
      expect(stranger.stderr).toContain('--signing-key');
      expect(await json('param', 'get', 'RTL_RETURN_ALT', ...signed)).toMatchObject({
        parameters: [{ value: 30 }],
      });
      const another = join(directory, 'another.key');
      writeFileSync(another, '5b'.repeat(32), { mode: 0o600 });
      const wrong = await vehicle('info', '--signing-key', another, '--timeout', '2');
      expect([wrong.code, wrong.stderr]).toEqual([
        EXIT.refused,
        expect.stringContaining('is not the key'),
      ]);
    } finally {
      expect(await json('signing', 'disable', ...signed)).toEqual({ sysid: 1, signing: false });
    }
    expect((await vehicle('info', '--json')).code).toBe(EXIT.ok);
    const needless = await vehicle('info', ...signed, '--timeout', '2');
    expect([needless.code, needless.stderr]).toEqual([
      EXIT.refused,
      expect.stringContaining('does not sign'),
    ]);
  });
});
