import fc from 'fast-check';
import { AdsbVehicle } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, test } from 'vitest';

import { nearestInWords, Traffic, type Aircraft } from '#agent/pilot/estimate/traffic.ts';
import { APART_M } from '#agent/pilot/guard/checks/traffic.ts';
import { geodeticFromNed, type Origin } from '#protocols/frames.ts';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { signedDistanceToEdge } from '#protocols/polygon.ts';
import { seededRandom } from '#protocols/random.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { airborne } from '../sortie.ts';
import { envelopeWith, FlightRig } from './flight-rig.ts';

const ORIGIN: Origin = { latDeg: 47.397742, lonDeg: 8.545594, altAmslM: 488 };
const ALL_FLAGS = 1 | 2 | 4 | 8 | 16 | 128;

const adsb = (
  positionNed: Readonly<Vector3>,
  velocityNed: Readonly<Vector3>,
  changes: Partial<AdsbVehicle> = {},
): AdsbVehicle => {
  const at = geodeticFromNed(ORIGIN, positionNed);
  const heading = (Math.atan2(velocityNed.y, velocityNed.x) * 180) / Math.PI;
  return Object.assign(new AdsbVehicle(), {
    ICAOAddress: 0x4b1234,
    lat: Math.round(at.latDeg * 1e7),
    lon: Math.round(at.lonDeg * 1e7),
    altitudeType: 1,
    altitude: Math.round(at.altAmslM * 1000),
    heading: Math.round(((heading + 360) % 360) * 100),
    horVelocity: Math.round(Math.sqrt(velocityNed.x ** 2 + velocityNed.y ** 2) * 100),
    verVelocity: Math.round(-velocityNed.z * 100),
    callsign: 'HB-ZAB',
    emitterType: 7,
    tslc: 1,
    flags: ALL_FLAGS,
    ...changes,
  });
};

const AUTOPILOT = { sysid: 1, compid: 1 };

const listening = (): Traffic => {
  const traffic = new Traffic(1);
  traffic.setOrigin(ORIGIN);
  return traffic;
};

