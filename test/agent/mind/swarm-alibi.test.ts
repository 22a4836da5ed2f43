import { describe, expect, it } from 'vitest';

import { activate, type ActiveGoal } from '#agent/mind/mission/active-goal.ts';
import { cellCentre } from '#agent/mind/mission/grid.ts';
import { beginAlibis, canHaveSeen, noteTrack, type Alibis } from '#agent/mind/swarm/alibi.ts';
import type { Beacon } from '#protocols/gossip/beacon.ts';

import { storyGoal, storySafety } from '../../protocols/gossip/mission-story.ts';
import { beaconOf, Cast, goalOne, OPERATOR } from '../../protocols/gossip/swarm-story.ts';
import { geodeticFromNed } from '#protocols/frames.ts';
import { vector3 } from '#protocols/vector.ts';

const safety = new Cast().envelope(OPERATOR, 'safety', storySafety(goalOne), { sequence: 1 });
const goal: ActiveGoal = activate(storyGoal(goalOne, safety), 1, 0)!;

/** A drone that is heard twice a second on its way along a line of cells. */
class Witnessed {
  readonly alibis: Alibis = new Map();
  #beacon: Beacon = beaconOf(2);
  #nowMs = 0;

  at(northM: number, eastM: number, nowMs: number, bootEpoch = 1): void {
    const { latDeg, lonDeg } = geodeticFromNed(goal.mission.origin, vector3(northM, eastM, 0));
    this.#beacon = beaconOf(2, {
      latE7: Math.round(1e7 * latDeg),
      lonE7: Math.round(1e7 * lonDeg),
      positionStdCm: 50,
    });
    this.#nowMs = nowMs;
    const heard = { beacon: this.#beacon, bootEpoch, sentMs: nowMs, heardMs: nowMs };
    noteTrack(this.alibis, goal, 2, heard);
  }

  /** `lateMs` after this drone's mesh had it, to a drone whose last word named the goal `known`. */
  goalComes(known: Beacon['goal'] = null, lateMs = 0): void {
    const nowMs = this.#nowMs;
    const phase = known === null ? ('standby' as const) : ('offboard' as const);
    const beaconThen = { ...this.#beacon, goal: known, phase };
    beginAlibis(this.alibis, goal, () => beaconThen, { receivedMs: nowMs - lateMs, nowMs });
  }

  canHaveSeen(northM: number, eastM: number): boolean {
    const { cellM } = goal.grid;
    const cell = { row: Math.floor(northM / cellM), column: Math.floor(eastM / cellM) };
    return canHaveSeen(this.alibis, goal, 2, cell, this.#nowMs);
  }
}

const sorted = goal.grid.cells
  .map((cell) => cellCentre(goal.grid.cellM, cell))
  .sort((a, b) => a.northM - b.northM || a.eastM - b.eastM);
const south = sorted[0]!;
const north = sorted.at(-1)!;
const farM = Math.hypot(north.northM - south.northM, north.eastM - south.eastM);

/** Along the straight way from south to north, `share` of it, at the mission's speed. */
const fly = (drone: Witnessed, share: number, fromMs: number): number => {
  const seconds = (share * farM) / goal.mission.limits.maxSpeedMps;
  for (let t = 0; t <= seconds; t += 0.5) {
    const way = (share * t) / seconds;
    drone.at(
      south.northM + way * (north.northM - south.northM),
      south.eastM + way * (north.eastM - south.eastM),
      fromMs + 1000 * t,
    );
  }
  return fromMs + 1000 * seconds;
};

describe('where another drone can have looked', () => {
  it('is anywhere when it was at work on the goal before it came here, or this mind began anew', () => {
    for (const [known, lateMs] of [
      [goal.id, 0],
      [null, 60_000],
    ] as const) {
      const drone = new Witnessed();
      drone.at(south.northM, south.eastM, 0);
      drone.goalComes(known, lateMs);
      expect(drone.canHaveSeen(north.northM, north.eastM)).toBe(true);
    }
    const idle = new Witnessed();
    idle.at(south.northM, south.eastM, 0);
    idle.goalComes();
    expect(idle.canHaveSeen(north.northM, north.eastM)).toBe(false);
  });

  it('is where it was heard to fly, and nowhere else', () => {
    expect(farM).toBeGreaterThan(150);
    const drone = new Witnessed();
    drone.at(south.northM, south.eastM, 0);
    drone.goalComes();
    expect(drone.canHaveSeen(south.northM, south.eastM)).toBe(true);
    expect(drone.canHaveSeen(north.northM, north.eastM)).toBe(false);
    const endMs = fly(drone, 1, 0);
    expect(drone.canHaveSeen(north.northM, north.eastM)).toBe(true);
    // And it stays so when it has left.
    drone.at(south.northM, south.eastM, endMs + 60_000);
    expect(drone.canHaveSeen(north.northM, north.eastM)).toBe(true);
  });

  it('is anywhere within reach while nobody heard it, also over a reboot', () => {
    for (const bootEpoch of [1, 2]) {
      const drone = new Witnessed();
      drone.at(south.northM, south.eastM, 0);
      drone.goalComes();
      drone.at(south.northM, south.eastM, 500);
      expect(drone.canHaveSeen(north.northM, north.eastM)).toBe(false);
      drone.at(south.northM, south.eastM, 500 + (2500 * farM) / 10, bootEpoch);
      expect(drone.canHaveSeen(north.northM, north.eastM)).toBe(true);
    }
  });

  it('is anywhere at all when its beginning is missing', () => {
    const drone = new Witnessed();
    drone.goalComes();
    expect(drone.canHaveSeen(north.northM, north.eastM)).toBe(true);
    drone.at(south.northM, south.eastM, 5000);
    drone.at(south.northM, south.eastM, 5500);
    expect(drone.canHaveSeen(north.northM, north.eastM)).toBe(true);
  });

  it('is found out at once, whatever a beacon says of its place', () => {
    const drone = new Witnessed();
    drone.at(south.northM, south.eastM, 0);
    drone.goalComes();
    // An estimator that is lost, or a liar: a doubt of 650 m, and the other side of the Earth.
    const lost = beaconOf(2, { latE7: -900_000_000, lonE7: 1_800_000_000, positionStdCm: 65_535 });
    for (let sentMs = 1000; sentMs < 21_000; sentMs += 1000) {
      noteTrack(drone.alibis, goal, 2, { beacon: lost, bootEpoch: 1, sentMs, heardMs: sentMs });
    }
    expect(drone.canHaveSeen(north.northM, north.eastM)).toBe(false);
  });
});
