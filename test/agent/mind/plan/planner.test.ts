import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PlanRequest } from '#agent/mind/plan-port.ts';
import { plainMppi } from '#agent/mind/plan/mppi/plain-mppi.ts';
import { createPlanner, type TimelessAnswer } from '#agent/mind/plan/planner.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { signedDistanceToEdge } from '#protocols/polygon.ts';
import type { Trajectory } from '#protocols/trajectory.ts';
import { distance, horizontalDistance, norm, vector3, type Vector3 } from '#protocols/vector.ts';
import { kinematicsModel, kinematicStepper } from '#world/kinematics.ts';
import { FIELD, fly, flyingTube, hovering, requestOf, type Moment } from './plant.ts';

const model = kinematicsModel(PLAN_SETTINGS.kinematics);
let plan: (request: PlanRequest) => Promise<TimelessAnswer>;
const trajectoryFor = async (request: PlanRequest): Promise<Trajectory> =>
  (await plan(request)).trajectory;

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

beforeAll(() => {
  plan = createPlanner({
    model,
    source: 'analytic',
    calibration: null,
    weights: 'test',
    settings: PLAN_SETTINGS,
    session: plainMppi(PLAN_SETTINGS),
    hash,
  });
});

const flownM = (moments: readonly Moment[]): number =>
  moments.reduce(
    (sum, { position }, index) =>
      index === 0 ? 0 : sum + distance(position, moments[index - 1]!.position),
    0,
  );

const nearest = (moments: readonly Moment[], place: Vector3): number =>
  Math.min(...moments.map(({ position }) => distance(position, place)));

const setpointAt = ({ velocityNedMps }: Trajectory, step: number): Vector3 =>
  vector3(velocityNedMps[3 * step]!, velocityNedMps[3 * step + 1]!, velocityNedMps[3 * step + 2]!);

describe('a plan over the analytic model', () => {
  it('imagines what the model says, step by step', async () => {
    const { trajectory } = await plan(requestOf());
    const step = kinematicStepper(PLAN_SETTINGS.kinematics);
    const motion = new Float64Array(6);
    motion[2] = -20;
    for (let k = 0; k < trajectory.steps; k += 1) {
      step(motion, 0, Float64Array.from(trajectory.velocityNedMps), 3 * k);
      for (let axis = 0; axis < 3; axis += 1) {
        expect(trajectory.positionNedM[3 * (k + 1) + axis]).toBeCloseTo(motion[axis]!, 3);
      }
    }
  });

  it('keeps speed, climb and change of its setpoints within the limits, and ends in a hover', async () => {
    const request = requestOf({
      vehicle: hovering(vector3(0, 0, -5)),
      waypoints: [vector3(30, 30, -50), vector3(-30, 30, -10)],
      previousAction: { velocityNed: vector3(2, 0, 0), yawRateRadps: 0 },
    });
    const { trajectory } = await plan(request);
    let before = request.previousAction.velocityNed;
    for (let step = 0; step < trajectory.steps; step += 1) {
      const now = setpointAt(trajectory, step);
      expect(Math.hypot(now.x, now.y)).toBeLessThanOrEqual(8);
      expect(now.z).toBeGreaterThanOrEqual(-2.5);
      expect(distance(now, before)).toBeLessThanOrEqual(0.4);
      before = now;
    }
    expect(norm(before)).toBe(0);
    expect(trajectory.steps).toBeLessThanOrEqual(64);
    expect(trajectory.tailSteps).toBe(trajectory.steps - PLAN_SETTINGS.horizonSteps);
  });

  it('gives the same bits for the same request, and other bits when one input differs', async () => {
    const request = requestOf({ obstacles: [{ northM: 9, eastM: 1, radiusM: 2, heightM: 40 }] });
    const first = await plan(request);
    await plan(requestOf({ requestId: 2 }));
    expect(await plan(structuredClone(request))).toEqual(first);
    const changed = await plan({ ...request, cruiseSpeedMps: request.cruiseSpeedMps + 1e-9 });
    expect(changed.digest).not.toBe(first.digest);
  });

  it('tells what it rejected, and never trips without members that could disagree', async () => {
    const answer = await plan(requestOf());
    expect(answer).toMatchObject({ model: 'kinematics@1+p2', tripped: false, disagreement: 0 });
    expect(answer.rejected).toHaveLength(PLAN_SETTINGS.recorded);
    for (const { cost } of answer.rejected) expect(cost).toBeGreaterThanOrEqual(answer.bestCost);
  });

  it('turns towards its course at a bounded rate, or keeps the yaw when told to', async () => {
    const request = requestOf({ waypoints: [vector3(0, 60, -20)], cruiseSpeedMps: 8 });
    const { yawRad } = await trajectoryFor(request);
    expect(yawRad.at(-1)).toBeGreaterThan(0.8);
    for (let step = 1; step < yawRad.length; step += 1) {
      expect(Math.abs(yawRad[step]! - yawRad[step - 1]!)).toBeLessThanOrEqual(0.081);
    }
    const kept = await trajectoryFor({ ...request, yaw: 'keep' });
    expect(new Set(kept.yawRad)).toEqual(new Set([0]));
  });
});

