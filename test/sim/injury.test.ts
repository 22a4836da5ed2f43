import {
  GpsGlobalOrigin,
  GpsRawInt,
  LocalPositionNed,
  SystemTime,
} from 'mavlink-mappings/dist/lib/common.js';
import { GlobalPositionInt } from 'mavlink-mappings/dist/lib/standard.js';
import { Heartbeat, MavType } from 'mavlink-mappings/dist/lib/minimal.js';
import { describe, expect, it } from 'vitest';
import { nedFromGeodetic } from '#protocols/frames.ts';
import { parseDrillCommand } from '#sim/vehicles/drill-command.ts';
import { Companion } from './companion.ts';

const origin = { latDeg: 47.3977, lonDeg: 8.5456, altAmslM: 488 };

/** North, from the mission's origin, of what GLOBAL_POSITION_INT last said. */
const globalNorthM = (companion: Companion): number => {
  const { lat, lon, alt } = companion.heard(GlobalPositionInt).at(-1)!;
  return nedFromGeodetic(origin, { latDeg: lat / 1e7, lonDeg: lon / 1e7, altAmslM: alt / 1000 }).x;
};

const localNorthM = (companion: Companion): number => companion.heard(LocalPositionNed).at(-1)!.x;

describe('what a drill does to a vehicle', () => {
  it('resets the estimator with its origin: the local position jumps, the place on earth stays', () => {
    const companion = new Companion();
    companion.takeOff();
    const before = [localNorthM(companion), globalNorthM(companion)] as const;
    companion.command(512, 49);
    const old = companion.heard(GpsGlobalOrigin).at(-1);
    const stood = { ...companion.vehicle.quadrotor.positionNed };
    companion.vehicle.injure({
      kind: 'estimateReset',
      northM: 6,
      eastM: -3,
      downM: 1,
      yawDeg: 0,
      origin: 'moves',
    });
    companion.run(0.1);
    expect(localNorthM(companion) - before[0]).toBeCloseTo(6, 0);
    expect(globalNorthM(companion) - before[1]).toBeCloseTo(0, 0);
    companion.command(512, 49);
    const fresh = companion.heard(GpsGlobalOrigin).at(-1);
    expect((fresh!.latitude - old!.latitude) / 1e7).toBeCloseTo(-6 / 111_200, 6);
    expect((fresh!.altitude - old!.altitude) / 1000).toBeCloseTo(1, 2);
    expect(companion.vehicle.estimate.resetCounter).toBe(1);
    companion.run(5);
    const { x, y, z } = companion.vehicle.quadrotor.positionNed;
    expect(Math.max(Math.abs(x - stood.x), Math.abs(y - stood.y))).toBeLessThan(0.8);
    expect(Math.abs(z - stood.z)).toBeLessThan(0.8);
  });

  it('resets the estimator on earth: both jump, and LOITER flies back to where it meant to be', () => {
    const companion = new Companion();
    companion.takeOff();
    const before = [localNorthM(companion), globalNorthM(companion)] as const;
    companion.vehicle.injure({
      kind: 'estimateReset',
      northM: 6,
      eastM: 0,
      downM: 0,
      yawDeg: 0,
      origin: 'stays',
    });
    companion.run(0.1);
    expect(localNorthM(companion) - before[0]).toBeCloseTo(6, 0);
    expect(globalNorthM(companion) - before[1]).toBeCloseTo(6, 0);
    companion.run(12);
    expect(Math.abs(localNorthM(companion) - before[0])).toBeLessThan(1);
    expect(companion.vehicle.quadrotor.positionNed.x).toBeLessThan(-5);
  });

  it('reboots the flight controller in the air: it falls, and nothing arms by itself', () => {
    const companion = new Companion({ vehicle: { parameters: { MIS_TAKEOFF_ALT: 9 } } });
    companion.takeOff();
    const before = companion.datagrams.length;
    companion.vehicle.injure({ kind: 'reboot' });
    companion.run(2.9);
    expect(companion.datagrams).toHaveLength(before);
    expect(companion.vehicle.quadrotor.onGround).toBe(true);
    companion.run(1.5);
    expect(companion.heard(SystemTime).at(-1)!.timeBootMs).toBeLessThan(1600);
    expect(companion.arm()).toBe(1);
    companion.run(6);
    expect(companion.heartbeat?.systemStatus).toBe(3);
    expect(companion.armed).toBe(false);
    expect(companion.vehicle.autopilot.situation.parameters.get('MIS_TAKEOFF_ALT')).toBe(9);
    expect(companion.arm()).toBe(0);
  });

  it('takes away GNSS, charge and the ground station', () => {
    const companion = new Companion();
    const station = new Heartbeat();
    station.type = MavType.GCS;
    companion.run(7);
    companion.vehicle.injure({ kind: 'groundStation', heard: false });
    companion.send(station);
    expect(companion.vehicle.autopilot.gcs.heardS).toBeNaN();
    companion.vehicle.injure({ kind: 'groundStation', heard: true });
    companion.send(station);
    expect(companion.vehicle.autopilot.gcs.heardS).toBeGreaterThan(6.9);
    companion.vehicle.injure({ kind: 'battery', remaining: 0.12 });
    companion.vehicle.injure({ kind: 'gnss', works: false });
    companion.run(1);
    expect(companion.vehicle.battery.remaining()).toBeCloseTo(0.12, 2);
    expect(companion.heard(GpsRawInt).at(-1)!.fixType).toBeLessThan(3);
    companion.vehicle.injure({ kind: 'gnss', works: true });
    companion.run(4);
    expect(companion.heard(GpsRawInt).at(-1)!.fixType).toBe(3);
  });

  it('is a JSON line on the standard input of the vehicles', () => {
    const line = '{"injure":2,"injury":{"kind":"estimateReset","eastM":5,"origin":"stays"}}';
    const jump = { northM: 0, eastM: 5, downM: 0, yawDeg: 0, origin: 'stays' };
    expect(parseDrillCommand(line)).toEqual({
      injure: 2,
      injury: { kind: 'estimateReset', ...jump },
    });
    expect(parseDrillCommand('{"injure":1,"injury":{"kind":"reboot"}}')).toBeDefined();
    expect(parseDrillCommand('{"injure":1,"injury":{"kind":"laser"}}')).toBeUndefined();
    expect(
      parseDrillCommand('{"injure":1,"injury":{"kind":"battery","remaining":3}}'),
    ).toBeUndefined();
  });
});
