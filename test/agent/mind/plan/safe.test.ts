import { describe, expect, it } from 'vitest';
import { safePlanner } from '#agent/mind/plan/safe.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { distance, horizontalDistance, norm, vector3 } from '#protocols/vector.ts';
import { signedDistanceToEdge } from '#protocols/polygon.ts';
import { FIELD, fly, flyingTube, requestOf } from './plant.ts';

const plan = safePlanner(PLAN_SETTINGS);

describe('the safe planner', () => {
  it('flies slowly to the waypoint and stops over it', async () => {
    const moments = await fly({
      request: requestOf({ waypoints: [vector3(30, 20, -15)] }),
      plan,
      seconds: 40,
    });
    const last = moments.at(-1)!;
    expect(distance(last.position, vector3(30, 20, -15))).toBeLessThan(1);
    expect(norm(last.velocity)).toBeLessThan(0.3);
    expect(Math.max(...moments.map(({ velocity }) => norm(velocity)))).toBeLessThan(3.9);
  });

  it('ends every plan in a hover, inside the limits of speed and acceleration', () => {
    const trajectory = plan(requestOf());
    const { steps, tailSteps, velocityNedMps } = trajectory;
    expect(trajectory.source).toBe('safe');
    expect(tailSteps).toBeGreaterThanOrEqual(10);
    expect(Array.from(velocityNedMps.slice(-3))).toEqual([0, 0, 0]);
    for (let step = 1; step < steps; step += 1) {
      const change = [0, 1, 2].map(
        (axis) => velocityNedMps[3 * step + axis]! - velocityNedMps[3 * step - 3 + axis]!,
      );
      expect(Math.hypot(...change)).toBeLessThanOrEqual(0.4);
    }
  });

  it('goes round a cylinder that stands on the line', async () => {
    const request = requestOf({
      waypoints: [vector3(60, 0, -20)],
      obstacles: [{ northM: 30, eastM: 0, radiusM: 6, heightM: 40 }],
    });
    const moments = await fly({ request, plan, seconds: 60 });
    expect(distance(moments.at(-1)!.position, vector3(60, 0, -20))).toBeLessThan(1);
    const gaps = moments.map(({ position }) => horizontalDistance(position, vector3(30, 0, 0)) - 6);
    expect(Math.min(...gaps)).toBeGreaterThan(2.5);
  });

  it('keeps away from a neighbour that crosses its way', async () => {
    const neighboursAt = (atMs: number) => [
      flyingTube(2, vector3(15, -24 + (4 * atMs) / 1000, -20), vector3(0, 4, 0), atMs),
    ];
    const request = requestOf({ waypoints: [vector3(40, 0, -20)] });
    const moments = await fly({ request, plan, neighboursAt, seconds: 60 });
    expect(distance(moments.at(-1)!.position, vector3(40, 0, -20))).toBeLessThan(1);
    const separations = moments.map(({ position, atMs }) =>
      distance(position, vector3(15, -24 + (4 * atMs) / 1000, -20)),
    );
    expect(Math.min(...separations)).toBeGreaterThan(4.5);
  });

  it('stops inside the fence when the waypoint lies beyond it', async () => {
    const request = requestOf({
      vehicle: { ...requestOf().vehicle, positionNed: vector3(170, 0, -20) },
      waypoints: [vector3(260, 0, -20)],
    });
    const moments = await fly({ request, plan, seconds: 30 });
    const inside = moments.map(({ position }) =>
      signedDistanceToEdge(FIELD, position.x, position.y),
    );
    expect(Math.min(...inside)).toBeGreaterThan(2);
  });

  it('plans the same bits for the same request', () => {
    const request = requestOf({ obstacles: [{ northM: 8, eastM: 0, radiusM: 3, heightM: 40 }] });
    expect(plan(request)).toEqual(plan(structuredClone(request)));
  });
});
