import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { clamp } from '#protocols/units.ts';
import { limitNorm, subtract } from '#protocols/vector.ts';
import type { Sabotage } from '#sim/episode/sabotage.ts';
import { faster, isSetpoint, judgedFlight, openAnalytic } from './judged-flight.ts';

let planner: OpenPlanner;
beforeAll(async () => {
  planner = await openAnalytic();
});
afterAll(() => planner.close());

type Tamper = NonNullable<Sabotage['toVehicle']>;

/** What the judge says of a flight in which something is wrong from a moment in OFFBOARD on. */
const judged = (toVehicle: Tamper, untilMs: number): Promise<string[]> =>
  judgedFlight(planner, { toVehicle }, untilMs);

describe('bugs planted in a flight are seen by the judge', () => {
  it('none: nothing to say', async () => {
    expect(await judged((_sysid, packet) => packet, 30_000)).toEqual([]);
  });

  it('a pilot that pauses for 0.4 s: I4', async () => {
    const pause: Tamper = (sysid, packet, nowMs) =>
      sysid === 1 && isSetpoint(packet) && nowMs > 26_000 && nowMs < 26_400 ? undefined : packet;
    expect(await judged(pause, 28_000)).toEqual(['I4']);
  });

  it('a pilot whose guard does nothing: I3 at once, then I2', async () => {
    const flee: Tamper = (sysid, packet, nowMs) =>
      sysid === 1 && isSetpoint(packet) && nowMs > 26_000 ? faster(packet, [11, 0, 0]) : packet;
    expect(await judged(flee, 36_000)).toEqual(['I2', 'I3']);
  });

  it('two that are led into each other: I1', async () => {
    const collide: Tamper = (sysid, packet, nowMs, episode) => {
      if (!isSetpoint(packet) || nowMs < 19_000) return packet;
      const { positionNed } = episode.vehicle(sysid)!.quadrotor;
      const other = episode.vehicle(3 - sysid)!.quadrotor.positionNed;
      const way = limitNorm(subtract(other, positionNed), 4);
      return faster(packet, [way.x, way.y, clamp(way.z, -2, 1)]);
    };
    expect(await judged(collide, 26_000)).toContain('I1');
  });
});
