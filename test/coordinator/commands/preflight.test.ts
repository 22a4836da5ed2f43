import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { EXIT } from '#protocols/fault.ts';
import { packetChecksum } from '#protocols/mavlink/checksum.ts';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { runSkein, type Ran } from '../run-skein.ts';

/** Away from everybody else's. */
const COMPANION_PORT = 31_540;
const VEHICLE_PORT = 31_580;
const ARDUPILOT_PORT = 31_640;
const MAVLINK1_PORT = 31_641;
const MISSION = 'missions/search-irchel-corner.yaml';
const ALONE = ['--link', link(1), '--sysid', '1'];
const BOTH = ['--link', link(1), link(2), '--sysid', '1', '2', '--mission', MISSION];

function link(sysid: number): string {
  return `udp://127.0.0.1:${COMPANION_PORT + sysid - 1}`;
}

/** A MAVLink 1 HEARTBEAT with its checksum, which needs the message's CRC extra (50). */
const withChecksum = (packet: Buffer): Buffer => {
  const checksum = Buffer.alloc(2);
  checksum.writeUInt16LE(packetChecksum(packet, 1, packet.length, 50));
  return Buffer.concat([packet, checksum]);
};

interface Verdict {
  ready: boolean;
  drones: { sysid?: number; findings: { code: string; subject: string; severity: string }[] }[];
}

const preflight = (...args: string[]): Promise<Ran> =>
  runSkein('preflight', '--station', '/nowhere/station.sock', ...args);

const verdict = async (...args: string[]): Promise<Verdict & { code: number | null }> => {
  const { stdout, code } = await preflight(...args, '--json');
  return { ...(JSON.parse(stdout) as Verdict), code };
};

