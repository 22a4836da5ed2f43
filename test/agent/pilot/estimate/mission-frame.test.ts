import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { BootClock } from '#agent/pilot/estimate/boot-clock.ts';
import { Estimator } from '#agent/pilot/estimate/estimate.ts';
import { MissionOffset } from '#agent/pilot/estimate/mission-offset.ts';
import { TelemetryStore } from '#agent/pilot/estimate/telemetry.ts';
import { EstimatorStatus, LocalPositionNed } from 'mavlink-mappings/dist/lib/common.js';
import { GlobalPositionInt } from 'mavlink-mappings/dist/lib/standard.js';
import { geodeticFromNed, type Origin } from '#protocols/frames.ts';
import { distance, vector3, type Vector3 } from '#protocols/vector.ts';

const ORIGIN: Origin = { latDeg: 47.397742, lonDeg: 8.545594, altAmslM: 488 };

const metre = fc.double({ min: -800, max: 800, noNaN: true });

const localMessage = (bootMs: number, p: Vector3, v: Vector3): LocalPositionNed =>
  Object.assign(new LocalPositionNed(), {
    timeBootMs: bootMs,
    x: p.x,
    y: p.y,
    z: p.z,
    vx: v.x,
    vy: v.y,
    vz: v.z,
  });

const globalMessage = (bootMs: number, positionNed: Vector3): GlobalPositionInt => {
  const { latDeg, lonDeg, altAmslM } = geodeticFromNed(ORIGIN, positionNed);
  return Object.assign(new GlobalPositionInt(), {
    timeBootMs: bootMs,
    lat: Math.round(latDeg * 1e7),
    lon: Math.round(lonDeg * 1e7),
    alt: Math.round(altAmslM * 1000),
    relativeAlt: 12_345,
  });
};

