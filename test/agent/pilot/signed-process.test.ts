import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SetupSigning } from 'mavlink-mappings/dist/lib/common.js';
import { AGENT_SOCKETS } from '#agent/config.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { decodePilotStatus } from '#protocols/channel/pilot-status.ts';
import { connectChannel } from '#protocols/channel/socket.ts';
import { FLIGHT_PHASES } from '#protocols/flight-phase.ts';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { signingTimestamp } from '#protocols/mavlink/signing.ts';
import { openUdpLink, type UdpLink } from '#protocols/mavlink/udp.ts';
import { systemClock } from '#protocols/system-clock.ts';
import { scenarioSchema } from '#sim/scenario.ts';
import { Vehicle } from '#sim/vehicle.ts';

const MAIN = fileURLToPath(new URL('../../../agent/pilot/main.ts', import.meta.url));
const PATIENCE_MS = 30_000;
const HOUR_UNITS = 360_000_000;

let directory = '';
const pilots: ChildProcess[] = [];
let link: UdpLink | undefined;
let timer: NodeJS.Timeout | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'skein-signed-'));
});
afterEach(async () => {
  clearInterval(timer);
  for (const pilot of pilots.splice(0)) pilot.kill('SIGKILL');
  await link?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A PX4 1.18 with a key, whose signing time is an hour old, as after a battery change; on UDP in real time. */
const startVehicle = async (key: Uint8Array, pilotPort: number): Promise<UdpLink> => {
  const scenario = scenarioSchema.parse({
    profile: '1.18',
    origin: { latDeg: 47, lonDeg: 8, altAmslM: 500 },
    vehicles: [{ sysid: 1, homeNorthM: 0, homeEastM: 0 }],
  });
  const vehicle = new Vehicle(scenario, scenario.vehicles[0]!);
  const setup = new SetupSigning();
  setup.targetSystem = 1;
  setup.targetComponent = 1;
  setup.secretKey = [...key];
  setup.initialTimestamp = BigInt(signingTimestamp(systemClock.unixUs()) - HOUR_UNITS);
  const framer = new Framer();
  framer.push(new Encoder(255, 190).encode(setup));
  vehicle.receive([framer.next()!]);
  const udp = await openUdpLink({
    local: { address: '127.0.0.1', port: 0 },
    remote: { address: '127.0.0.1', port: pilotPort },
  });
  timer = setInterval(() => {
    vehicle.receive(udp.receive());
    for (let step = 0; step < 5; step += 1) {
      for (const datagram of vehicle.step()) udp.send(datagram);
    }
  }, 20);
  return udp;
};

const freePort = async (): Promise<number> => {
  const probe = await openUdpLink({ local: { address: '127.0.0.1', port: 0 } });
  await probe.close();
  return probe.local.port;
};

const startPilot = (keyFile: string, ownPort: number, vehiclePort: number): ChildProcess => {
  const config = join(directory, 'config.json');
  const vehicle = {
    link: `udpin://127.0.0.1:${ownPort}?remote=127.0.0.1:${vehiclePort}`,
    signing: { policy: 'required', keyFile, linkId: 1 },
  };
  writeFileSync(
    config,
    JSON.stringify({ sysid: 1, runDir: directory, vehicle, keys: { operators: [] } }),
  );
  const pilot = spawn(process.execPath, [MAIN, '--config', config], { stdio: 'ignore' });
  pilots.push(pilot);
  return pilot;
};

const phaseSeen = async (): Promise<() => string> => {
  let phase = 'none';
  connectChannel(join(directory, AGENT_SOCKETS.pilot), {
    onFrame: ({ type, payload }) => {
      if (type !== MESSAGE_TYPE.pilotStatus) return;
      phase = FLIGHT_PHASES[decodePilotStatus(payload)!.values.phase] ?? 'unknown';
    },
  });
  return () => phase;
};

const keyFile = (name: string, byte: string): string => {
  const file = join(directory, name);
  writeFileSync(file, byte.repeat(32), { mode: 0o600 });
  return file;
};

test('a pilot and a PX4 that share a key find each other, and again after the pilot was killed', async () => {
  const port = await freePort();
  link = await startVehicle(new Uint8Array(32).fill(0x5a), port);
  const key = keyFile('link.key', '5a');
  const first = startPilot(key, port, link.local.port);
  const phase = await phaseSeen();
  await expect.poll(phase, { timeout: PATIENCE_MS }).toBe('standby');
  expect(existsSync(join(directory, 'vehicle-signing.json'))).toBe(true);
  first.kill('SIGKILL');
  await once(first, 'exit');
  startPilot(key, port, link.local.port);
  const again = await phaseSeen();
  await expect.poll(again, { timeout: PATIENCE_MS }).toBe('standby');
}, 90_000);

test('a pilot with another key never sees its vehicle', async () => {
  const port = await freePort();
  link = await startVehicle(new Uint8Array(32).fill(0x5a), port);
  startPilot(keyFile('another.key', '5b'), port, link.local.port);
  const phase = await phaseSeen();
  await expect.poll(phase, { timeout: PATIENCE_MS }).toBe('boot');
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(phase()).toBe('boot');
}, 60_000);