describe('skein preflight', () => {
  const directory = mkdtempSync(join(tmpdir(), 'skein-preflight-'));
  let vehicles: ChildProcess;

  beforeAll(async () => {
    const scenario = join(directory, 'scenario.json');
    const made = {
      seed: 3,
      origin: { latDeg: 47.397742, lonDeg: 8.545594, altAmslM: 488 },
      vehiclePort: VEHICLE_PORT,
      companionPort: COMPANION_PORT,
      vehicles: [
        { sysid: 1, homeNorthM: 0, homeEastM: 0 },
        { sysid: 2, homeNorthM: 0, homeEastM: 10 },
      ],
    };
    writeFileSync(scenario, JSON.stringify(made));
    const args = ['sim/vehicles/main.ts', '--scenario', scenario, '--run-dir', directory];
    vehicles = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'ignore'] });
    // Started up, and its estimator aligned.
    await sleep(9000);
  }, 30_000);

  afterAll(() => {
    vehicles.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  it('names every protection that is off in PX4 as it comes, with its remedy, and refuses', async () => {
    const { code, stdout } = await preflight(...ALONE);
    expect(code).toBe(EXIT.refused);
    expect(stdout).toContain('drone 1: not to be armed');
    for (const name of [
      'COM_OBL_RC_ACT',
      'GF_MAX_HOR_DIST',
      'GF_MAX_VER_DIST',
      'COM_ARM_WO_GPS',
      'COM_WIND_MAX',
    ]) {
      expect(stdout).toMatch(new RegExp(`refuse +${name}: .*wanted .*\\n +Set ${name} to`, 'u'));
    }
    // What is right is not spoken of.
    expect(stdout).not.toContain('COM_LOW_BAT_ACT');
  });

  it('sets nothing without a person or --yes', async () => {
    const { code, stderr } = await preflight(...ALONE, '--fix');
    expect(code).toBe(EXIT.usage);
    expect(stderr).toMatch(/COM_OBL_RC_ACT +0 → 3/u);
    expect(stderr).toContain('--yes');
  });

  it('sets the safe values for a mission on the whole fleet, reads them back and checks again', async () => {
    const fixed = await preflight(...BOTH, '--fix', '--yes', '--rates');
    expect(fixed.stderr).toMatch(
      /drone 1:[^]*COM_OBL_RC_ACT +0 → 3[^]*RTL_RETURN_ALT +30 → 22[^]*drone 2:[^]*30 → 27/u,
    );
    expect(fixed).toMatchObject({ code: EXIT.ok, stdout: 'ready: drones 1, 2\n' });
  }, 40_000);

  it('judges one drone by its place in the fleet that will fly', async () => {
    const second = ['--link', link(2), '--sysid', '2', '--mission', MISSION];
    expect(await verdict(...second, '--fleet', '1', '2')).toMatchObject({ ready: true });
  }, 30_000);

  it('has a check of the setpoint stream beside it that never arms', async () => {
    const { code, stdout } = await runSkein('vehicle', 'offboard-check', ...ALONE, '--json');
    expect(code).toBe(EXIT.ok);
    const { lostMs, lossTimeS } = JSON.parse(stdout) as { lostMs: number; lossTimeS: number };
    expect(lossTimeS).toBe(1);
    // One second of PX4’s, and the next SYS_STATUS.
    expect(lostMs).toBeGreaterThan(900);
    expect(lostMs).toBeLessThan(2000);
    const { stdout: info } = await runSkein('vehicle', 'info', ...ALONE, '--json');
    expect(JSON.parse(info)).toMatchObject({ mode: 'AUTO_LOITER', armed: false });
  }, 30_000);

  it('sees what the vehicle says of itself', async () => {
    vehicles.stdin!.write('{"injure":1,"injury":{"kind":"battery","remaining":0.2}}\n');
    await sleep(2500);
    const tired = await verdict(...ALONE, '--mission', MISSION);
    expect(tired.drones[0]!.findings).toContainEqual(
      expect.objectContaining({ code: 'battery-low', severity: 'refuse' }),
    );
  }, 30_000);

  it('names a parameter that this PX4 does not have', async () => {
    // On the way to the command, every answer about one parameter is lost: so does a PX4 without it.
    const [near, far] = [createSocket('udp4'), createSocket('udp4')];
    const port = COMPANION_PORT + 70;
    near.bind(COMPANION_PORT + 1, '127.0.0.1');
    near.on('message', (datagram) => {
      const framer = new Framer();
      framer.push(datagram);
      framer.endDatagram();
      for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
        const isAbout = Buffer.from(frame.bytes).includes('COM_WIND_MAX\0');
        if (!isAbout) far.send(frame.bytes, port, '127.0.0.1');
      }
    });
    far.on('message', (bytes) => near.send(bytes, VEHICLE_PORT + 1, '127.0.0.1'));
    try {
      const lacking = await verdict('--link', `udp://127.0.0.1:${port}`, '--sysid', '2');
      expect(lacking.code).toBe(EXIT.refused);
      expect(lacking.drones[0]!.findings).toContainEqual(
        expect.objectContaining({
          code: 'parameter-missing',
          subject: 'COM_WIND_MAX',
          found: 'not in this PX4',
          severity: 'refuse',
        }),
      );
    } finally {
      near.close();
      far.close();
    }
  }, 60_000);

  it('tells a fleet that one of it is silent, and sets nothing then', async () => {
    const absent = ['--link', link(1), link(9), '--sysid', '1', '9', '--timeout', '2'];
    const { code, stdout, stderr } = await preflight(...absent, '--fix', '--yes');
    expect(code).toBe(EXIT.noLink);
    expect(stdout).toContain('drone 9');
    expect(stderr).toContain('nothing is set');
  }, 30_000);

  it('says when nobody is there, and what is no link', async () => {
    expect(await preflight('--link', link(8), '--timeout', '1')).toMatchObject({
      code: EXIT.noLink,
    });
    expect(await preflight('--link', 'nonsense')).toMatchObject({ code: EXIT.usage });
    expect(await preflight('--sysid', '0')).toMatchObject({ code: EXIT.usage });
  }, 30_000);
});

describe('skein preflight at something else', () => {
  let socket: Socket;
  const timers: NodeJS.Timeout[] = [];

  beforeAll(() => {
    const encoder = new Encoder(1, 1);
    const heartbeat = new Heartbeat();
    heartbeat.autopilot = 3;
    heartbeat.type = 2;
    heartbeat.systemStatus = 3;
    socket = createSocket('udp4');
    const send = (bytes: Uint8Array, port: number): void => {
      socket.send(bytes, port, '127.0.0.1');
    };
    timers.push(setInterval(() => send(encoder.encode(heartbeat), ARDUPILOT_PORT), 300));
    // A HEARTBEAT of PX4 in MAVLink 1.
    const old = Buffer.from('fe090001010000000403020c510403', 'hex');
    timers.push(setInterval(() => send(withChecksum(old), MAVLINK1_PORT), 300));
  });

  afterAll(() => {
    for (const timer of timers) clearInterval(timer);
    socket.close();
  });

  it('refuses ArduPilot by its name', async () => {
    const { code, stderr } = await preflight('--link', `udp://127.0.0.1:${ARDUPILOT_PORT}`);
    expect(code).toBe(EXIT.refused);
    expect(stderr).toContain('ArduPilot');
  }, 20_000);

  it('tells a MAVLink 1 peer from silence', async () => {
    const { code, stderr } = await preflight('--link', `udp://127.0.0.1:${MAVLINK1_PORT}`);
    expect(code).toBe(EXIT.noLink);
    expect(stderr).toContain('MAV_PROTO_VER');
  }, 20_000);
});
