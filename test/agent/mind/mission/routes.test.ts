import { describe, expect, it } from 'vitest';

import { gotoRoute } from '#agent/mind/mission/routes.ts';
import { loadMission } from '#coordinator/mission/load.ts';
import { geodeticFromNed } from '#protocols/frames.ts';
import type { Mission } from '#protocols/mission/mission.ts';

const BASE = loadMission('missions/search-irchel.yaml');

const place = (x: number, y: number): { latDeg: number; lonDeg: number } => {
  const { latDeg, lonDeg } = geodeticFromNed(BASE.origin, { x, y, z: 0 });
  return { latDeg, lonDeg };
};

const FLEET = [2, 5, 9];
const goto: Mission = { ...BASE, kind: 'goto', waypoints: [place(0, 0), place(50, 0)] };

describe('the way of one drone of a goto mission', () => {
  it('leads over the waypoints in its own lane, two separations beside the next', () => {
    const [west, middle, east] = FLEET.map((_, index) => gotoRoute(goto, index, FLEET));
    expect(middle).toEqual([
      { northM: 0, eastM: 0 },
      { northM: 50, eastM: 0 },
    ]);
    expect(west!.map(({ eastM }) => eastM)).toEqual([-8, -8]);
    expect(east!.map(({ eastM }) => eastM)).toEqual([8, 8]);
  });

  it('ends at its own goal, told by its sysid and not by its place in the fleet', () => {
    const goals = [
      { sysid: 9, ...place(60, 30) },
      { sysid: 5, ...place(60, -30) },
    ];
    const mission = { ...goto, goals };
    expect(gotoRoute(mission, 2, FLEET).at(-1)).toEqual({ northM: 60, eastM: 30 });
    expect(gotoRoute(mission, 1, FLEET).at(-1)).toEqual({ northM: 60, eastM: -30 });
    expect(gotoRoute(mission, 2, FLEET).length).toBe(3);
    // Who was given none ends with the waypoints.
    expect(gotoRoute(mission, 0, FLEET)).toEqual(gotoRoute(goto, 0, FLEET));
  });

  it('leads straight to the goal where there are no waypoints', () => {
    const { waypoints: _, ...rest } = goto;
    const mission: Mission = { ...rest, goals: [{ sysid: 2, ...place(-40, 10) }] };
    expect(gotoRoute(mission, 0, FLEET)).toEqual([{ northM: -40, eastM: 10 }]);
    expect(gotoRoute(mission, 1, FLEET)).toEqual([]);
  });
});
