import { CommandAck, MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, test } from 'vitest';

import { decode } from '#protocols/mavlink/codec.ts';
import { vector3 } from '#protocols/vector.ts';
import { stationCommands } from './second-client.ts';
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

const ready = (): Sortie => {
  const sortie = new Sortie();
  sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
  eager(sortie);
  return sortie;
};

const abort = (sortie: Sortie): void => sortie.envelopeBytes(sortie.operator.directive('abort'));

describe('an abort wins', () => {
  test('over a goal that was signed before it and is heard after it', () => {
    const sortie = airborne();
    const { goalId } = sortie.envelope;
    sortie.envelope.goalId = { ...goalId, epoch: goalId.epoch + 1 };
    const earlier = sortie.operator.safety(sortie.envelope);
    abort(sortie);
    sortie.run(1);
    sortie.envelopeBytes(earlier);
    eager(sortie);
    sortie.run(4);
    expect([sortie.value('latched'), sortie.mode]).toEqual([1, 'AUTO_RTL']);
    sortie.envelope.goalId = { ...goalId, epoch: goalId.epoch + 2 };
    sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
    sortie.until(() => sortie.phase === 'offboard', 5);
  });

  test('at the end of a take-off, when its command is lost for half a second', () => {
    for (let tenths = 96; tenths < 110; tenths += 3) {
      const sortie = ready();
      sortie.until(() => sortie.phase === 'takeoff', 30);
      const { positionNed } = sortie.vehicle.quadrotor;
      sortie.until(() => positionNed.z < -tenths / 10, 30);
      expect([tenths, sortie.phase]).toEqual([tenths, 'takeoff']);
      sortie.uplink = false;
      abort(sortie);
      sortie.run(0.6);
      sortie.uplink = true;
      sortie.run(3);
      expect([tenths, sortie.phase, sortie.mode]).toEqual([tenths, 'returning', 'AUTO_RTL']);
    }
  });

  test('while a take-off that PX4 has begun is still unanswered', () => {
    for (const afterS of [0.02, 0.4, 1, 1.2]) {
      const sortie = ready();
      const { positionNed } = sortie.vehicle.quadrotor;
      sortie.onTheWay = (frame) => {
        const message = decode(frame);
        const ack = message instanceof CommandAck && message.command === MavCmd.NAV_TAKEOFF;
        return ack ? undefined : frame;
      };
      sortie.until(() => sortie.pilot.core.controls.takeoffState === 'pending', 30);
      sortie.run(afterS);
      abort(sortie);
      sortie.until(() => sortie.mode === 'AUTO_RTL' || !armed(sortie), 3);
      sortie.until(() => !armed(sortie), 90);
      expect(positionNed.z).toBeGreaterThan(-0.5);
    }
  });

  test('a take-off whose answer never came is flown all the same, not left hovering', () => {
    const sortie = ready();
    sortie.onTheWay = (frame) => {
      const message = decode(frame);
      const ack = message instanceof CommandAck && message.command === MavCmd.NAV_TAKEOFF;
      return ack ? undefined : frame;
    };
    sortie.until(() => sortie.phase === 'offboard', 60);
    expect(sortie.pilot.core.memory.owned).toBe(true);
  });

  test('heard before the first heartbeat by a new pilot process, over a vehicle that another flies', () => {
    const sortie = airborne();
    stationCommands(sortie, 'AUTO_LOITER');
    sortie.until(() => sortie.phase === 'yielded', 1.2);
    sortie.run(1);
    sortie.killPilot();
    sortie.run(0.5);
    sortie.restartPilot();
    abort(sortie);
    sortie.until(() => sortie.mode === 'AUTO_RTL', 4);
    expect(sortie.phase).toBe('returning');
  });

  test('whose command never arrived, when the pilot process dies over it in the climb', () => {
    const sortie = ready();
    sortie.until(() => sortie.phase === 'takeoff', 30);
    sortie.run(3);
    sortie.uplink = false;
    abort(sortie);
    sortie.run(0.3);
    sortie.killPilot();
    sortie.run(0.3);
    sortie.uplink = true;
    sortie.restartPilot();
    sortie.until(() => sortie.mode === 'AUTO_RTL', 3);
    sortie.run(0.2);
    expect(sortie.phase).toBe('returning');
  });
});

const armed = (sortie: Sortie): boolean => sortie.vehicle.autopilot.commander.armed;
