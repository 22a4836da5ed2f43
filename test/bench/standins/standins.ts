import { performance } from 'node:perf_hooks';
import { CommandLong, MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { Fleet } from '#sim/fleet.ts';
import { scenarioSchema, type Scenario } from '#sim/scenario.ts';
import { STEP_MS } from '#sim/vehicle.ts';
import { quantile, type Bench } from '../bench.ts';

const VEHICLES = 20;
/** The estimators have aligned. */
const READY_S = 8;
const CLIMB_S = 8;
const MEASURED_S = 20;

const scenarioOf = (seed: number, groundLink: boolean): Scenario =>
  scenarioSchema.parse({
    seed,
    origin: { latDeg: 47.4, lonDeg: 8.5, altAmslM: 450 },
    wind: { meanNorthMps: 2, turbulenceMps: 0.5 },
    ...(groundLink ? { groundLink: {} } : {}),
    vehicles: Array.from({ length: VEHICLES }, (_, index) => ({
      sysid: index + 1,
      homeNorthM: 0,
      homeEastM: 10 * index,
    })),
  });

const takeOff = (fleet: Fleet): void => {
  const encoder = new Encoder(245, 191);
  for (const sysid of fleet.sysids) {
    const framer = new Framer();
    for (const command of [MavCmd.NAV_TAKEOFF, MavCmd.COMPONENT_ARM_DISARM]) {
      const message = new CommandLong();
      message.command = command;
      message.targetSystem = sysid;
      message.targetComponent = 1;
      message._param1 = command === MavCmd.COMPONENT_ARM_DISARM ? 1 : 0;
      message._param7 = Number.NaN;
      framer.push(encoder.encode(message));
      fleet.receive(sysid, [framer.next()!]);
    }
  }
};

interface Measured {
  realTimeFactor: number;
  packetsPerSecond: number;
  kilobytesPerSecond: number;
}

/** All vehicles hover and stream as PX4 does unasked; one thread, physics and encoding, no sockets. */
const measure = (seed: number, groundLink: boolean): Measured => {
  const fleet = new Fleet(scenarioOf(seed, groundLink));
  const sent = { packets: 0, bytes: 0 };
  const count = (_sysid: number, datagram: Uint8Array): void => {
    sent.bytes += datagram.length;
    for (let at = 0; at < datagram.length; at += datagram[at + 1]! + 12) sent.packets += 1;
  };
  const run = (seconds: number): void => {
    const outputs = { send: count, sendGround: count, look: (): void => {} };
    for (let step = 0; step < (seconds * 1000) / STEP_MS; step += 1) fleet.step(outputs, 0);
  };
  run(READY_S);
  takeOff(fleet);
  run(CLIMB_S);
  Object.assign(sent, { packets: 0, bytes: 0 });
  const startMs = performance.now();
  run(MEASURED_S);
  const tookS = (performance.now() - startMs) / 1000;
  return {
    realTimeFactor: MEASURED_S / tookS,
    packetsPerSecond: sent.packets / MEASURED_S / VEHICLES,
    kilobytesPerSecond: sent.bytes / MEASURED_S / VEHICLES / 1000,
  };
};

/** Twenty stand-ins at real time on one core is what a swarm on a laptop needs. */
export const standinsBench: Bench = {
  about: `${VEHICLES} PX4 stand-ins hovering on one core, with one MAVLink link each and with two`,
  seeds: [1, 3],
  async run({ seeds, tell }) {
    const rows = [false, true].map((groundLink) => {
      const runs = seeds.map((seed) => {
        const measured = measure(seed, groundLink);
        tell(
          `seed ${seed}: ${measured.realTimeFactor.toFixed(2)}x with ${groundLink ? 2 : 1} links`,
        );
        return measured;
      });
      return {
        links: groundLink ? 2 : 1,
        drones: VEHICLES,
        realTimeFactor: quantile(
          runs.map(({ realTimeFactor }) => realTimeFactor),
          0.5,
        ),
        packetsPerSecondEach: runs[0]!.packetsPerSecond,
        kilobytesPerSecondEach: runs[0]!.kilobytesPerSecond,
      };
    });
    return { rows };
  },
};
