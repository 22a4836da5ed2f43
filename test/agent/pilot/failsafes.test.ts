import { CurrentMode, MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat, MavState, MavType } from 'mavlink-mappings/dist/lib/minimal.js';
import { describe, expect, test } from 'vitest';

import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { customModeOf } from '#protocols/mavlink/modes.ts';
import { seededRandom, type Random } from '#protocols/random.ts';
import { vector3 } from '#protocols/vector.ts';
import type { Profile } from '#sim/autopilot/parameters.ts';
import { actsSince, stationSays } from './second-client.ts';
import { airborne, type Sortie } from './sortie.ts';

const SEEDS = 20;

const frameOf = (encoder: Encoder, message: Parameters<Encoder['encode']>[0]): Frame => {
  const framer = new Framer();
  framer.push(encoder.encode(message));
  return framer.next()!;
};

/** In flight, PX4's own parameters changed by somebody: the pilot had set what it needs before arming. */
const setParameter = (sortie: Sortie, name: string, value: number): void => {
  const { parameters } = sortie.vehicle.autopilot.situation;
  parameters.set(name as Parameters<typeof parameters.set>[0], value);
  // In force only after a moment, as in PX4.
  sortie.run(0.5);
};

const station = new Encoder(255, 190);

const stationHeartbeat = (): Frame => {
  const heartbeat = new Heartbeat();
  heartbeat.type = MavType.GCS;
  heartbeat.systemStatus = MavState.ACTIVE;
  heartbeat.mavlinkVersion = 3;
  return frameOf(station, heartbeat);
};

/** A drone somewhere on its way, with a mind that orders ever anew to fly. */
const flying = (seed: number, name: string, profile: Profile = '1.18'): [Sortie, Random] => {
  const random = seededRandom(seed).fork(name);
  const heading = 2 * Math.PI * random.uniform();
  const velocity = vector3(2.5 * Math.cos(heading), 2.5 * Math.sin(heading), 0);
  const sortie = airborne(velocity, { scenario: { profile } });
  let number = 10;
  sortie.mind = (one) => {
    number += 1;
    one.order('fly', number);
    one.plan(velocity);
    one.hearMesh();
  };
  sortie.run(0.5 + 9 * random.uniform());
  // Home the short way.
  setParameter(sortie, 'RTL_RETURN_ALT', 12);
  return [sortie, random];
};

const armed = (sortie: Sortie): boolean => sortie.vehicle.autopilot.commander.armed;

