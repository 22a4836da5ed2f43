import { describe, expect, test } from 'vitest';

import { vector3 } from '#protocols/vector.ts';
import { stationCommands } from './second-client.ts';
import { airborne } from './sortie.ts';

describe('a mode that the agent did not ask for', () => {
  test('makes it let go at once, across a restart, until the operator resumes', () => {
    const sortie = airborne(vector3(3, 0, 0));
    sortie.run(2);
    stationCommands(sortie, 'AUTO_LOITER');
    sortie.until(() => sortie.phase === 'yielded', 1.2);
    sortie.run(3);
    expect(sortie.mode).toBe('AUTO_LOITER');
    expect(sortie.value('setpointNorthMps')).toBeNaN();
    sortie.killPilot();
    sortie.run(1);
    sortie.restartPilot();
    sortie.run(5);
    expect(sortie.phase).toBe('yielded');
    expect(sortie.mode).toBe('AUTO_LOITER');
    // The mind alone cannot take control back.
    sortie.mind = (one) => {
      one.order('fly', 5);
      one.plan(vector3(0, 0, 0));
      one.hearMesh();
    };
    sortie.run(3);
    expect(sortie.phase).toBe('yielded');
    sortie.envelopeBytes(sortie.operator.directive('resume'));
    sortie.until(() => sortie.phase === 'offboard', 5);
  });

  test('ends on the ground with the drone waiting for a resume', () => {
    const sortie = airborne();
    stationCommands(sortie, 'AUTO_LAND');
    sortie.until(() => sortie.phase === 'yielded', 1.2);
    sortie.until(() => sortie.phase === 'landed', 60);
    sortie.mind = (one) => {
      one.order('fly', 5);
      one.hearMesh();
    };
    sortie.run(10);
    expect(sortie.phase).toBe('landed');
    expect(sortie.status?.reason).toMatch(/taken away/u);
    sortie.envelopeBytes(sortie.operator.directive('resume'));
    sortie.until(() => sortie.phase === 'takeoff', 20);
  });

  test('does not keep an operator’s rtl from it', () => {
    const sortie = airborne();
    stationCommands(sortie, 'AUTO_LOITER');
    sortie.until(() => sortie.phase === 'yielded', 1.2);
    sortie.envelopeBytes(sortie.operator.directive('rtl'));
    sortie.until(() => sortie.phase === 'returning', 1);
    sortie.until(() => sortie.mode === 'AUTO_RTL', 1);
    expect(sortie.status?.reason).toBe('operator');
  });
});

describe('a pilot process that is killed in flight', () => {
  test.each([
    ['back before PX4 has noticed', 0.6],
    ['back when PX4 flies home already', 4],
  ])('%s takes the stream up again', (_, awayS) => {
    const sortie = airborne(vector3(2, 0, 0));
    sortie.run(2);
    sortie.killPilot();
    sortie.run(awayS);
    expect(sortie.mode).toBe(awayS < 1 ? 'OFFBOARD' : 'AUTO_RTL');
    sortie.restartPilot();
    sortie.until(() => sortie.phase === 'offboard', 6);
    expect(sortie.mode).toBe('OFFBOARD');
    const northM = sortie.vehicle.quadrotor.positionNed.x;
    sortie.run(4);
    expect(sortie.vehicle.quadrotor.positionNed.x).toBeGreaterThan(northM + 2);
  });

  test('in the take-off, and on the way home, goes on where it died', () => {
    const sortie = airborne();
    sortie.mind = (one) => {
      one.order('return', 2);
      one.hearMesh();
    };
    sortie.until(() => sortie.mode === 'AUTO_RTL', 1);
    sortie.killPilot();
    sortie.run(2);
    sortie.restartPilot();
    sortie.until(() => sortie.phase === 'returning', 2);
    sortie.until(() => sortie.phase === 'landed', 90);
    expect(sortie.phases).not.toContain('yielded');
  });

  test('and stays dead until the landing finds its order spent', () => {
    const sortie = airborne();
    sortie.killPilot();
    sortie.until(() => !sortie.vehicle.autopilot.commander.armed, 90);
    sortie.restartPilot();
    sortie.run(20);
    expect(sortie.phase).toBe('landed');
    expect(sortie.vehicle.autopilot.commander.armed).toBe(false);
  });
});

describe('a link that is cut', () => {
  test.each([
    ['both ways', true, true],
    ['from us only', true, false],
  ])('%s trips PX4’s failsafe, and the mission goes on when it is back', (_, up, down) => {
    const sortie = airborne(vector3(1, 0, 0));
    sortie.uplink = !up;
    sortie.downlink = !down;
    sortie.run(5);
    expect(sortie.mode).toBe('AUTO_RTL');
    sortie.uplink = true;
    sortie.downlink = true;
    sortie.until(() => sortie.mode === 'OFFBOARD' || sortie.phase === 'failsafe', 5);
    sortie.run(3);
    // With telemetry alive the failsafe was seen while setpoints went out: that is not our gap.
    expect(sortie.phase).toBe(down ? 'offboard' : 'failsafe');
  });

  test('to us alone ends in a rest, not in blind flight', () => {
    const sortie = airborne(vector3(3, 0, 0));
    sortie.run(2);
    sortie.downlink = false;
    sortie.run(4);
    expect(Math.abs(sortie.vehicle.quadrotor.velocityNed.x)).toBeLessThan(0.6);
    expect(sortie.mode).toBe('OFFBOARD');
    sortie.downlink = true;
    sortie.until(() => sortie.phase === 'offboard', 3);
  });
});
