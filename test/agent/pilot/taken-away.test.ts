import { CurrentMode } from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { describe, expect, test } from 'vitest';

import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { customModeOf, type FlightMode } from '#protocols/mavlink/modes.ts';
import { killCommand } from '#protocols/mavlink/vehicle-command.ts';
import { vector3 } from '#protocols/vector.ts';
import { actsSince, stationCommands, stationSays } from './second-client.ts';
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

const encoder = new Encoder(1, 1);

const framed = (message: Parameters<Encoder['encode']>[0]): Frame => {
  const framer = new Framer();
  framer.push(encoder.encode(message));
  return framer.next()!;
};

/** A radio is not fitted to the stand-in: its words are changed on the way instead. */
const showMode = (sortie: Sortie, mode: FlightMode): void => {
  sortie.onTheWay = (frame) => {
    const message = decode(frame);
    if (message instanceof CurrentMode) {
      message.customMode = customModeOf(mode);
      message.intendedCustomMode = customModeOf(mode);
      return framed(message);
    }
    if (!(message instanceof Heartbeat)) return frame;
    message.customMode = customModeOf(mode);
    return framed(message);
  };
};

const resume = (sortie: Sortie): void => sortie.envelopeBytes(sortie.operator.directive('resume'));

const newGoal = (sortie: Sortie): void => {
  sortie.envelope.goalId = { ...sortie.envelope.goalId, epoch: sortie.envelope.goalId.epoch + 1 };
  sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
};

describe('a word of the operator from before somebody took the vehicle', () => {
  test.each([
    ['a resume', resume],
    ['a newer goal', newGoal],
  ])('%s heard in the climb arms nothing after a person has cut the motors', (_, say) => {
    const sortie = new Sortie();
    sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
    eager(sortie);
    sortie.until(() => sortie.phase === 'takeoff', 60);
    sortie.run(0.5);
    say(sortie);
    sortie.run(0.5);
    stationSays(sortie, killCommand());
    sortie.run(0.1);
    const killedMs = sortie.nowMs;
    expect(sortie.vehicle.autopilot.commander.armed).toBe(false);
    sortie.run(20);
    expect(actsSince(sortie, killedMs)).toEqual([]);
    expect(sortie.status?.reason).toMatch(/^taken away \(motors stopped by another\)/u);
    say(sortie);
    sortie.until(() => sortie.phase === 'takeoff', 20);
  });

  test('a resume while a person holds the sticks takes nothing, then or when Hold is chosen later', () => {
    const sortie = airborne(vector3(2, 0, 0));
    stationCommands(sortie, 'AUTO_LOITER');
    showMode(sortie, 'POSCTL');
    sortie.until(() => sortie.phase === 'yielded', 1.2);
    sortie.run(2);
    resume(sortie);
    eager(sortie);
    sortie.run(0.2);
    expect(sortie.status?.reason).toBe('POSCTL: resume again once the sticks are released');
    sortie.run(20);
    sortie.onTheWay = (frame) => frame;
    const holdMs = sortie.nowMs;
    sortie.run(5);
    expect(actsSince(sortie, holdMs)).toEqual([]);
    expect([sortie.phase, sortie.mode]).toEqual(['yielded', 'AUTO_LOITER']);
    resume(sortie);
    sortie.until(() => sortie.phase === 'offboard', 5);
  });

  test('a resume that found no order to fly does not outlive another change of mode', () => {
    const sortie = airborne(vector3(2, 0, 0));
    stationCommands(sortie, 'AUTO_LOITER');
    sortie.until(() => sortie.phase === 'yielded', 1.2);
    sortie.mind = (one) => {
      one.order('return', 50);
      one.hearMesh();
    };
    sortie.run(1);
    resume(sortie);
    sortie.run(2);
    stationCommands(sortie, 'AUTO_LAND');
    sortie.run(1);
    eager(sortie);
    const landMs = sortie.nowMs;
    sortie.run(3);
    expect(actsSince(sortie, landMs)).toEqual([]);
    expect([sortie.phase, sortie.mode]).toEqual(['yielded', 'AUTO_LAND']);
  });
});
