import { CommandLong, MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import { expect, test } from 'vitest';

import { decode } from '#protocols/mavlink/codec.ts';
import { seededRandom } from '#protocols/random.ts';
import { vector3 } from '#protocols/vector.ts';
import { Sortie } from './sortie.ts';

/** ARM commands on the wire since then. */
const armsSince = (sortie: Sortie, sinceMs: number): number =>
  sortie.sent.filter(({ nowMs, frame }) => {
    const message = nowMs > sinceMs ? decode(frame) : undefined;
    return (
      message instanceof CommandLong &&
      message.command === MavCmd.COMPONENT_ARM_DISARM &&
      message._param1 === 1
    );
  }).length;

const eagerSortie = (): Sortie => {
  const sortie = new Sortie();
  let number = 0;
  sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
  sortie.mind = (one) => {
    number += 1;
    one.order('fly', number);
    one.plan(vector3(2, 0, 0));
    one.hearMesh();
  };
  return sortie;
};

/** Somewhere between the arming and the far end of a flight. */
const flyAWhile = (sortie: Sortie, share: number): void => {
  sortie.until(() => sortie.phase === 'arming', 30);
  sortie.run(25 * share);
};

const RESUMED = /taken away \(flight controller rebooted\): resume or a newer goal/u;

test('20 reboots of the flight controller at any moment of a flight: it is never armed again by itself', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const sortie = eagerSortie();
    flyAWhile(sortie, seededRandom(seed).fork('reboot').uniform());
    sortie.vehicle.injure({ kind: 'reboot' });
    const rebootMs = sortie.nowMs;
    sortie.run(30);
    expect([seed, armsSince(sortie, rebootMs)]).toEqual([seed, 0]);
    expect(['landed', 'standby']).toContain(sortie.phase);
    expect(sortie.status?.reason).toMatch(RESUMED);
    expect(sortie.vehicle.autopilot.commander.armed).toBe(false);
  }
});

test('nor when the pilot process died with it, before it or after it', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = seededRandom(seed).fork('both');
    const sortie = eagerSortie();
    flyAWhile(sortie, 0.3 + 0.7 * random.uniform());
    const pilotFirst = seed % 2 === 0;
    if (pilotFirst) sortie.killPilot();
    sortie.run(2 * random.uniform());
    sortie.vehicle.injure({ kind: 'reboot' });
    const rebootMs = sortie.nowMs;
    sortie.run(2.5 * random.uniform());
    sortie.killPilot();
    // Up to now the new boot's clock may still be behind the old one's, or far beyond it.
    sortie.run(40 * random.uniform() ** 2);
    sortie.restartPilot();
    sortie.run(30);
    expect([seed, armsSince(sortie, rebootMs)]).toEqual([seed, 0]);
    expect(sortie.status?.reason).toMatch(/taken away \((flight controller rebooted|.*another)\)/u);
  }
});

test('a resume arms it again, once it is ready', () => {
  const sortie = eagerSortie();
  flyAWhile(sortie, 0.8);
  sortie.vehicle.injure({ kind: 'reboot' });
  sortie.run(25);
  sortie.envelopeBytes(sortie.operator.directive('resume'));
  sortie.until(() => sortie.phase === 'takeoff', 20);
  expect(sortie.vehicle.autopilot.commander.armed).toBe(true);
});

test('a pilot that restarts alone does not take its flight controller for a new one', () => {
  for (const awayS of [0.3, 4, 45]) {
    const sortie = eagerSortie();
    flyAWhile(sortie, 0.8);
    sortie.killPilot();
    sortie.run(awayS);
    sortie.restartPilot();
    sortie.run(2);
    expect(sortie.pilot.core.memory.lostBy).not.toBe('flight controller rebooted');
  }
});
