import {
  Attitude,
  AttitudeTarget,
  BatteryStatus,
  EstimatorStatus,
  GpsRawInt,
  LocalPositionNed,
  ObstacleDistance,
  StatusText,
} from 'mavlink-mappings/dist/lib/common.js';
import { GlobalPositionInt } from 'mavlink-mappings/dist/lib/standard.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { describe, expect, it } from 'vitest';
import { nedFromGeodetic } from '#protocols/frames.ts';
import { Companion } from '../companion.ts';

const origin = { latDeg: 47.3977, lonDeg: 8.5456, altAmslM: 488 };

describe('telemetry', () => {
  it('streams local position but neither attitude nor global position before alignment', () => {
    const companion = new Companion();
    companion.run(3);
    expect(companion.heard(LocalPositionNed).length).toBeGreaterThan(80);
    expect(companion.heard(Attitude)).toEqual([]);
    expect(companion.heard(GlobalPositionInt)).toEqual([]);
    expect(companion.heard(EstimatorStatus).at(-1)?.flags).toBe(0xe4);
    companion.run(5);
    expect(companion.heard(Attitude).length).toBeGreaterThan(150);
    expect(companion.heard(EstimatorStatus).at(-1)?.flags).toBe(0x37f);
  });

  it('keeps the rates of PX4’s onboard link, HEARTBEAT strictly once a second', () => {
    const companion = new Companion();
    companion.run(8);
    const before = companion.received.length;
    companion.run(10);
    const recent = companion.received.slice(before);
    const rate = (kind: new () => unknown): number =>
      recent.filter((message) => message instanceof kind).length / 10;
    expect(rate(Heartbeat)).toBeCloseTo(1, 1);
    expect(rate(Attitude)).toBeGreaterThan(95);
    expect(rate(Attitude)).toBeLessThan(105);
    expect(rate(GlobalPositionInt)).toBeCloseTo(50, -1);
    expect(rate(GpsRawInt)).toBeCloseTo(8, 0);
    expect(rate(StatusText)).toBe(0);
  });

  it('changes a rate on request, switches off with −1, and back with 0', () => {
    const companion = new Companion();
    companion.run(7);
    const count = (seconds: number): number => {
      const before = companion.heard(Attitude).length;
      companion.run(seconds);
      return companion.heard(Attitude).length - before;
    };
    companion.command(511, 30, 100_000);
    expect(Math.abs(count(2) - 20)).toBeLessThanOrEqual(1);
    companion.command(511, 30, -1);
    expect(count(1)).toBe(0);
    companion.command(511, 30, 0);
    expect(count(1)).toBeGreaterThan(95);
  });

  it('tells the global truth from its own local frame, wherever it booted', () => {
    const companion = new Companion({ vehicle: { homeNorthM: 120, homeEastM: -40 } });
    companion.takeOff();
    const fix = companion.heard(GlobalPositionInt).at(-1)!;
    const ned = nedFromGeodetic(origin, {
      latDeg: fix.lat / 1e7,
      lonDeg: fix.lon / 1e7,
      altAmslM: fix.alt / 1000,
    });
    const { positionNed } = companion.vehicle.quadrotor;
    expect(Math.abs(ned.x - positionNed.x)).toBeLessThan(1);
    expect(Math.abs(ned.y - positionNed.y)).toBeLessThan(1);
    expect(Math.abs(ned.z - positionNed.z)).toBeLessThan(1.2);
    const local = companion.heard(LocalPositionNed).at(-1)!;
    expect(Math.abs(local.x)).toBeLessThan(2);
    expect(Math.abs(local.y)).toBeLessThan(2);
  });

  it('shows thrust, battery and ranges', () => {
    const obstacle = { kind: 'cylinder', northM: 10, eastM: 0, radiusM: 1, heightM: 30 } as const;
    const companion = new Companion({ scenario: { obstacles: [obstacle] } });
    companion.takeOff();
    const thrust = companion.heard(AttitudeTarget).at(-1)!.thrust;
    expect(thrust).toBeGreaterThan(0.3);
    expect(thrust).toBeLessThan(0.6);
    const battery = companion.heard(BatteryStatus);
    expect(battery.at(-1)!.voltages[0]).toBeLessThan(battery[0]!.voltages[0]!);
    const ring = companion.heard(ObstacleDistance).at(-1)!;
    expect(ring.distances).toHaveLength(72);
    expect(Math.abs(ring.distances[0]! - 900)).toBeLessThan(120);
    expect(ring.distances[36]).toBe(2001);
    expect(ring.incrementF).toBe(5);
  });
});