describe('what a transponder says', () => {
  test('becomes a place, a course and a name, and an error that depends on the kind of altitude', () => {
    const traffic = listening();
    traffic.hear(AUTOPILOT, adsb(vector3(900, -400, -150), vector3(30, 40, 2)), 10_000);
    const [one] = traffic.at(10_000);
    expect(one).toMatchObject({ callsign: 'HB-ZAB', emitter: 'rotorcraft', atMs: 9000 });
    expect(one!.positionNed.x).toBeCloseTo(900, 0);
    expect(one!.positionNed.y).toBeCloseTo(-400, 0);
    expect(one!.velocityNed.x).toBeCloseTo(30, 0);
    expect(one!.velocityNed.z).toBeCloseTo(2, 1);
    expect(one!.altitudeErrorM).toBe(110);
    expect(nearestInWords(traffic.at(10_000), vector3(0, 0, 0))).toBe(
      'HB-ZAB (rotorcraft) at 1.0 km',
    );
  });

  test('counts only with its flags, within a minute, within 30 km, and from whom it may come', () => {
    const traffic = listening();
    const near = vector3(700, 0, -100);
    const still = vector3(0, 0, 0);
    const hears = (changes: Partial<AdsbVehicle>, from = AUTOPILOT): boolean =>
      traffic.hear(from, adsb(near, still, changes), 100_000);
    expect(hears({ flags: (ALL_FLAGS & ~1) as AdsbVehicle['flags'] })).toBe(false);
    expect(hears({ tslc: 61 })).toBe(false);
    expect(hears({ lat: 0, lon: 0 })).toBe(false);
    expect(hears({ lat: 2e9 })).toBe(false);
    expect(hears({}, { sysid: 1, compid: 156 })).toBe(true);
    for (const from of [
      { sysid: 2, compid: 1 },
      { sysid: 1, compid: 191 },
      { sysid: 255, compid: 190 },
    ]) {
      expect(hears({}, from)).toBe(false);
    }
    hears({ flags: 1 as AdsbVehicle['flags'], callsign: 'X\u0000\u001B[' });
    expect(traffic.at(100_000)[0]).toMatchObject({
      altitudeKnown: false,
      velocityKnown: false,
      callsign: '',
    });
    expect(traffic.at(100_000 + 62_000)).toEqual([]);
  });

  test('fills no memory: of a thousand the nearest thirty-two stay', () => {
    const traffic = listening();
    for (let k = 0; k < 1000; k += 1) {
      const message = adsb(vector3(1000 + 20 * ((k * 37) % 1000), 0, -300), vector3(0, 0, 0));
      message.ICAOAddress = k;
      traffic.hear(AUTOPILOT, message, 1000 + k);
    }
    expect(traffic.at(2000)).toHaveLength(32);
    expect(Math.max(...traffic.at(2000).map((one) => one.positionNed.x))).toBeLessThan(1700);
  });

  test('is finite whatever it is', () => {
    const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
    const i32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
    const u16 = fc.integer({ min: 0, max: 0xffff });
    const anything = fc.record({
      ICAOAddress: u32,
      lat: fc.oneof(i32, fc.constant(473_977_420)),
      lon: fc.oneof(i32, fc.constant(85_455_940)),
      altitude: i32,
      heading: u16,
      horVelocity: u16,
      verVelocity: fc.integer({ min: -32_768, max: 32_767 }),
      callsign: fc.string({ maxLength: 9 }),
      emitterType: fc.integer({ min: 0, max: 255 }),
      altitudeType: fc.integer({ min: 0, max: 255 }),
      tslc: fc.integer({ min: 0, max: 255 }),
      flags: u16,
    });
    const traffic = listening();
    fc.assert(
      fc.property(anything, (fields) => {
        traffic.hear(AUTOPILOT, Object.assign(new AdsbVehicle(), fields), 100_000);
        for (const { positionNed: p, velocityNed: v, atMs } of traffic.at(100_000)) {
          expect(Number.isFinite(p.x + p.y + p.z + v.x + v.y + v.z + atMs)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

const aircraft = (positionNed: Vector3, velocityNed: Vector3, atMs = 0): Aircraft => ({
  icao: 1,
  callsign: 'A',
  emitter: 'light',
  atMs,
  positionNed,
  altitudeKnown: true,
  altitudeErrorM: 60,
  velocityNed,
  velocityKnown: true,
});

const WIDE = [
  { northM: -3000, eastM: -3000 },
  { northM: -3000, eastM: 3000 },
  { northM: 3000, eastM: 3000 },
  { northM: 3000, eastM: -3000 },
];

describe('a drone that hears of aircraft', () => {
  test('does not fly into the kept distance by its own motion, whatever the plan wants', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = seededRandom(seed);
      const angle = 2 * Math.PI * random.uniform();
      const awayM = APART_M + 250 + 150 * random.uniform();
      const balloon = vector3(awayM * Math.cos(angle), awayM * Math.sin(angle), -200);
      const rig = new FlightRig(envelopeWith({ fenceNed: WIDE }), vector3(0, 0, -20), random);
      let leastM = Infinity;
      for (let tick = 0; tick < 4000; tick += 1) {
        rig.stepUnder(
          vector3(8 * Math.cos(angle), 8 * Math.sin(angle), 0),
          ({ situation }, nowMs) => {
            situation.traffic = [aircraft(balloon, vector3(0, 0, 0), nowMs)];
          },
        );
        const { x, y } = rig.plant.positionNed;
        leastM = Math.min(leastM, Math.sqrt((x - balloon.x) ** 2 + (y - balloon.y) ** 2));
      }
      expect(leastM).toBeGreaterThan(APART_M);
    }
  });

  test('holds and sinks to the floor while one passes, inside fence and envelope, and then flies on', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = seededRandom(seed).fork('pass');
      const angle = 2 * Math.PI * random.uniform();
      const aside = 400 * (2 * random.uniform() - 1);
      const speed = 30 + 60 * random.uniform();
      const course = vector3(speed * Math.cos(angle), speed * Math.sin(angle), 0);
      const startM = 6000;
      const start = vector3(
        -startM * Math.cos(angle) - aside * Math.sin(angle),
        -startM * Math.sin(angle) + aside * Math.cos(angle),
        -100 - 300 * random.uniform(),
      );
      const envelope = envelopeWith();
      const rig = new FlightRig(envelope, vector3(0, 0, -40), random);
      const passes = startM / speed;
      let held = 0;
      let lowestM = Infinity;
      let movedM = 0;
      let insideM = Infinity;
      let fastestMps = 0;
      let climbMps = 0;
      for (let tick = 0; tick < (passes + 100) * 50; tick += 1) {
        const wish = vector3(6 * Math.cos(tick / 300), 6 * Math.sin(tick / 170), -1);
        const { action, velocityNedMps: v } = rig.stepUnder(wish, ({ situation }, nowMs) => {
          // Told once a second, true a second ago.
          const atMs = Math.floor(nowMs / 1000) * 1000 - 1000;
          const s = atMs / 1000;
          const p = vector3(start.x + course.x * s, start.y + course.y * s, start.z);
          situation.traffic = [aircraft(p, course, atMs)];
        });
        const { x, y, z } = rig.plant.positionNed;
        insideM = Math.min(insideM, signedDistanceToEdge(envelope.fenceNed, x, y));
        insideM = Math.min(insideM, -z - envelope.minHeightM);
        fastestMps = Math.max(fastestMps, Math.sqrt(v.x * v.x + v.y * v.y));
        if (action === 'hold') {
          held += 1;
          // After the time to brake it only sinks.
          if (held > 250) {
            climbMps = Math.max(climbMps, -v.z);
            lowestM = Math.min(lowestM, -z);
          }
        } else if (held > 0) movedM = Math.max(movedM, Math.sqrt(v.x * v.x + v.y * v.y));
      }
      expect(insideM).toBeGreaterThan(0);
      expect(fastestMps).toBeLessThan(envelope.maxSpeedMps + 1e-6);
      expect(climbMps).toBeLessThan(0.6);
      // A minute ahead of the nearest approach, less what is left until it is past.
      expect(held / 50).toBeGreaterThan(20);
      expect(lowestM).toBeLessThan(envelope.minHeightM + 3);
      expect(movedM).toBeGreaterThan(3);
    }
  });

  test('ignores one that passes far above, or aside', () => {
    const rig = new FlightRig(envelopeWith(), vector3(0, 0, -40), seededRandom(1));
    for (const place of [vector3(-3000, 0, -1500), vector3(-3000, 1500, -100)]) {
      for (let tick = 0; tick < 2000; tick += 1) {
        const { reasons } = rig.stepUnder(vector3(0, 0, 0), ({ situation }, nowMs) => {
          const p = vector3(place.x + 0.06 * nowMs, place.y, place.z);
          situation.traffic = [aircraft(p, vector3(60, 0, 0), nowMs)];
        });
        expect(reasons).not.toContain('traffic');
      }
    }
  });

  test('trusts an old position less and less: silence widens the kept distance', () => {
    const heard = (ageMs: number): boolean => {
      const rig = new FlightRig(envelopeWith(), vector3(0, 0, -40), seededRandom(1));
      const { reasons } = rig.stepUnder(vector3(0, 0, 0), ({ situation }, nowMs) => {
        situation.traffic = [aircraft(vector3(1200, 0, -100), vector3(0, 0, 0), nowMs - ageMs)];
      });
      return reasons.includes('traffic');
    };
    expect(heard(1000)).toBe(false);
    expect(heard(10_000)).toBe(false);
    expect(heard(16_000)).toBe(true);
  });
});

test('over the wire: named in the status, sunk, and on its way again when it has gone; not from a stranger', () => {
  const sortie = airborne(vector3(1, 0, 0));
  const framed = (sysid: number, compid: number, message: AdsbVehicle) => {
    const framer = new Framer();
    framer.push(new Encoder(sysid, compid).encode(message));
    return framer.next()!;
  };
  const beginMs = sortie.nowMs;
  const tell = (sysid: number, compid: number) => {
    const s = (sortie.nowMs - beginMs) / 1000;
    const message = adsb(vector3(-2000 + 60 * s, 0, -150), vector3(60, 0, 0), { tslc: 0 });
    sortie.hear(framed(sysid, compid, message));
  };
  tell(1, 195);
  tell(7, 1);
  sortie.run(1);
  expect(sortie.phase).toBe('offboard');
  tell(1, 156);
  sortie.until(() => sortie.phase === 'holding', 0.3);
  expect(sortie.status?.reason).toMatch(/^traffic: HB-ZAB \(rotorcraft\) at 1\.\d km$/u);
  for (let k = 0; k < 30; k += 1) {
    tell(1, 156);
    sortie.run(1);
  }
  expect(-sortie.vehicle.quadrotor.positionNed.z).toBeLessThan(8);
  for (let k = 0; k < 30; k += 1) {
    tell(1, 156);
    sortie.run(1);
  }
  expect(sortie.phase).toBe('offboard');
});
