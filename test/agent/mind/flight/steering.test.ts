import { describe, expect, it } from 'vitest';

import {
  choose,
  letGo,
  newSteering,
  noteAsked,
  shouldAsk,
  type Steering,
} from '#agent/mind/flight/steering.ts';
import type { PlanAnswer, PlanRequest } from '#agent/mind/plan-port.ts';
import { vector3 } from '#protocols/vector.ts';
import { straightPlan } from '../harness/drone.ts';

const requestAt = (nowMs: number, requestId = 1): PlanRequest => ({
  requestId,
  member: 1,
  nowMs,
  startMs: nowMs - 10,
  vehicle: {
    positionNed: vector3(0, 0, -20),
    velocityNed: vector3(0, 0, 0),
    rollRad: 0,
    pitchRad: 0,
    yawRad: 0,
    ratesRadps: vector3(0, 0, 0),
    thrust: 0.5,
    batteryVoltageV: 16,
    batteryCurrentA: 10,
  },
  previousAction: { velocityNed: vector3(0, 0, 0), yawRateRadps: 0 },
  batteryRemaining: 1,
  history: null,
  waypoints: [vector3(50, 0, -20)],
  cruiseSpeedMps: 8,
  acceptM: 4,
  holdAtEnd: true,
  yaw: 'course',
  current: null,
  neighbours: [],
  obstacles: [],
  fence: [],
  minHeightM: 0,
  maxHeightM: 60,
  limits: { maxSpeedMps: 10, maxClimbMps: 4, maxDescentMps: 3, maxAccelerationMps2: 5 },
  minSeparationM: 4,
  seed: 1,
});

const answerTo = (request: PlanRequest, changes: Partial<PlanAnswer> = {}): PlanAnswer => ({
  requestId: request.requestId,
  trajectory: { ...straightPlan(request), source: 'model' },
  model: 'm@1',
  disagreement: 0.1,
  threshold: 1,
  tripped: false,
  reason: '',
  bestCost: 0,
  rejected: [],
  digest: '',
  planMs: 30,
  ...changes,
});

const step = (steering: Steering, nowMs: number, answer: PlanAnswer | null = null) =>
  choose(steering, answer, nowMs, () => requestAt(nowMs, steering.nextRequestId), straightPlan);

const asked = (nowMs: number): { steering: Steering; request: PlanRequest } => {
  const steering = newSteering();
  const request = requestAt(nowMs);
  step(steering, nowMs);
  noteAsked(steering, request);
  return { steering, request };
};

describe('who flies', () => {
  it('is the model while it answers in time', () => {
    const { steering, request } = asked(1000);
    expect(shouldAsk(steering, 1100)).toBe(false);
    const choice = step(steering, 1040, answerTo(request));
    expect(choice).toMatchObject({ flag: '', trajectory: { source: 'model', planId: 1 } });
    expect(shouldAsk(steering, 1100)).toBe(true);
  });

  it('is the safe planner once the model is late, and the model again when it is back', () => {
    const { steering, request } = asked(1000);
    expect(step(steering, 1300)).toEqual({ trajectory: null, flag: '' });
    expect(step(steering, 1360)).toMatchObject({ flag: 'late', trajectory: { source: 'safe' } });
    expect(step(steering, 1400).trajectory).toBeNull();
    expect(step(steering, 1460).flag).toBe('late');
    expect(step(steering, 1470, answerTo(request)).flag).toBe('');
    const next = requestAt(1560, 2);
    noteAsked(steering, next);
    const choice = step(steering, 1600, answerTo(next));
    expect(choice).toMatchObject({ flag: '', trajectory: { source: 'model', planId: 3 } });
    expect(step(steering, 1900).flag).toBe('');
  });

  it('is the safe planner at once when the model distrusts itself', () => {
    const { steering, request } = asked(1000);
    const choice = step(steering, 1040, answerTo(request, { tripped: true }));
    expect(choice).toMatchObject({ flag: 'tripped', trajectory: { source: 'safe' } });
  });

  it.each([
    ['a number that is none', { positionNedM: new Float32Array(93).fill(Number.NaN) }],
    ['too few numbers', { yawRad: new Float32Array(3) }],
    ['another moment', { startMs: 5 }],
    ['another plan', { planId: 77 }],
  ])('is never a plan with %s', (_, changes) => {
    const { steering, request } = asked(1000);
    const { trajectory } = answerTo(request);
    const answer = answerTo(request, { trajectory: { ...trajectory, ...changes } });
    const choice = step(steering, 1040, answer);
    expect(choice).toMatchObject({ flag: 'unusable', trajectory: { source: 'safe' } });
  });

  it('ignores an answer that nobody waits for', () => {
    const { steering, request } = asked(1000);
    expect(step(steering, 1040, answerTo(requestAt(900, 9))).trajectory).toBeNull();
    letGo(steering);
    expect(step(steering, 1060, answerTo(request)).trajectory).toBeNull();
  });

  it('asks again when an answer never comes', () => {
    const { steering } = asked(1000);
    expect(shouldAsk(steering, 1900)).toBe(false);
    expect(shouldAsk(steering, 2000)).toBe(true);
  });
});