describe('a position in the mission’s frame', () => {
  test('is found whatever origin PX4’s own frame has, heights included', () => {
    fc.assert(
      fc.property(metre, metre, metre, metre, metre, (x, y, ox, oy, oz) => {
        const store = new TelemetryStore();
        const estimator = new Estimator();
        estimator.setOrigin(ORIGIN);
        const truth = vector3(x, y, -20);
        const local = vector3(x - ox, y - oy, -20 - oz / 10);
        for (let k = 0; k < 40; k += 1) {
          store.update(localMessage(k * 50, local, vector3(0, 0, 0)), 1000 + k * 50);
          store.update(globalMessage(k * 50, truth), 1000 + k * 50);
        }
        const estimate = estimator.at(store.latest, 1000 + 39 * 50);
        expect(estimate.valid).toBe(true);
        expect(distance(estimate.positionNed, truth)).toBeLessThan(0.05);
      }),
      { numRuns: 60 },
    );
  });

  test('compares positions of different moments by the velocity between them', () => {
    const offset = new MissionOffset(ORIGIN);
    for (let k = 0; k < 30; k += 1) {
      const trueX = 8 * (k * 0.1);
      const global = geodeticFromNed(ORIGIN, vector3(trueX + 8 * 0.05, 0, -10));
      const local = vector3(trueX - 100, 0, -10);
      offset.observe(global, k * 100 + 50, local, vector3(8, 0, 0), k * 100);
    }
    expect(offset.offset.x).toBeCloseTo(100, 1);
  });

  test('follows a reset of PX4’s origin, and not a single stray sample', () => {
    const offset = new MissionOffset(ORIGIN);
    const here = geodeticFromNed(ORIGIN, vector3(0, 0, 0));
    const observe = (x: number, atMs: number): void =>
      offset.observe(here, atMs, vector3(x, 0, 0), vector3(0, 0, 0), atMs);
    for (let k = 0; k < 20; k += 1) observe(-10, k * 100);
    expect(offset.offset.x).toBeCloseTo(10, 1);
    observe(-60, 2000);
    expect(offset.offset.x).toBeCloseTo(10, 1);
    observe(-10, 2100);
    for (let k = 22; k < 26; k += 1) observe(-60, k * 100);
    expect(offset.offset.x).toBeCloseTo(60, 1);
  });

  test('is not given while PX4’s frame has jumped and nothing has confirmed it', () => {
    const store = new TelemetryStore();
    const estimator = new Estimator();
    estimator.setOrigin(ORIGIN);
    const rest = vector3(0, 0, 0);
    let nowMs = 1000;
    const look = (local: Vector3, global: Vector3 | undefined): boolean => {
      nowMs += 50;
      store.update(localMessage(nowMs - 1000, local, rest), nowMs);
      if (global !== undefined) store.update(globalMessage(nowMs - 1000, global), nowMs);
      return estimator.at(store.latest, nowMs).valid;
    };
    expect(look(vector3(0, 0, -10), vector3(0, 0, -10))).toBe(true);
    expect(look(vector3(47, 0, -10), undefined)).toBe(false);
    expect(look(vector3(47, 0, -10), vector3(0, 0, -10))).toBe(false);
    expect(look(vector3(47, 0, -10), vector3(0, 0, -10))).toBe(false);
    expect(look(vector3(47, 0, -10), vector3(0, 0, -10))).toBe(true);
    expect(estimator.at(store.latest, nowMs).positionNed.x).toBeCloseTo(0, 1);
  });

  test('is carried on by the velocity over its age, and grows vague', () => {
    const store = new TelemetryStore();
    const estimator = new Estimator();
    estimator.setOrigin(ORIGIN);
    const accuracy = Object.assign(new EstimatorStatus(), { posHorizAccuracy: 0.4, flags: 0x37f });
    store.update(accuracy, 1000);
    store.update(localMessage(0, vector3(0, 0, -10), vector3(5, 0, 0)), 1000);
    store.update(globalMessage(0, vector3(0, 0, -10)), 1000);
    const fresh = { ...estimator.at(store.latest, 1000) };
    expect(fresh.positionStdM).toBeCloseTo(0.4);
    const later = estimator.at(store.latest, 1400);
    expect(later.positionNed.x).toBeCloseTo(2, 1);
    expect(later.ageMs).toBeCloseTo(400);
    expect(later.positionStdM).toBeGreaterThan(0.5);
    // Beyond a second it stops guessing; the deviation goes on growing.
    const lost = estimator.at(store.latest, 5000);
    expect(lost.positionNed.x).toBeCloseTo(5, 1);
    expect(lost.positionStdM).toBeGreaterThan(10);
  });

  test('is not valid before all of its parts are known, nor after numbers that are none', () => {
    const store = new TelemetryStore();
    const estimator = new Estimator();
    expect(estimator.at(store.latest, 0).valid).toBe(false);
    estimator.setOrigin(ORIGIN);
    store.update(localMessage(0, vector3(Number.NaN, 0, 0), vector3(0, 0, 0)), 10);
    store.update(globalMessage(0, vector3(0, 0, 0)), 10);
    expect(estimator.at(store.latest, 10).valid).toBe(false);
    store.update(localMessage(10, vector3(1, 0, 0), vector3(0, 0, 0)), 20);
    store.update(globalMessage(10, vector3(0, 0, 0)), 20);
    expect(estimator.at(store.latest, 20).valid).toBe(true);
  });
});

describe('the autopilot’s clock', () => {
  test('dates a packet that waited for its tick by those that did not', () => {
    const clock = new BootClock();
    expect(clock.monotonicMs(0, 1003)).toBe(1003);
    expect(clock.monotonicMs(50, 1070)).toBe(1053);
    expect(clock.monotonicMs(100, 1101)).toBe(1101);
    expect(clock.monotonicMs(150, 1190)).toBe(1151);
  });

  test('is followed when it runs slow, and seen when it begins anew', () => {
    const clock = new BootClock();
    let receivedMs = 1000;
    for (let bootMs = 0; bootMs < 10_000; bootMs += 50) {
      receivedMs += 55;
      clock.monotonicMs(bootMs, receivedMs);
    }
    expect(clock.monotonicMs(10_000, receivedMs + 55)).toBeGreaterThan(receivedMs - 200);
    expect(clock.reboots).toBe(0);
    clock.monotonicMs(9500, receivedMs + 60);
    expect(clock.reboots).toBe(0);
    expect(clock.monotonicMs(20, receivedMs + 100)).toBe(receivedMs + 100);
    expect(clock.reboots).toBe(1);
  });
});
