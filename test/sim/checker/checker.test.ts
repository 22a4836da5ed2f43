import { describe, expect, it } from 'vitest';

import { vector3 } from '#protocols/vector.ts';
import { Checker } from '#sim/checker/checker.ts';
import type { DroneTruth, SwarmTruth } from '#sim/checker/swarm-truth.ts';

const LIMITS: SwarmTruth['limits'] = {
  minSeparationM: 4,
  maxSpeedMps: 10,
  maxClimbMps: 3,
  maxDescentMps: 1.5,
  fence: {
    polygon: [
      { northM: -100, eastM: -100 },
      { northM: -100, eastM: 100 },
      { northM: 100, eastM: 100 },
      { northM: 100, eastM: -100 },
    ],
    minHeightM: -3,
    maxHeightM: 60,
  },
};

/** A drone at 20 m that does what its agent says, `eastM` from the origin. */
const flying = (sysid: number, eastM: number, changes: Partial<DroneTruth> = {}): DroneTruth => ({
  sysid,
  positionNed: vector3(0, eastM, -20),
  velocityNed: vector3(0, 0, 0),
  onGround: false,
  mode: 'OFFBOARD',
  armed: true,
  batteryRemaining: 0.8,
  pilotSinceMs: 0,
  controllerSinceMs: 0,
  setpoint: { atMs: 59_990, velocityNed: vector3(0, 0, 0), ageMs: 4 },
  positionKnown: true,
  task: null,
  knowsAbort: false,
  ...changes,
});

const at = (
  nowMs: number,
  drones: DroneTruth[],
  aborted: Partial<Pick<SwarmTruth, 'abortedMs' | 'reachable'>> = {},
): SwarmTruth => ({
  nowMs,
  limits: LIMITS,
  drones,
  abortedMs: undefined,
  reachable: new Set(),
  ...aborted,
});

const judge = (...moments: SwarmTruth[]): string[] => {
  const checker = new Checker(() => true);
  for (const moment of moments) checker.observe(moment);
  return checker.violations.map(({ invariant, drones }) => `${invariant} ${drones.join()}`);
};

const fresh = (nowMs: number): DroneTruth['setpoint'] => ({
  atMs: nowMs - 20,
  velocityNed: vector3(0, 0, 0),
  ageMs: 4,
});

