import { describe, expect, it } from 'vitest';

import type { Received } from '#protocols/channel/mesh-messages.ts';
import { geodeticFromNed } from '#protocols/frames.ts';
import type { Beacon } from '#protocols/gossip/beacon.ts';
import { vector3 } from '#protocols/vector.ts';
import { neighbourTubes } from '#agent/mind/flight/neighbour-tubes.ts';
import { obstaclesAround } from '#agent/mind/flight/obstacles.ts';
import { promiseOf } from '#agent/mind/flight/promise.ts';
import { noteHeard, type Members } from '#agent/mind/swarm/members.ts';
import { ORIGIN } from '../harness/missions.ts';

const GOAL = { issuer: 1000, epoch: 1, sequence: 1 };
const HERE = vector3(0, 0, -20);

const beaconAt = (northM: number, armed: boolean): Beacon => {
  const place = geodeticFromNed(ORIGIN, vector3(northM, 0, -20));
  return {
    sysid: 2,
    phase: armed ? 'offboard' : 'standby',
    armed,
    mode: 'OFFBOARD',
    latE7: Math.round(place.latDeg * 1e7),
    lonE7: Math.round(place.lonDeg * 1e7),
    altAmslCm: Math.round(place.altAmslM * 100),
    velocityCmps: [-500, 0, 0],
    positionStdCm: 50,
    batteryPercent: 90,
    goal: GOAL,
    progressPermille: 0,
    task: null,
    taskDigest: 0,
    directive: null,
    reason: '',
    planSource: 'model',
    model: '',
    logHead: null,
    echoes: [],
    troubles: [],
  };
};

const heard = (
  members: Members,
  nowMs: number,
  message: Pick<Received, 'topic' | 'payload'>,
): void => {
  const header = { author: 2, bootEpoch: 1, sequence: 1, sentMs: nowMs, receivedMs: nowMs };
  const clock = { clockOffsetMs: 40_000, clockErrorMs: 100 };
  noteHeard(members, { ...header, ...clock, ...message } as Received, GOAL);
};

/** Standing still for three seconds at a place, by the author's clock, which is 40 s behind. */
const standingAt = (northM: number, startMs: number) => {
  const steps = 30;
  const positionNedM = new Float32Array(3 * (steps + 1));
  for (let knot = 0; knot <= steps; knot += 1) positionNedM.set([northM, 0, -20], 3 * knot);
  return promiseOf(
    GOAL,
    {
      planId: 5,
      source: 'model',
      startMs: startMs - 40_000,
      stepMs: 100,
      steps,
      tailSteps: 10,
      velocityNedMps: new Float32Array(3 * steps),
      yawRad: new Float32Array(steps),
      positionNedM,
      sigmaM: new Float32Array(steps + 1).fill(0.2),
    },
    0.3,
    new Uint8Array(8),
  );
};

const tubes = (members: Members, nowMs: number) => neighbourTubes(members, ORIGIN, HERE, 10, nowMs);

describe('what a plan knows of the others', () => {
  it('is their promise in own time, wider by the clocks’ disagreement', () => {
    const members: Members = new Map();
    heard(members, 100_000, { topic: 'beacon', payload: beaconAt(30, true) });
    heard(members, 100_000, { topic: 'intent', payload: standingAt(30, 99_900) });
    const [tube] = tubes(members, 100_100);
    expect(tube?.startMs).toBe(99_900);
    expect(tube?.knots.length).toBeLessThanOrEqual(16);
    expect(tube?.knots.at(-1)?.x).toBeCloseTo(30, 1);
    // 0.7 m of body, 2 σ of 0.2 and 0.3 m, 10 m/s for 0.1 s of clock error; radii round up to 0.1 m.
    expect(tube?.knots[0]?.radiusM).toBeCloseTo(0.7 + 1 + 1, 0);
  });

  it('grows when a promise has run out, then falls back on the beacon', () => {
    const members: Members = new Map();
    heard(members, 100_000, { topic: 'beacon', payload: beaconAt(30, true) });
    heard(members, 100_000, { topic: 'intent', payload: standingAt(30, 100_000) });
    const radius = (nowMs: number): number => tubes(members, nowMs)[0]!.knots[0]!.radiusM;
    expect(radius(105_000)).toBeGreaterThan(radius(102_000) + 0.5);
    const coasting = tubes(members, 107_000)[0]!;
    expect(coasting.startMs).toBe(100_000);
    expect(coasting.knots[2]!.x).toBeCloseTo(25, 0);
    expect(coasting.knots[6]!.radiusM).toBeGreaterThan(coasting.knots[0]!.radiusM);
  });

  it('leaves out drones on the ground and those not heard of for a minute', () => {
    const members: Members = new Map();
    heard(members, 100_000, { topic: 'beacon', payload: beaconAt(30, false) });
    expect(tubes(members, 100_100)).toEqual([]);
    heard(members, 101_000, { topic: 'beacon', payload: beaconAt(30, true) });
    expect(tubes(members, 110_000)).toHaveLength(1);
    expect(tubes(members, 162_000)).toEqual([]);
  });
});

describe('what a plan knows of obstacles', () => {
  const wall = { northM: 20, eastM: 0, radiusM: 3, heightM: 40 };
  const ring = (ranges: Record<number, number>, atMs = 1000) => {
    const rangesM = new Float32Array(72).fill(Infinity);
    for (const [sector, rangeM] of Object.entries(ranges)) rangesM[Number(sector)] = rangeM;
    return { atMs, minM: 0.5, maxM: 40, rangesM };
  };

  it('is the map and whatever the ring sees beside it', () => {
    const seen = obstaclesAround([wall], ring({ 0: 17, 18: 12 }), HERE, [], 1100);
    expect(seen).toHaveLength(2);
    expect(seen[0]).toMatchObject({ heightM: 1000 });
    expect(seen[0]!.eastM).toBeCloseTo(12, 1);
    expect(seen[1]).toEqual(wall);
  });

  it('is not a neighbour, an old echo or one out of range', () => {
    const tube = {
      member: 2,
      startMs: 0,
      knotMs: 500,
      knots: [{ x: 0, y: 12, z: -20, radiusM: 1 }],
    };
    expect(obstaclesAround([], ring({ 18: 12 }), HERE, [tube], 1100)).toEqual([]);
    expect(obstaclesAround([], ring({ 18: 12 }), HERE, [], 2000)).toEqual([]);
    expect(obstaclesAround([], ring({ 18: 0.2 }), HERE, [], 1100)).toEqual([]);
  });
});
