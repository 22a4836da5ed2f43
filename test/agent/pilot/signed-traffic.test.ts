import { AdsbVehicle, SetupSigning } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { describe, expect, test } from 'vitest';
import { Traffic } from '#agent/pilot/estimate/traffic.ts';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { newLinkCounts, type VehicleLink } from '#protocols/mavlink/link.ts';
import { SecuredLink } from '#protocols/mavlink/secured-link.ts';
import { Signing } from '#protocols/mavlink/signing.ts';
import { scenarioSchema } from '#sim/scenario.ts';
import { Vehicle } from '#sim/vehicle.ts';

const KEY = new Uint8Array(32).fill(3);
const NOW_US = 1_790_000_000_000_000n;
const NOW_UNITS = (NOW_US - 1_420_070_400_000_000n) / 10n;
const ORIGIN = { latDeg: 47, lonDeg: 8, altAmslM: 500 };
/** MAV_COMP_ID_ADSB. */
const RECEIVER_COMPID = 156;

const frameOf = (bytes: Uint8Array): Frame => {
  const framer = new Framer();
  framer.push(bytes);
  return framer.next()!;
};

/** A vehicle with a key, whose transponder receiver hangs on its other port, and the pilot's link to it. */
const signedVehicle = () => {
  const scenario = scenarioSchema.parse({
    profile: '1.18',
    origin: ORIGIN,
    groundLink: {},
    vehicles: [{ sysid: 1, homeNorthM: 0, homeEastM: 0 }],
  });
  const vehicle = new Vehicle(scenario, scenario.vehicles[0]!);
  const setup = Object.assign(new SetupSigning(), {
    targetSystem: 1,
    targetComponent: 1,
    secretKey: [...KEY],
    initialTimestamp: NOW_UNITS,
  });
  vehicle.receive([frameOf(new Encoder(255, 190).encode(setup))]);
  let frames: Frame[] = [];
  const framer = new Framer();
  const wire: VehicleLink = {
    counts: newLinkCounts(),
    send: (bytes) => vehicle.receive([frameOf(bytes)]),
    receive: () => frames.splice(0),
    close: () => Promise.resolve(),
  };
  const security = {
    allow: { sysids: new Set([1]) },
    policy: 'required' as const,
    signing: new Signing({ key: KEY, linkId: 1 }),
  };
  return {
    link: new SecuredLink(wire, security, () => NOW_US),
    /** What any device says to PX4's other port, without a key. */
    onOtherPort: (sysid: number, compid: number, message: MavLinkData) =>
      vehicle.receive([frameOf(new Encoder(sysid, compid).encode(message))], 'ground'),
    run: (seconds: number) => {
      frames = [];
      for (let step = 0; step < seconds * 250; step += 1) {
        for (const datagram of vehicle.step()) framer.push(datagram);
        for (let one = framer.next(); one !== undefined; one = framer.next()) frames.push(one);
      }
    },
  };
};

const glider = (): AdsbVehicle =>
  Object.assign(new AdsbVehicle(), {
    ICAOAddress: 0x4b1234,
    callsign: 'HB-3210',
    lat: 470_100_000,
    lon: 80_000_000,
    altitude: 800_000,
    heading: 9000,
    horVelocity: 2500,
    flags: 1 | 2 | 4 | 8 | 16,
    emitterType: 9,
    tslc: 1,
  });

describe('traffic on a link that wants signatures', () => {
  test('arrives: PX4 says in its own name, signed, what a receiver without a key told it', () => {
    const { link, onOtherPort, run } = signedVehicle();
    const traffic = new Traffic(1);
    traffic.setOrigin(ORIGIN);
    run(0.1);
    link.receive();
    onOtherPort(1, RECEIVER_COMPID, glider());
    run(0.2);
    const heard = link.receive().filter((frame) => decode(frame) instanceof AdsbVehicle);
    expect(heard.map(({ compid }) => compid)).toEqual([1]);
    expect(traffic.hear(heard[0]!, decode(heard[0]!) as AdsbVehicle, 1000)).toBe(true);
    expect(traffic.at(1000)).toMatchObject([
      { icao: 0x4b1234, callsign: 'HB-3210', emitter: 'glider', velocityKnown: true },
    ]);
    // The copy that PX4 hands on as it came bears no signature, and is not needed.
    expect(link.refused.unsigned).toBe(1);
  });
});
