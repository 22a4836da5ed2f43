import fc from 'fast-check';
import {
  Attitude,
  EstimatorStatus,
  GpsGlobalOrigin,
  LocalPositionNed,
  Odometry,
} from 'mavlink-mappings/dist/lib/common.js';
import { GlobalPositionInt } from 'mavlink-mappings/dist/lib/standard.js';
import { describe, expect, test } from 'vitest';

import { Estimator } from '#agent/pilot/estimate/estimate.ts';
import { TelemetryStore } from '#agent/pilot/estimate/telemetry.ts';
import { geodeticFromNed, type Origin } from '#protocols/frames.ts';
import { add, distance, norm, scale, subtract, vector3, type Vector3 } from '#protocols/vector.ts';

const ORIGIN: Origin = { latDeg: 47.397742, lonDeg: 8.545594, altAmslM: 488 };
const TICK_MS = 20;

/** PX4's side of the wire as far as the estimator hears it: local at 20 Hz, global at 10 Hz. */
class Px4 {
  readonly store = new TelemetryStore();
  readonly estimator = new Estimator();
  position = vector3(0, 0, -20);
  velocity = vector3(0, 0, 0);
  /** What the local frame and the global position are off the truth by. */
  localError = vector3(0, 0, 0);
  globalError = vector3(0, 0, 0);
  velocityError = vector3(0, 0, 0);
  nowMs = 0;

  constructor() {
    this.estimator.setOrigin(ORIGIN);
  }

  /** One tick of 20 ms under an acceleration. */
  tick(acceleration: Vector3): ReturnType<Estimator['at']> {
    const dtS = TICK_MS / 1000;
    const before = this.velocity;
    this.velocity = add(before, scale(acceleration, dtS));
    this.position = add(this.position, scale(add(before, this.velocity), dtS / 2));
    this.nowMs += TICK_MS;
    const stamp = { timeBootMs: this.nowMs };
    if (this.nowMs % 60 === 0) {
      const { x: vx, y: vy, z: vz } = add(this.velocity, this.velocityError);
      const local = add(this.position, this.localError);
      const message = Object.assign(new LocalPositionNed(), stamp, local, { vx, vy, vz });
      this.store.update(message, this.nowMs + 1000);
    }
    if (this.nowMs % 100 === 0) this.sayGlobal();
    return this.estimator.at(this.store.latest, this.nowMs + 1000);
  }

  sayGlobal(): void {
    const at = geodeticFromNed(ORIGIN, add(this.position, this.globalError));
    const message = Object.assign(new GlobalPositionInt(), {
      timeBootMs: this.nowMs,
      lat: Math.round(at.latDeg * 1e7),
      lon: Math.round(at.lonDeg * 1e7),
      alt: Math.round(at.altAmslM * 1000),
    });
    this.store.update(message, this.nowMs + 1000);
  }
}

const direction = fc
  .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: 0, max: 6.28, noNaN: true }))
  .map(([z, turn]) => {
    const flat = Math.sqrt(1 - z * z);
    return vector3(flat * Math.cos(turn), flat * Math.sin(turn), z);
  });

const jump = fc
  .tuple(direction, fc.double({ min: 0.5, max: 50, noNaN: true }))
  .map(([unit, size]) => scale(unit, size));

const reset = fc.record({
  atTick: fc.integer({ min: 50, max: 400 }),
  jump,
  /** Which of PX4's two positions jumps. */
  moves: fc.constantFrom('local', 'both', 'global'),
});

/** 0.5 m/s of glide, and what the rounding of the global position and the averages add. */
const TOLERANCE_M = 0.5 * 0.02 + 0.035;

