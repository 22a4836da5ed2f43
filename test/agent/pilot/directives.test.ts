import { describe, expect, test } from 'vitest';

import { vector3 } from '#protocols/vector.ts';
import { Operator } from './operator.ts';
import { airborne, Sortie } from './sortie.ts';

/** A newer goal of the same operator, and a mind that flies under it. */
const startNewGoal = (sortie: Sortie, order: number): void => {
  sortie.envelope.goalId = { ...sortie.envelope.goalId, epoch: sortie.envelope.goalId.epoch + 1 };
  sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
  sortie.mind = (one) => {
    one.order('fly', order);
    one.plan(vector3(1, 0, 0));
    one.hearMesh();
  };
};

describe('an abort', () => {
  test('brings the drone home at once, and nothing but a newer signed goal undoes it', () => {
    const sortie = airborne(vector3(3, 0, 0));
    sortie.run(3);
    sortie.envelopeBytes(sortie.operator.directive('abort'));
    sortie.tick();
    sortie.until(() => sortie.phase === 'returning', 0.2);
    sortie.until(() => sortie.mode === 'AUTO_RTL', 0.5);
    expect(sortie.value('latched')).toBe(1);
    sortie.envelopeBytes(sortie.operator.directive('resume'));
    sortie.mind = (one) => {
      one.order('fly', 9);
      one.plan(vector3(3, 0, 0));
      one.hearMesh();
    };
    sortie.run(3);
    expect(sortie.mode).toBe('AUTO_RTL');
    // The goal that was cancelled, signed again, is no newer one.
    sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
    sortie.run(1);
    expect(sortie.value('latched')).toBe(1);
    startNewGoal(sortie, 10);
    sortie.until(() => sortie.phase === 'offboard', 5);
    expect(sortie.value('latched')).toBe(0);
  });

  test('on the ground keeps the drone there, across a restart of its pilot', () => {
    const sortie = new Sortie();
    sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
    sortie.envelopeBytes(sortie.operator.directive('abort'));
    sortie.run(1);
    sortie.killPilot();
    sortie.run(0.5);
    sortie.restartPilot();
    sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
    sortie.mind = (one) => {
      one.order('fly', 3);
      one.hearMesh();
    };
    sortie.run(12);
    expect(sortie.phase).toBe('standby');
    expect(sortie.status?.reason).toMatch(/^aborted/u);
  });

  test('heard before any goal lets only a later goal of its own author fly', () => {
    const sortie = new Sortie();
    const early = sortie.operator.safety(sortie.envelope);
    sortie.envelopeBytes(sortie.operator.directive('abort'));
    sortie.run(1);
    sortie.envelopeBytes(early);
    sortie.run(1);
    expect([sortie.value('goalEpoch'), sortie.value('latched')]).toEqual([1, 1]);
    sortie.envelope.goalId = { ...sortie.envelope.goalId, epoch: 2 };
    sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
    sortie.run(1);
    expect([sortie.value('goalEpoch'), sortie.value('latched')]).toEqual([2, 0]);
  });

  test('overtaken by a later directive still counts', () => {
    const sortie = airborne();
    const abort = sortie.operator.directive('abort');
    sortie.envelopeBytes(sortie.operator.directive('hold'));
    sortie.run(0.5);
    sortie.envelopeBytes(abort);
    sortie.until(() => sortie.mode === 'AUTO_RTL', 1);
    sortie.run(0.2);
    expect(sortie.status?.reason).toBe('abort');
  });
});

describe('hold, resume, rtl and land', () => {
  test('hold stops the drone where it is until the resume', () => {
    const sortie = airborne(vector3(4, 0, 0));
    sortie.run(3);
    sortie.envelopeBytes(sortie.operator.directive('hold'));
    sortie.until(() => sortie.phase === 'holding', 0.2);
    sortie.run(5);
    expect(Math.abs(sortie.vehicle.quadrotor.velocityNed.x)).toBeLessThan(0.5);
    expect(sortie.status?.reason).toBe('operator-hold');
    expect([sortie.value('directiveIssuer'), sortie.value('directiveNumber')]).toEqual([100, 1]);
    sortie.envelopeBytes(sortie.operator.directive('resume'));
    sortie.until(() => sortie.phase === 'offboard', 0.2);
  });

  test('rtl stands against the mind until the resume brings the drone back', () => {
    const sortie = airborne();
    sortie.envelopeBytes(sortie.operator.directive('rtl'));
    sortie.until(() => sortie.mode === 'AUTO_RTL', 1);
    sortie.mind = (one) => {
      one.order('fly', 7);
      one.plan(vector3(0, 0, 0));
      one.hearMesh();
    };
    sortie.run(2);
    expect(sortie.phase).toBe('returning');
    sortie.envelopeBytes(sortie.operator.directive('resume'));
    sortie.until(() => sortie.phase === 'offboard', 3);
  });

  test('land lands here', () => {
    const sortie = airborne(vector3(0, 4, 0));
    sortie.run(5);
    sortie.envelopeBytes(sortie.operator.directive('land'));
    sortie.until(() => sortie.phase === 'landed', 60);
    expect(sortie.vehicle.quadrotor.positionNed.y).toBeGreaterThan(12);
    expect(sortie.vehicle.autopilot.commander.armed).toBe(false);
  });

  test('for others leaves this one alone', () => {
    const sortie = airborne();
    sortie.envelopeBytes(sortie.operator.directive('rtl', { targets: [2, 3] }));
    sortie.run(1);
    expect(sortie.phase).toBe('offboard');
    sortie.envelopeBytes(sortie.operator.directive('rtl', { targets: [3, 1] }));
    sortie.until(() => sortie.phase === 'returning', 0.2);
  });
});

describe('kill', () => {
  test('needs the second confirmation, then cuts the motors in the air', () => {
    const sortie = airborne();
    sortie.envelopeBytes(sortie.operator.directive('kill'));
    sortie.run(1);
    expect(sortie.vehicle.autopilot.commander.armed).toBe(true);
    sortie.envelopeBytes(sortie.operator.directive('kill', { confirmed: true }));
    sortie.run(0.2);
    expect(sortie.vehicle.autopilot.commander.armed).toBe(false);
    sortie.until(() => sortie.phase === 'landed', 3);
    expect(sortie.value('latched')).toBe(1);
  });
});

describe('words that are no operator’s', () => {
  test('a stranger, a wrong signature, a replay and noise change nothing', () => {
    const sortie = airborne();
    const stranger = new Operator();
    sortie.envelopeBytes(stranger.directive('abort'));
    sortie.envelopeBytes(new Operator(101).directive('abort'));
    const hold = sortie.operator.directive('hold');
    const bent = hold.slice();
    bent[32] = 5;
    sortie.envelopeBytes(bent);
    sortie.envelopeBytes(Uint8Array.from([1, 2, 3]));
    sortie.run(0.5);
    expect(sortie.phase).toBe('offboard');
    expect(sortie.value('directiveNumber')).toBeNaN();
    sortie.envelopeBytes(hold);
    sortie.envelopeBytes(sortie.operator.directive('resume'));
    sortie.run(0.5);
    expect(sortie.phase).toBe('offboard');
    sortie.envelopeBytes(hold);
    sortie.run(0.5);
    expect(sortie.phase).toBe('offboard');
  });

  test('another operator’s goal under the first one’s name is refused', () => {
    const other = new Operator(101);
    const sortie = new Sortie();
    sortie.envelopeBytes(other.safety(sortie.envelope));
    sortie.run(1);
    expect(sortie.value('goalEpoch')).toBeNaN();
  });
});
