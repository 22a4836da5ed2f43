import { describe, expect, test } from 'vitest';

import { vector3 } from '#protocols/vector.ts';
import { actsSince } from './second-client.ts';
import { airborne, Sortie } from './sortie.ts';

/** A mind that never gives up: ever newer orders to fly. */
const eager = (sortie: Sortie): void => {
  let number = 100;
  sortie.mind = (one) => {
    number += 1;
    one.order('fly', number);
    one.plan(vector3(2, 0, 0));
    one.hearMesh();
  };
};

type Name = Parameters<Sortie['vehicle']['autopilot']['situation']['parameters']['set']>[0];

const set = (sortie: Sortie, name: Name, value: number): void =>
  sortie.vehicle.autopilot.situation.parameters.set(name, value);

/** PX4's fence now lies behind the vehicle. */
const fenceBehind = (sortie: Sortie): void => {
  const { x, y } = sortie.vehicle.quadrotor.positionNed;
  set(sortie, 'COM_FAIL_ACT_T', 0);
  set(sortie, 'GF_ACTION', 3);
  set(sortie, 'GF_MAX_HOR_DIST', Math.max(1, Math.sqrt(x * x + y * y) - 1));
};

const leavesItAlone = (sortie: Sortie): void => {
  sortie.until(() => sortie.mode === 'AUTO_RTL', 4);
  // HEARTBEAT may be the only one to say so.
  const sinceMs = sortie.nowMs + 250;
  sortie.run(4);
  expect(actsSince(sortie, sinceMs)).toEqual([]);
  expect([sortie.phase, sortie.mode]).toEqual(['failsafe', 'AUTO_RTL']);
};

describe('a failsafe that PX4 has reasons of its own for is not fought', () => {
  test('when a gap that tripped nothing came seconds before it', () => {
    const sortie = airborne(vector3(2, 0, 0));
    eager(sortie);
    sortie.run(2);
    sortie.downlink = false;
    sortie.run(0.95);
    sortie.downlink = true;
    sortie.run(2);
    expect([sortie.phase, sortie.mode]).toEqual(['offboard', 'OFFBOARD']);
    fenceBehind(sortie);
    leavesItAlone(sortie);
  });

  test.each([
    [0, 'AUTO_RTL'],
    [5, 'AUTO_LOITER'],
  ])('while OFFBOARD is being asked for; PX4 acts after %i s: %s', (actsAfterS, mode) => {
    const sortie = new Sortie();
    sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
    eager(sortie);
    sortie.until(() => sortie.phase === 'takeoff', 60);
    sortie.until(() => sortie.pilot.core.memory.phase === 'holding', 30);
    // The fence is quicker than the first request for OFFBOARD.
    sortie.uplink = false;
    set(sortie, 'COM_FAIL_ACT_T', actsAfterS);
    set(sortie, 'GF_ACTION', 3);
    set(sortie, 'GF_MAX_VER_DIST', 5);
    sortie.until(() => sortie.vehicle.autopilot.commander.failsafeActive, 3);
    sortie.run(1.05);
    sortie.uplink = true;
    const sinceMs = sortie.nowMs;
    sortie.run(3);
    expect(actsSince(sortie, sinceMs)).toEqual([]);
    expect(['failsafe', 'yielded']).toContain(sortie.phase);
    expect(sortie.mode).toBe(mode);
  });

  test('nor ended by the mind’s next order while the vehicle returns; a resume ends it', () => {
    const sortie = airborne(vector3(2, 0, 0));
    sortie.run(3);
    sortie.mind = (one) => {
      one.order('return', 50);
      one.hearMesh();
    };
    sortie.until(() => sortie.mode === 'AUTO_RTL', 2);
    sortie.run(1);
    fenceBehind(sortie);
    sortie.until(() => sortie.vehicle.autopilot.commander.failsafeActive, 3);
    sortie.run(1.05);
    eager(sortie);
    const sinceMs = sortie.nowMs;
    sortie.run(2);
    expect(actsSince(sortie, sinceMs)).toEqual([]);
    expect([sortie.phase, sortie.mode]).toEqual(['returning', 'AUTO_RTL']);
    set(sortie, 'GF_MAX_HOR_DIST', 200);
    sortie.envelopeBytes(sortie.operator.directive('resume'));
    sortie.until(() => sortie.phase === 'offboard', 5);
  });
});