describe('plans flown one after the other', () => {
  it('follow a lane with three turns and stop at its end', async () => {
    const lane = [
      vector3(25, 0, -20),
      vector3(25, 25, -20),
      vector3(50, 25, -20),
      vector3(50, 0, -20),
    ];
    const request = requestOf({ waypoints: lane, acceptM: 4 });
    const moments = await fly({ request, plan: trajectoryFor, seconds: 40 });
    const end = moments.at(-1)!;
    expect(distance(end.position, lane[3]!)).toBeLessThan(1);
    expect(norm(end.velocity)).toBeLessThan(0.3);
    for (const corner of lane.slice(0, 3)) expect(nearest(moments, corner)).toBeLessThan(4);
    const meanMps = flownM(moments) / (moments.length * 0.1);
    expect(meanMps).toBeGreaterThan(4);
    expect(Math.max(...moments.map(({ velocity }) => norm(velocity)))).toBeLessThan(6.8);
    for (const { position } of moments) {
      expect(position.x).toBeLessThan(53);
      expect(Math.abs(position.z + 20)).toBeLessThan(0.5);
    }
    expect(new Set(moments.map(({ trajectory }) => trajectory.source))).toEqual(
      new Set(['analytic']),
    );
  });

  it('arrive in wind that no model was told of', async () => {
    const request = requestOf({ waypoints: [vector3(40, 30, -20)] });
    const wind = vector3(-4, 4, 0);
    const moments = await fly({ request, plan: trajectoryFor, seconds: 40, wind });
    expect(distance(moments.at(-1)!.position, vector3(40, 30, -20))).toBeLessThan(1);
  });

  it('go round a cylinder that hides the waypoint', async () => {
    const request = requestOf({
      waypoints: [vector3(60, 0, -20)],
      obstacles: [{ northM: 30, eastM: 0, radiusM: 8, heightM: 40 }],
    });
    const moments = await fly({ request, plan: trajectoryFor, seconds: 40 });
    expect(distance(moments.at(-1)!.position, vector3(60, 0, -20))).toBeLessThan(1);
    const gaps = moments.map(({ position }) => horizontalDistance(position, vector3(30, 0, 0)));
    expect(Math.min(...gaps) - 8).toBeGreaterThan(1);
    expect(Math.min(...gaps) - 8).toBeLessThan(5);
  });

  it('fly over what is low enough', async () => {
    const request = requestOf({
      waypoints: [vector3(60, 0, -20)],
      obstacles: [{ northM: 30, eastM: 0, radiusM: 8, heightM: 12 }],
    });
    const moments = await fly({ request, plan: trajectoryFor, seconds: 40 });
    for (const { position } of moments) expect(Math.abs(position.y)).toBeLessThan(1);
  });

  it('let a neighbour with the right of way cross', async () => {
    const crossing = (atMs: number): Vector3 => vector3(24, -30 + (5 * atMs) / 1000, -20);
    const neighboursAt = (atMs: number) => [flyingTube(1, crossing(atMs), vector3(0, 5, 0), atMs)];
    const request = requestOf({ member: 2, waypoints: [vector3(50, 0, -20)] });
    const moments = await fly({ request, plan: trajectoryFor, neighboursAt, seconds: 40 });
    const separations = moments.map(({ atMs, position }) => distance(position, crossing(atMs)));
    expect(Math.min(...separations)).toBeGreaterThan(request.minSeparationM);
    expect(distance(moments.at(-1)!.position, vector3(50, 0, -20))).toBeLessThan(1);
  });

  it('go round a neighbour that hovers in the way', async () => {
    const there = vector3(20, 0, -20);
    const neighboursAt = (atMs: number) => [flyingTube(1, there, vector3(0, 0, 0), atMs)];
    const request = requestOf({ waypoints: [vector3(40, 0, -20)] });
    const moments = await fly({ request, plan: trajectoryFor, neighboursAt, seconds: 40 });
    expect(nearest(moments, there)).toBeGreaterThan(request.minSeparationM);
    expect(distance(moments.at(-1)!.position, vector3(40, 0, -20))).toBeLessThan(1);
  });

  it('stay inside the fence, whatever the waypoint asks for', async () => {
    const request = requestOf({
      vehicle: hovering(vector3(160, 0, -20)),
      waypoints: [vector3(230, 20, -20)],
      cruiseSpeedMps: 8,
    });
    const moments = await fly({ request, plan: trajectoryFor, seconds: 20 });
    for (const { position } of moments) {
      expect(signedDistanceToEdge(FIELD, position.x, position.y)).toBeGreaterThan(1);
    }
    expect(moments.at(-1)!.position.x).toBeGreaterThan(180);
  });

  it('find the way round a bend of the fence', async () => {
    const bend = [
      { northM: 0, eastM: 0 },
      { northM: 100, eastM: 0 },
      { northM: 100, eastM: 100 },
      { northM: 60, eastM: 100 },
      { northM: 60, eastM: 40 },
      { northM: 0, eastM: 40 },
    ];
    const request = requestOf({
      fence: bend,
      vehicle: hovering(vector3(20, 20, -20)),
      waypoints: [vector3(80, 80, -20)],
    });
    const moments = await fly({ request, plan: trajectoryFor, seconds: 60 });
    expect(distance(moments.at(-1)!.position, vector3(80, 80, -20))).toBeLessThan(1);
    for (const { position } of moments) {
      expect(signedDistanceToEdge(bend, position.x, position.y)).toBeGreaterThan(1);
    }
  });
});
