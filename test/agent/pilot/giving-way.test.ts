import { describe, expect, test } from 'vitest';

import type { Neighbour } from '#protocols/channel/neighbours.ts';
import { FLIGHT_PHASES } from '#protocols/flight-phase.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { airborne, type Sortie } from './sortie.ts';

const returning = (sortie: Sortie, positionNed: Vector3, velocityNed: Vector3): Neighbour => ({
  member: 2,
  atMs: sortie.nowMs,
  clockErrorMs: 0,
  positionNed,
  velocityNed,
  positionStdM: 0.25,
  phase: FLIGHT_PHASES.indexOf('returning'),
  airborne: true,
  tubeStartMs: 0,
  knotMs: 200,
  tube: [],
});

/** Sent home from 30 m north, with another in the air that the mesh tells of by `other`. */
const sentHome = (other: (sortie: Sortie) => Neighbour[]): Sortie => {
  const sortie = airborne(vector3(4, 0, 0));
  sortie.run(8);
  sortie.mind = (one) => {
    one.order('fly', 1);
    one.hearMesh(other(one));
  };
  sortie.envelopeBytes(sortie.operator.directive('abort'));
  sortie.until(() => sortie.mode === 'AUTO_RTL', 5);
  return sortie;
};

const heightM = (sortie: Sortie): number => -sortie.vehicle.quadrotor.positionNed.z;

describe('on its way home', () => {
  test('a drone waits on its way up while another crosses above it, and goes on after', () => {
    let isCrossing = true;
    const sortie = sentHome((one) => {
      const { x, y } = one.vehicle.quadrotor.positionNed;
      // Always two seconds away, at 20 m.
      return isCrossing ? [returning(one, vector3(x, y - 10, -20), vector3(0, 5, 0))] : [];
    });
    sortie.until(() => sortie.mode === 'AUTO_LOITER', 8);
    sortie.run(3);
    expect(sortie.phase).toBe('returning');
    expect(heightM(sortie)).toBeLessThan(20 - 4);
    expect(Math.abs(sortie.vehicle.quadrotor.velocityNed.z)).toBeLessThan(0.3);
    isCrossing = false;
    sortie.until(() => sortie.mode === 'AUTO_RTL', 2);
    sortie.until(() => sortie.phase === 'landed', 90);
  });

  test('a drone that waits over its home comes down from there, not up to its layer again', () => {
    let isCrossing = false;
    const sortie = sentHome((one) =>
      isCrossing ? [returning(one, vector3(0, -10, -10), vector3(0, 5, 0))] : [],
    );
    sortie.until(() => sortie.vehicle.quadrotor.velocityNed.z > 1 && heightM(sortie) < 17, 60);
    isCrossing = true;
    sortie.until(() => sortie.mode === 'AUTO_LOITER', 2);
    sortie.run(2);
    const waitedM = heightM(sortie);
    expect(waitedM).toBeGreaterThan(13);
    isCrossing = false;
    sortie.until(() => sortie.mode === 'AUTO_LAND', 2);
    let highestM = 0;
    sortie.until(() => {
      highestM = Math.max(highestM, heightM(sortie));
      return sortie.phase === 'landed';
    }, 60);
    expect(highestM).toBeLessThan(waitedM + 0.5);
  });

  test('waits no longer than helps', () => {
    const sortie = sentHome((one) => {
      const { x, y } = one.vehicle.quadrotor.positionNed;
      return [returning(one, vector3(x, y - 10, -20), vector3(0, 5, 0))];
    });
    sortie.until(() => sortie.mode === 'AUTO_LOITER', 8);
    const sinceMs = sortie.nowMs;
    sortie.until(() => sortie.mode === 'AUTO_RTL', 15);
    expect(sortie.nowMs - sinceMs).toBeGreaterThan(11_000);
  });

  test('a pilot that dies while it waits is followed by one that flies home', () => {
    const sortie = sentHome((one) => {
      const { x, y } = one.vehicle.quadrotor.positionNed;
      return [returning(one, vector3(x, y - 10, -20), vector3(0, 5, 0))];
    });
    sortie.until(() => sortie.mode === 'AUTO_LOITER', 8);
    sortie.run(1);
    expect(sortie.status?.reason).toBe('abort, waits for drone 2 to pass');
    sortie.killPilot();
    sortie.run(2);
    sortie.mind = (one) => one.hearMesh();
    sortie.restartPilot();
    sortie.until(() => sortie.phase === 'returning' && sortie.mode === 'AUTO_RTL', 5);
    sortie.until(() => sortie.phase === 'landed', 90);
  });

  test('a person who takes another mode while it waits has it', () => {
    const sortie = sentHome((one) => {
      const { x, y } = one.vehicle.quadrotor.positionNed;
      return [returning(one, vector3(x, y - 10, -20), vector3(0, 5, 0))];
    });
    sortie.until(() => sortie.mode === 'AUTO_LOITER', 8);
    sortie.run(1);
    const { commander, situation } = sortie.vehicle.autopilot;
    commander.requestMode('AUTO_LAND', situation);
    sortie.run(3);
    expect([sortie.phase, sortie.mode]).toEqual(['yielded', 'AUTO_LAND']);
  });
});