describe('the judge of an episode', () => {
  it('has nothing to say of a swarm that flies well', () => {
    expect(judge(at(60_000, [flying(1, 0), flying(2, 5), flying(3, -50)]))).toEqual([]);
  });

  it('I1: sees two that come too near, in the air and steered', () => {
    expect(judge(at(60_000, [flying(1, 0), flying(2, 3.9)]))).toEqual(['I1 1,2']);
    expect(judge(at(60_000, [flying(1, 0), flying(2, 3.9, { onGround: true })]))).toEqual([]);
    expect(judge(at(60_000, [flying(1, 0), flying(2, 3.9, { armed: false })]))).toEqual([]);
  });

  it('I2: sees who could not stop before the fence, unless PX4 flies it or it is blind', () => {
    // 8 m/s go on for a second and brake in 10.7 m: at 80 m of 100 that is inside, at 82 m outside.
    const fast = vector3(0, 8, 0);
    expect(judge(at(60_000, [flying(1, 80, { velocityNed: fast })]))).toEqual([]);
    expect(judge(at(60_000, [flying(1, 82, { velocityNed: fast })]))).toEqual(['I2 1']);
    const returning = flying(1, 82, { velocityNed: fast, mode: 'AUTO_RTL' });
    expect(judge(at(60_000, [returning]))).toEqual([]);
    const blind = flying(1, 82, { velocityNed: fast, positionKnown: false });
    expect(judge(at(60_000, [blind]))).toEqual([]);
  });

  it('I3: sees a setpoint that is no number, too fast, or sinks too fast', () => {
    const asked = (x: number, y: number, z: number): string[] =>
      judge(
        at(60_000, [
          flying(1, 0, { setpoint: { atMs: 59_990, velocityNed: vector3(x, y, z), ageMs: 4 } }),
        ]),
      );
    expect(asked(7, 7, -3)).toEqual([]);
    expect(asked(Number.NaN, 0, 0)).toEqual(['I3 1']);
    expect(asked(8, 7, 0)).toEqual(['I3 1']);
    expect(asked(0, 0, -3.1)).toEqual(['I3 1']);
    expect(asked(0, 0, 1.6)).toEqual(['I3 1']);
  });

  it('I4: sees a gap of more than 250 ms, but for a dead or newly born pilot', () => {
    const silent = { setpoint: { atMs: 59_740, velocityNed: vector3(0, 0, 0), ageMs: 4 } };
    expect(judge(at(59_990, [flying(1, 0, silent)]))).toEqual([]);
    expect(judge(at(60_000, [flying(1, 0, silent)]))).toEqual(['I4 1']);
    expect(judge(at(60_000, [flying(1, 0, { ...silent, pilotSinceMs: undefined })]))).toEqual([]);
    expect(judge(at(60_000, [flying(1, 0, { ...silent, pilotSinceMs: 59_000 })]))).toEqual([]);
    expect(judge(at(60_000, [flying(1, 0, { ...silent, mode: 'AUTO_LOITER' })]))).toEqual([]);
  });

  it('I6: sees two that go on with one task although they hear each other', () => {
    const both = (nowMs: number): SwarmTruth =>
      at(nowMs, [
        flying(1, 0, { task: 'lane:r1:0:3', setpoint: fresh(nowMs) }),
        flying(2, 20, { task: 'lane:r1:0:3', setpoint: fresh(nowMs) }),
      ]);
    expect(judge(both(60_000), both(65_000))).toEqual([]);
    expect(judge(both(60_000), both(65_001))).toEqual(['I6 1,2']);
    const deaf = new Checker(() => false);
    for (const nowMs of [60_000, 70_000]) deaf.observe(both(nowMs));
    expect(deaf.violations).toEqual([]);
  });

  it('I7 and I8: sees who does not obey an abort that it could hear, and who resumes after it', () => {
    const abort = { abortedMs: 60_000, reachable: new Set([1]) };
    const still = (nowMs: number, mode: DroneTruth['mode']): SwarmTruth =>
      at(nowMs, [flying(1, 0, { mode, setpoint: fresh(nowMs) })], abort);
    expect(judge(still(64_999, 'OFFBOARD'))).toEqual([]);
    expect(judge(still(65_000, 'OFFBOARD'))).toEqual(['I7 1']);
    expect(judge(still(65_000, 'AUTO_RTL'))).toEqual([]);
    const unreached = at(65_000, [flying(1, 0, { setpoint: fresh(65_000) })], {
      ...abort,
      reachable: new Set(),
    });
    expect(judge(unreached)).toEqual([]);
  });

  it('I8: sees who resumes after an abort, but not who never heard of it', () => {
    const one = (nowMs: number, changes: Partial<DroneTruth>): SwarmTruth =>
      at(nowMs, [flying(1, 0, { setpoint: fresh(nowMs), ...changes })], { abortedMs: 60_000 });
    const flies = one(63_000, { knowsAbort: true });
    const after = (changes: Partial<DroneTruth>): string[] => judge(one(61_000, changes), flies);
    expect(after({ mode: 'AUTO_RTL', knowsAbort: true })).toEqual(['I8 1']);
    expect(after({ armed: false, onGround: true, knowsAbort: true })).toEqual(['I8 1']);
    // PX4's own return, or motors not yet on: the abort is still on its way.
    expect(after({ mode: 'AUTO_RTL' })).toEqual([]);
    expect(after({ armed: false, onGround: true })).toEqual([]);
    expect(after({ knowsAbort: true })).toEqual([]);
  });

  it('I12: sees who is in the air with an empty pack', () => {
    expect(judge(at(60_000, [flying(1, 0, { batteryRemaining: 0.004 })]))).toEqual(['I12 1']);
  });

  it('counts a breach that goes on once, and one that comes again twice', () => {
    const near = (nowMs: number): SwarmTruth =>
      at(nowMs, [
        flying(1, 0, { setpoint: fresh(nowMs) }),
        flying(2, 2, { setpoint: fresh(nowMs) }),
      ]);
    const going = Array.from({ length: 200 }, (_, index) => near(60_000 + 20 * index));
    expect(judge(...going)).toHaveLength(1);
    expect(judge(...going, near(70_000))).toHaveLength(2);
  });
});
