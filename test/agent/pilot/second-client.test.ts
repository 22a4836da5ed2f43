import { describe, expect, test } from 'vitest';

import { MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import type { FlightPhase } from '#protocols/flight-phase.ts';
import type { FlightMode } from '#protocols/mavlink/modes.ts';
import { killCommand } from '#protocols/mavlink/vehicle-command.ts';
import { seededRandom, type Random } from '#protocols/random.ts';
import { vector3 } from '#protocols/vector.ts';
import { actsSince, stationCommands, stationSays } from './second-client.ts';
import { Sortie } from './sortie.ts';

const SEEDS = 20;

/** A mind that never gives up: ever newer orders to fly. */
const eager = (sortie: Sortie, kind: 'fly' | 'return' | 'land'): void => {
  let number = (sortie.pilot.core.memory.order?.number ?? 10) + 1;
  sortie.mind = (one) => {
    number += kind === 'fly' ? 1 : 0;
    one.order(kind, number);
    one.plan(vector3(2, 1, 0));
    one.hearMesh();
  };
};

const ready = (): Sortie => {
  const sortie = new Sortie();
  sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
  eager(sortie, 'fly');
  return sortie;
};

/** How each phase is reached, how long it may last, s, and what is a change of mode in it. */
const PHASES: readonly {
  phase: FlightPhase;
  reach: (sortie: Sortie, random: Random) => void;
  withinS: number;
  modes: readonly FlightMode[];
}[] = [
  {
    phase: 'arming',
    reach: (sortie) =>
      sortie.until(() => sortie.phase === 'arming' && sortie.pilot.core.checked !== undefined, 30),
    withinS: 0.8,
    modes: ['AUTO_LAND', 'AUTO_RTL', 'OFFBOARD', 'STABILIZED'],
  },
  {
    phase: 'takeoff',
    reach: (sortie) => sortie.until(() => sortie.phase === 'takeoff', 60),
    withinS: 7,
    modes: ['AUTO_LOITER', 'AUTO_LAND', 'AUTO_RTL'],
  },
  {
    phase: 'holding',
    reach: (sortie) => sortie.until(() => sortie.phase === 'holding', 60),
    withinS: 0.4,
    modes: ['AUTO_LAND', 'AUTO_RTL'],
  },
  {
    phase: 'offboard',
    reach: (sortie) => sortie.until(() => sortie.phase === 'offboard', 60),
    withinS: 8,
    modes: ['AUTO_LOITER', 'AUTO_LAND', 'AUTO_RTL', 'AUTO_TAKEOFF'],
  },
  {
    phase: 'returning',
    reach: (sortie, random) => {
      sortie.until(() => sortie.phase === 'offboard', 60);
      sortie.run(6 * random.uniform());
      eager(sortie, 'return');
      sortie.until(() => sortie.phase === 'returning', 2);
    },
    withinS: 10,
    modes: ['AUTO_LOITER', 'AUTO_LAND'],
  },
  {
    phase: 'landing',
    reach: (sortie, random) => {
      sortie.until(() => sortie.phase === 'offboard', 60);
      sortie.run(6 * random.uniform());
      eager(sortie, 'land');
      sortie.until(() => sortie.phase === 'landing', 2);
    },
    withinS: 6,
    modes: ['AUTO_LOITER', 'AUTO_RTL'],
  },
];

/** CURRENT_MODE comes every 100 ms. */
const CROSSING_S = 0.14;

/** HEARTBEAT, the slower of the two ways in which a mode shows, and a tick. */
const SEEN_WITHIN_S = 1.05;

describe('a second client on the vehicle', () => {
  test.each(PHASES)(
    'changes the mode while the agent is $phase: it lets go, and stays away',
    ({ phase, reach, withinS, modes }) => {
      let changes = 0;
      for (let seed = 1; changes < SEEDS; seed += 1) {
        expect(seed).toBeLessThan(3 * SEEDS);
        const random = seededRandom(seed).fork(phase);
        const sortie = ready();
        reach(sortie, random);
        const waitUntilMs = sortie.nowMs + 1000 * withinS * random.uniform();
        while (sortie.nowMs < waitUntilMs && sortie.phase === phase) sortie.tick();
        const mode = modes[Math.floor(modes.length * random.uniform())]!;
        const before = sortie.vehicle.autopilot.commander.intendedMode;
        stationCommands(sortie, mode);
        const saidMs = sortie.nowMs;
        const story = [phase, seed, mode];
        sortie.run(CROSSING_S);
        const refusedMode = sortie.vehicle.autopilot.commander.intendedMode === before;
        // Our own command was under way, or sent in the same moment, before theirs could show: both wait
        // in PX4's queue, and ours counts.
        if (actsSince(sortie, saidMs - 1).some((act) => act.startsWith('command'))) continue;
        // Armed, PX4 refuses OFFBOARD without a stream and sticks without a radio.
        if (refusedMode) continue;
        changes += 1;
        sortie.until(() => ['yielded', 'failsafe'].includes(sortie.phase), SEEN_WITHIN_S);
        const letGoMs = sortie.nowMs;
        // The person's mode flies from now on, whatever the mind wants and however often the pilot dies.
        eager(sortie, 'fly');
        sortie.run(4 * random.uniform());
        sortie.killPilot();
        sortie.run(3 * random.uniform());
        sortie.restartPilot();
        sortie.run(6);
        expect([...story, ...actsSince(sortie, letGoMs)]).toEqual(story);
        expect([...story, sortie.pilot.core.memory.owned]).toEqual([...story, false]);
        expect(sortie.pilot.core.memory.lostBy).not.toBe('');
      }
    },
  );

  test('stops the motors in the air: nothing arms them again before the operator says so', () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = seededRandom(seed).fork('kill');
      const sortie = ready();
      const inClimb = seed % 2 === 0;
      sortie.until(() => sortie.phase === (inClimb ? 'takeoff' : 'offboard'), 60);
      sortie.run(1 + 3 * random.uniform());
      stationSays(sortie, killCommand());
      sortie.run(0.1);
      expect(sortie.vehicle.autopilot.commander.armed).toBe(false);
      const killedMs = sortie.nowMs;
      sortie.run(15);
      const commands = actsSince(sortie, killedMs).filter((act) => !act.startsWith('setpoint'));
      expect([seed, ...commands]).toEqual([seed]);
      expect(sortie.phase).toBe('landed');
      expect(sortie.status?.reason).toMatch(/taken away \(.*another\)/u);
    }
  });

  test('flies the vehicle that it armed itself', () => {
    const sortie = new Sortie();
    sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
    sortie.mind = (one) => one.hearMesh();
    sortie.until(() => sortie.vehicle.autopilot.situation.positionTrusted, 20);
    sortie.run(5);
    stationSays(sortie, { command: MavCmd.COMPONENT_ARM_DISARM, params: [1] });
    sortie.until(() => sortie.phase === 'yielded', 1.2);
    stationSays(sortie, { command: MavCmd.NAV_TAKEOFF, params: [] });
    eager(sortie, 'fly');
    sortie.run(8);
    expect(actsSince(sortie, sortie.startMs)).toEqual([]);
    sortie.envelopeBytes(sortie.operator.directive('resume'));
    sortie.until(() => sortie.phase === 'offboard', 10);
  });
});
