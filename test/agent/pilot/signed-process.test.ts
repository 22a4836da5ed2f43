import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SetupSigning } from 'mavlink-mappings/dist/lib/common.js';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { signingTimestamp } from '#protocols/mavlink/signing.ts';
import { openUdpLink, type UdpLink } from '#protocols/mavlink/udp.ts';
import { systemClock } from '#protocols/system-clock.ts';
import { scenarioSchema } from '#sim/scenario.ts';
import { Vehicle } from '#sim/vehicle.ts';
import { freePort, PATIENCE_MS, phaseOf, PilotBench, type StartedPilot } from './pilot-process.ts';

const HOUR_UNITS = 360_000_000;

let bench: PilotBench;
let link: UdpLink | undefined;
let timer: NodeJS.Timeout | undefined;

beforeEach(() => {
  bench = new PilotBench();
});
afterEach(async () => {
  clearInterval(timer);
  bench.close();
  await link?.close();
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

const startPilot = (key: string, ownPort: number, vehiclePort: number): StartedPilot =>
  bench.start({
    link: `udpin://127.0.0.1:${ownPort}?remote=127.0.0.1:${vehiclePort}`,
    signing: { policy: 'required', keyFile: key, linkId: 1 },
  });

const phaseSeen = (): (() => string) => {
  const statuses = bench.listen();
  return () => phaseOf(statuses.at(-1));
};

const keyFile = (name: string, byte: string): string => {
  const file = join(bench.runDir, name);
  writeFileSync(file, byte.repeat(32), { mode: 0o600 });
  return file;
};

test('a pilot and a PX4 that share a key find each other, and again after the pilot was killed', async () => {
  const port = await freePort();
  link = await startVehicle(new Uint8Array(32).fill(0x5a), port);
  const key = keyFile('link.key', '5a');
  const first = startPilot(key, port, link.local.port);
  const phase = phaseSeen();
  await expect.poll(phase, { timeout: PATIENCE_MS }).toBe('standby');
  expect(existsSync(join(bench.runDir, 'vehicle-signing.json'))).toBe(true);
  first.child.kill('SIGKILL');
  await first.ended;
  startPilot(key, port, link.local.port);
  const again = phaseSeen();
  await expect.poll(again, { timeout: PATIENCE_MS }).toBe('standby');
}, 90_000);

test('a pilot with another key never sees its vehicle, and says why', async () => {
  const port = await freePort();
  link = await startVehicle(new Uint8Array(32).fill(0x5a), port);
  startPilot(keyFile('another.key', '5b'), port, link.local.port);
  const statuses = bench.listen();
  const codes = (): string[] => statuses.at(-1)?.troubles.map(({ code }) => code) ?? [];
  await expect.poll(codes, { timeout: PATIENCE_MS }).toContain('signature-refused');
  expect(new Set(statuses.map(phaseOf))).toEqual(new Set(['boot']));
}, 60_000);