/** Somebody else flies from here on: nothing that moves the vehicle leaves the pilot until it has landed, nor after. */
const staysAway = (sortie: Sortie, withinS: number): void => {
  sortie.until(() => ['failsafe', 'yielded', 'landed'].includes(sortie.phase), withinS);
  const sinceMs = sortie.nowMs;
  sortie.until(() => !armed(sortie), 120);
  sortie.run(8);
  expect(actsSince(sortie, sinceMs)).toEqual([]);
  expect(armed(sortie)).toBe(false);
  expect(sortie.phase).toBe('landed');
  expect(sortie.status?.reason).toMatch(/^taken away \(/u);
};

const eachSeed = (story: (seed: number) => void): void => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    try {
      story(seed);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
};

describe.each<Profile>(['1.15', '1.18'])('offboard loss on PX4 %s', (profile) => {
  test('after a gap of both ways the agent takes its own flight up again', () => {
    eachSeed((seed) => {
      const [sortie, random] = flying(seed, 'loss', profile);
      sortie.uplink = false;
      sortie.downlink = false;
      sortie.run(1.3 + 4 * random.uniform());
      expect(sortie.mode).toBe('AUTO_RTL');
      sortie.uplink = true;
      sortie.downlink = true;
      sortie.until(() => sortie.mode === 'OFFBOARD' && sortie.phase === 'offboard', 4);
      expect(sortie.pilot.core.memory.owned).toBe(true);
    });
  });

  // LAND and LOITER are the same on both: once is enough.
  const both: [number, string][] = [
    [0, profile === '1.15' ? 'POSCTL' : 'AUTO_RTL'],
    [3, 'AUTO_RTL'],
  ];
  const once: [number, string][] = [
    [4, 'AUTO_LAND'],
    [5, 'AUTO_LOITER'],
  ];

  test.each(profile === '1.18' ? [...both, ...once] : both)(
    'COM_OBL_RC_ACT %i, seen while it happens, ends in %s without the agent',
    (action, mode) => {
      eachSeed((seed) => {
        const [sortie, random] = flying(seed, `act-${action}`, profile);
        setParameter(sortie, 'COM_OBL_RC_ACT', action);
        sortie.uplink = false;
        sortie.until(() => sortie.mode === mode, 2);
        sortie.until(() => sortie.phase === 'failsafe', 1.3);
        // PX4 would return to OFFBOARD by itself if setpoints came again.
        sortie.uplink = true;
        sortie.run(2 * random.uniform());
        expect(sortie.mode).toBe(mode);
        if (mode === 'AUTO_LOITER') {
          sortie.run(5);
          expect(sortie.mode).toBe(mode);
          stationSays(sortie, { command: MavCmd.NAV_LAND, params: [] });
        }
        staysAway(sortie, 1);
      });
    },
  );
});

test('loss of the ground station under NAV_DLL_ACT 2: the agent lets go, also when it is back', () => {
  eachSeed((seed) => {
    const [sortie, random] = flying(seed, 'gcs');
    setParameter(sortie, 'NAV_DLL_ACT', 2);
    sortie.vehicle.receive([stationHeartbeat()]);
    // The plan must not reach the fence meanwhile.
    sortie.mind = (one) => {
      one.order('fly', 5000 + (one.nowMs - one.startMs));
      one.plan(vector3(0, 0, 0));
      one.hearMesh();
    };
    sortie.until(() => sortie.mode === 'AUTO_LOITER', 14);
    sortie.until(() => sortie.phase === 'failsafe', 1.2);
    sortie.until(() => sortie.mode === 'AUTO_RTL', 8);
    sortie.run(3 * random.uniform());
    sortie.vehicle.receive([stationHeartbeat()]);
    expect(sortie.phase).toBe('failsafe');
    staysAway(sortie, 0.1);
  });
});

test('PX4’s fence holds the vehicle: the agent does not send OFFBOARD again', () => {
  eachSeed((seed) => {
    const [sortie] = flying(seed, 'fence');
    const { x, y } = sortie.vehicle.quadrotor.positionNed;
    setParameter(sortie, 'GF_ACTION', 2);
    setParameter(sortie, 'GF_MAX_HOR_DIST', Math.sqrt(x * x + y * y));
    sortie.until(() => sortie.mode === 'AUTO_LOITER', 6);
    sortie.until(() => sortie.phase === 'failsafe', 1.2);
    // With the stream gone PX4's answer to its loss outranks the hold: it brings the vehicle home.
    sortie.run(3);
    expect(sortie.mode).toBe('AUTO_RTL');
    staysAway(sortie, 0.1);
  });
});

describe.each<Profile>(['1.15', '1.18'])('GNSS loss on PX4 %s', (profile) => {
  test('rests, then leaves the descent to PX4, and arms no more', () => {
    eachSeed((seed) => {
      const [sortie] = flying(seed, 'gnss', profile);
      sortie.vehicle.injure({ kind: 'gnss', works: false });
      sortie.until(() => !['offboard', 'holding'].includes(sortie.phase), 12);
      expect(['failsafe', 'yielded', 'landing']).toContain(sortie.phase);
      const { positionNed } = sortie.vehicle.quadrotor;
      sortie.until(() => !armed(sortie) || positionNed.z > -0.2, 120);
      const sinceMs = sortie.nowMs + 100;
      sortie.run(10);
      const moves = actsSince(sortie, sinceMs).filter((act) => act.startsWith('command'));
      expect(moves).toEqual([]);
    });
  });
});

describe('battery', () => {
  test('low: PX4 warns only, the guard has long turned home', () => {
    eachSeed((seed) => {
      const [sortie, random] = flying(seed, 'low');
      sortie.vehicle.injure({ kind: 'battery', remaining: 0.1 + 0.05 * random.uniform() });
      sortie.until(() => sortie.phase === 'returning' || sortie.phase === 'landing', 6);
      expect(sortie.status?.reason).toBe('battery');
      sortie.until(() => !armed(sortie), 150);
      sortie.run(5);
      expect(sortie.phase).toBe('landed');
      expect(armed(sortie)).toBe(false);
    });
  });

  test('critical and empty: whoever is first, PX4 or the guard, it comes down and stays', () => {
    eachSeed((seed) => {
      const [sortie, random] = flying(seed, 'critical');
      sortie.vehicle.injure({ kind: 'battery', remaining: 0.03 + 0.035 * random.uniform() });
      sortie.until(() => !['offboard', 'holding'].includes(sortie.phase), 8);
      sortie.until(() => !armed(sortie), 150);
      const sinceMs = sortie.nowMs;
      sortie.run(10);
      const moves = actsSince(sortie, sinceMs).filter((act) => act.includes(' 400 '));
      expect(moves).toEqual([]);
      expect(armed(sortie)).toBe(false);
    });
  });
});

test('a pilot’s sticks: whatever manual mode shows, the agent lets go at once', () => {
  const vehicle = new Encoder(1, 1);
  eachSeed((seed) => {
    const [sortie, random] = flying(seed, 'sticks');
    const modes = ['POSCTL', 'ALTCTL', 'STABILIZED', 'ACRO', 'MANUAL'] as const;
    const mode = customModeOf(modes[Math.floor(5 * random.uniform())]!);
    // A radio is not fitted to the stand-in: its words are changed on the way instead.
    sortie.onTheWay = (frame) => {
      const message = decode(frame);
      if (message instanceof CurrentMode) {
        message.customMode = mode;
        message.intendedCustomMode = mode;
        return frameOf(vehicle, message);
      }
      if (!(message instanceof Heartbeat)) return frame;
      message.customMode = mode;
      return frameOf(vehicle, message);
    };
    sortie.until(() => sortie.phase === 'yielded', 0.3);
    const sinceMs = sortie.nowMs;
    sortie.envelopeBytes(sortie.operator.directive('rtl'));
    sortie.run(8);
    expect(actsSince(sortie, sinceMs)).toEqual([]);
  });
});

test('flight termination: the motors stop, and stay stopped', () => {
  eachSeed((seed) => {
    const [sortie] = flying(seed, 'termination');
    stationSays(sortie, { command: MavCmd.DO_FLIGHTTERMINATION, params: [1] });
    sortie.until(() => ['yielded', 'failsafe', 'landed'].includes(sortie.phase), 1.2);
    const sinceMs = sortie.nowMs;
    sortie.run(15);
    expect(actsSince(sortie, sinceMs)).toEqual([]);
    expect(sortie.pilot.core.memory.owned).toBe(false);
  });
});

test('landed by order, PX4 disarms by itself: the flight is over, and its order is spent', () => {
  eachSeed((seed) => {
    const [sortie, random] = flying(seed, 'disarm');
    sortie.mind = (one) => {
      one.order('land', 100_000);
      one.hearMesh();
    };
    sortie.until(() => sortie.phase === 'landed', 60);
    expect(sortie.pilot.core.memory.owned).toBe(true);
    sortie.mind = (one) => {
      one.order('fly', 100_000);
      one.plan(vector3(0, 0, 0));
      one.hearMesh();
    };
    const sinceMs = sortie.nowMs;
    sortie.run(5 + 5 * random.uniform());
    expect(actsSince(sortie, sinceMs)).toEqual([]);
    expect(armed(sortie)).toBe(false);
  });
});