describe('a reset of PX4’s estimator', () => {
  test('never looks like motion: between two valid ticks the position moves as the velocity says', () => {
    let shown = 0;
    let rests = 0;
    fc.assert(
      fc.property(fc.array(reset, { minLength: 1, maxLength: 3 }), fc.nat(1000), (resets, seed) => {
        const px4 = new Px4();
        let last: { position: Vector3; velocity: Vector3 } | undefined;
        let invalidMs = 0;
        for (let tick = 0; tick < 700; tick += 1) {
          for (const one of resets) {
            if (one.atTick !== tick) continue;
            if (one.moves !== 'global') px4.localError = add(px4.localError, one.jump);
            if (one.moves !== 'local') px4.globalError = add(px4.globalError, one.jump);
          }
          const turn = seed + tick / 40;
          const estimate = px4.tick(vector3(3 * Math.cos(turn), 3 * Math.sin(2 * turn), 0));
          if (!estimate.valid) {
            invalidMs += TICK_MS;
            last = undefined;
            continue;
          }
          const position = { ...estimate.positionNed };
          const velocity = { ...estimate.velocityNed };
          if (last !== undefined) {
            const mean = scale(add(last.velocity, velocity), 0.5);
            const moved = subtract(position, add(last.position, scale(mean, 0.02)));
            expect(norm(moved)).toBeLessThan(TOLERANCE_M);
            expect(distance(velocity, last.velocity)).toBeLessThan(0.5);
            shown += 1;
          }
          // 3 σ holds the place that PX4 now says, however far the shown one still lags behind.
          const said = add(px4.position, px4.globalError);
          if (tick > 450) {
            expect(distance(position, said)).toBeLessThan(3 * estimate.positionStdM + 0.1);
          }
          last = { position, velocity };
        }
        if (invalidMs > 0) rests += 1;
        // Three resets, each looked into for less than 0.7 s; the first 100 ms have no position yet.
        expect(invalidMs).toBeLessThanOrEqual(100 + 700 * resets.length);
        // The last correction is at most 3 m and has been glided over by now.
        const said = add(px4.position, px4.globalError);
        const final = px4.estimator.at(px4.store.latest, px4.nowMs + 1000);
        expect(distance(final.positionNed, said)).toBeLessThan(0.3);
      }),
      { numRuns: 200 },
    );
    expect(shown).toBeGreaterThan(80_000);
    expect(rests).toBeGreaterThan(50);
  });

  test('of the velocity is glided over when small, and rested through when great', () => {
    fc.assert(
      fc.property(
        direction,
        fc.double({ min: 0.5, max: 20, noNaN: true }),
        fc.integer({ min: 60, max: 100 }),
        (unit, size, atTick) => {
          const px4 = new Px4();
          let last: Vector3 | undefined;
          let invalid = 0;
          for (let tick = 0; tick < 300; tick += 1) {
            if (tick === atTick) px4.velocityError = scale(unit, size);
            // PX4's position goes where its velocity says.
            const drift = scale(px4.velocityError, TICK_MS / 1000);
            px4.localError = add(px4.localError, drift);
            px4.globalError = add(px4.globalError, drift);
            const estimate = px4.tick(vector3(0, 0, 0));
            if (!estimate.valid) invalid += 1;
            if (last !== undefined && estimate.valid) {
              // Up to 1.2 m/s in 60 ms is what a vehicle can do: no reset can be told from it.
              expect(distance(last, estimate.velocityNed)).toBeLessThan(1.25);
            }
            last = estimate.valid ? { ...estimate.velocityNed } : undefined;
          }
          expect(invalid).toBeLessThan(30);
          const final = px4.estimator.at(px4.store.latest, px4.nowMs + 1000);
          expect(distance(final.velocityNed, scale(unit, size))).toBeLessThan(0.01);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('while the global position is silent leaves the place where dead reckoning puts it, ever vaguer', () => {
    const px4 = new Px4();
    for (let tick = 0; tick < 100; tick += 1) px4.tick(vector3(0, 0, 0));
    px4.sayGlobal = () => {};
    px4.localError = vector3(2, 0, 0);
    let estimate = px4.tick(vector3(0, 0, 0));
    for (let tick = 0; tick < 300; tick += 1) estimate = px4.tick(vector3(0, 0, 0));
    expect(estimate.valid).toBe(true);
    expect(distance(estimate.positionNed, px4.position)).toBeLessThan(0.05);
    expect(3 * estimate.positionStdM).toBeGreaterThan(2);
    px4.localError = vector3(7, 0, 0);
    for (let tick = 0; tick < 10; tick += 1) estimate = px4.tick(vector3(0, 0, 0));
    expect(estimate.valid).toBe(false);
  });

  test('that PX4 only counts, or another origin, makes the frames be compared anew at once', () => {
    for (const message of [
      (k: number) => Object.assign(new Odometry(), { resetCounter: k }),
      (k: number) => Object.assign(new GpsGlobalOrigin(), { latitude: 473_000_000 + k }),
    ]) {
      const px4 = new Px4();
      px4.store.update(message(7), 1000);
      for (let tick = 0; tick < 100; tick += 1) px4.tick(vector3(0, 0, 0));
      expect(px4.store.latest.estimatorResets).toBe(0);
      px4.store.update(message(8), px4.nowMs + 1000);
      expect(px4.store.latest.estimatorResets).toBe(1);
      // Too small to be told from noise by itself: a slow average would take seconds.
      px4.globalError = vector3(0.28, 0, 0);
      let estimate = px4.tick(vector3(0, 0, 0));
      for (let tick = 0; tick < 60; tick += 1) estimate = px4.tick(vector3(0, 0, 0));
      expect(Math.abs(estimate.positionNed.x - 0.28)).toBeLessThan(0.03);
    }
  });

  test('of the heading is counted by how far, and real turns are not', () => {
    const px4 = new Px4();
    let yaw = 0;
    const look = (yawspeed: number, jumpRad = 0): number => {
      yaw += yawspeed * 0.05 + jumpRad;
      px4.nowMs += 50;
      const message = Object.assign(new Attitude(), {
        timeBootMs: px4.nowMs,
        yaw: Math.atan2(Math.sin(yaw), Math.cos(yaw)),
        yawspeed,
      });
      px4.store.update(message, px4.nowMs + 1000);
      return px4.estimator.at(px4.store.latest, px4.nowMs + 1000).headingShiftRad;
    };
    for (let k = 0; k < 100; k += 1) expect(look(k < 50 ? 2 : -2)).toBe(0);
    expect(look(-2, 0.7)).toBeCloseTo(0.7, 1);
    for (let k = 0; k < 20; k += 1) expect(look(-2)).toBeCloseTo(0.7, 1);
    expect(look(-2, -3)).toBeCloseTo(-2.3, 1);
  });

  test('ends in no position while PX4 itself says that it has none', () => {
    const px4 = new Px4();
    const status = (flags: number): void =>
      px4.store.update(
        Object.assign(new EstimatorStatus(), { flags, posHorizAccuracy: 0.3 }),
        px4.nowMs + 1000,
      );
    status(0x37f);
    for (let tick = 0; tick < 50; tick += 1) px4.tick(vector3(0, 0, 0));
    expect(px4.tick(vector3(0, 0, 0)).valid).toBe(true);
    for (const lost of [0xe4, 0x37f & ~16, 0x37f & ~2, 0x37f | 128]) {
      status(lost);
      expect(px4.tick(vector3(0, 0, 0)).valid).toBe(false);
    }
    status(0x37f | 1024);
    const glitch = px4.tick(vector3(0, 0, 0));
    expect(glitch.valid).toBe(true);
    expect(glitch.positionStdM).toBeGreaterThanOrEqual(2);
  });
});
