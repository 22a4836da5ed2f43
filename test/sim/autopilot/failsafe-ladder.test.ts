import { describe, expect, it } from 'vitest';
import type { FlightMode } from '#protocols/mavlink/modes.ts';
import type { Profile } from '#sim/autopilot/parameters.ts';
import { Companion } from '../companion.ts';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

interface Seen {
  mode: FlightMode;
  /** Seconds since the harm was done. */
  atS: number;
  failsafe: boolean;
}

interface Story {
  what: string;
  profile?: Profile;
  parameters?: Record<string, number>;
  /** What the vehicle is doing when it happens; OFFBOARD northward at 2 m/s where left out. */
  from?: 'AUTO_LOITER' | 'OFFBOARD';
  harm: (companion: Companion) => void;
  /** Modes that follow, with the delay from the harm (or from the mode before) and its tolerance. */
  follows: readonly (readonly [mode: FlightMode, afterS: number, toleranceS: number])[];
  limitS: number;
}

/** In the air at 6 m or so, the companion streaming and a ground station heard. */
const airborne = (story: Story, seed: number): Companion => {
  const companion = new Companion({
    scenario: { seed, profile: story.profile ?? '1.18' },
    vehicle: { parameters: { MIS_TAKEOFF_ALT: 6, RTL_RETURN_ALT: 12, ...story.parameters } },
  });
  companion.groundStation = true;
  companion.takeOff();
  if (story.from === 'AUTO_LOITER') return companion;
  companion.flyOffboard(2, 0, 0);
  // Another moment of the heartbeat's and the setpoints' cycle for each seed.
  companion.run(1 + ((seed * 0.37) % 1));
  return companion;
};

/** Every change of mode after the harm, until the last one expected or the limit. */
const watch = (companion: Companion, story: Story): Seen[] => {
  const { commander } = companion.vehicle.autopilot;
  const startMs = companion.vehicle.timeMs();
  story.harm(companion);
  const seen: Seen[] = [];
  let before = commander.mode;
  while (companion.vehicle.timeMs() - startMs < story.limitS * 1000) {
    companion.run(0.02);
    if (commander.mode === before) continue;
    before = commander.mode;
    const atS = (companion.vehicle.timeMs() - startMs) / 1000;
    seen.push({ mode: before, atS, failsafe: commander.failsafeActive });
    if (seen.length === story.follows.length) break;
  }
  return seen;
};

const silence = (companion: Companion): void => {
  companion.streamed = undefined;
};

const loss = (action: number, profile: Profile, mode: FlightMode): Story => ({
  what: `${profile}: the setpoints stop, COM_OBL_RC_ACT ${action}: ${mode}`,
  profile,
  parameters: { COM_OBL_RC_ACT: action },
  harm: silence,
  // Recorded: 1.04–1.11 s after the last setpoint, which is up to 0.05 s old here.
  follows: [[mode, 1.05, 0.07]],
  limitS: 3,
});

const gpsLoss = (profile: Profile, from: 'AUTO_LOITER' | 'OFFBOARD', mode: FlightMode): Story => ({
  what: `${profile}: GNSS is lost in ${from}: ${mode} when the position is`,
  profile,
  from,
  harm: (companion) => companion.vehicle.injure({ kind: 'gnss', works: false }),
  // Recorded: 5.0 s after the last fix, of which there are eight a second.
  follows: [[mode, 5.05, 0.2]],
  limitS: 8,
});

const charge =
  (remaining: number) =>
  (companion: Companion): void =>
    companion.vehicle.injure({ kind: 'battery', remaining });

const STORIES: readonly Story[] = [
  loss(0, '1.15', 'POSCTL'),
  loss(0, '1.18', 'AUTO_RTL'),
  loss(3, '1.15', 'AUTO_RTL'),
  loss(4, '1.18', 'AUTO_LAND'),
  loss(5, '1.15', 'AUTO_LOITER'),
  loss(6, '1.18', 'TERMINATION'),
  gpsLoss('1.15', 'OFFBOARD', 'ALTCTL'),
  gpsLoss('1.18', 'OFFBOARD', 'AUTO_LAND'),
  gpsLoss('1.18', 'AUTO_LOITER', 'AUTO_LAND'),
  {
    what: 'the ground station falls silent, NAV_DLL_ACT 2: LOITER after 12 s, RTL 5 s later',
    parameters: { NAV_DLL_ACT: 2 },
    harm: (companion) => {
      companion.groundStation = false;
    },
    // Recorded: 12.5 s to the next heartbeat that showed it, then 5 s.
    follows: [
      ['AUTO_LOITER', 11.8, 1.1],
      ['AUTO_RTL', 5, 0.1],
    ],
    limitS: 25,
  },
  {
    what: 'a critical battery, COM_LOW_BAT_ACT 2: a hover of 5 s, then LAND',
    parameters: { COM_LOW_BAT_ACT: 2 },
    harm: charge(0.06),
    follows: [
      ['AUTO_LOITER', 0.02, 0.05],
      ['AUTO_LAND', 5, 0.1],
    ],
    limitS: 8,
  },
  {
    what: 'a critical battery, COM_LOW_BAT_ACT 3: a hover of 5 s, then RTL',
    parameters: { COM_LOW_BAT_ACT: 3 },
    harm: charge(0.065),
    follows: [
      ['AUTO_LOITER', 0.02, 0.05],
      ['AUTO_RTL', 5, 0.1],
    ],
    limitS: 8,
  },
  {
    what: 'a low battery only warns',
    harm: charge(0.14),
    follows: [],
    limitS: 3,
  },
];

describe('every failsafe, twenty times', () => {
  it.each(STORIES.map((story) => [story.what, story] as const))('%s', (_what, story) => {
    for (const seed of SEEDS) {
      const companion = airborne(story, seed);
      const seen = watch(companion, story);
      expect(seen.map(({ mode }) => mode)).toEqual(story.follows.map(([mode]) => mode));
      let before = 0;
      for (const [index, [, afterS, toleranceS]] of story.follows.entries()) {
        const { atS, failsafe } = seen[index]!;
        expect(failsafe).toBe(true);
        expect(Math.abs(atS - before - afterS)).toBeLessThanOrEqual(toleranceS);
        before = atS;
      }
    }
  });
});

describe('after a failsafe', () => {
  it('OFFBOARD comes back by itself with the stream, unless the operator has chosen otherwise', () => {
    for (const seed of SEEDS) {
      const companion = airborne(loss(3, '1.18', 'AUTO_RTL'), seed);
      companion.streamed = undefined;
      companion.run(2);
      expect(companion.mode).toBe('AUTO_RTL');
      companion.streamed = [0, 0, 0];
      companion.run(0.2);
      expect(companion.mode).toBe('OFFBOARD');
      companion.streamed = undefined;
      companion.run(2);
      companion.setMode('AUTO_LOITER');
      companion.streamed = [0, 0, 0];
      companion.run(1);
      expect(companion.mode).toBe('AUTO_LOITER');
    }
  });

  it('without GNSS it sinks level, lands and disarms, and GNSS on the ground makes it ready again', () => {
    const companion = airborne(gpsLoss('1.18', 'AUTO_LOITER', 'AUTO_LAND'), 3);
    companion.vehicle.injure({ kind: 'gnss', works: false });
    companion.runUntil(() => companion.vehicle.autopilot.commander.descendingBlind, 7);
    companion.run(3);
    expect(companion.vehicle.quadrotor.velocityNed.z).toBeGreaterThan(0.55);
    expect(companion.vehicle.quadrotor.velocityNed.z).toBeLessThan(0.85);
    companion.runUntil(() => !companion.armed, 30);
    expect(companion.vehicle.quadrotor.onGround).toBe(true);
    expect(companion.arm()).toBe(1);
    companion.vehicle.injure({ kind: 'gnss', works: true });
    companion.run(4);
    expect(companion.arm()).toBe(0);
  });

  it('a new cause takes the vehicle back from an operator who had taken over', () => {
    const companion = airborne(
      { ...loss(3, '1.18', 'AUTO_RTL'), parameters: { COM_LOW_BAT_ACT: 3 } },
      5,
    );
    charge(0.065)(companion);
    companion.run(6);
    expect(companion.mode).toBe('AUTO_RTL');
    companion.setMode('AUTO_LOITER');
    companion.run(1);
    expect(companion.mode).toBe('AUTO_LOITER');
    charge(0.04)(companion);
    companion.runUntil(() => companion.mode === 'AUTO_LAND', 7);
  });

  it('over the fence it holds at once, and OFFBOARD asked for again takes over', () => {
    const parameters = { GF_ACTION: 2, GF_MAX_HOR_DIST: 12 };
    for (const seed of SEEDS) {
      const companion = airborne({ ...loss(3, '1.18', 'AUTO_RTL'), parameters }, seed);
      const { situation, commander } = companion.vehicle.autopilot;
      companion.runUntil(() => situation.geofenceBreached, 15);
      expect(companion.mode).toBe('AUTO_LOITER');
      expect(commander.failsafeActive).toBe(true);
      const { x, y } = companion.vehicle.quadrotor.positionNed;
      expect(Math.abs(Math.sqrt(x * x + y * y) - 12)).toBeLessThan(1.5);
      companion.run(0.3);
      expect(companion.setMode('OFFBOARD')).toBe(0);
      companion.streamed = [-2, 0, 0];
      companion.run(1);
      expect(companion.mode).toBe('OFFBOARD');
    }
  });

  it('too much wind is a cause where COM_WIND_MAX says so', () => {
    const companion = new Companion({
      scenario: { wind: { meanNorthMps: 6, meanEastMps: 0 } },
      vehicle: { parameters: { COM_WIND_MAX_ACT: 3, MIS_TAKEOFF_ALT: 6 } },
    });
    companion.takeOff();
    companion.vehicle.autopilot.situation.parameters.set('COM_WIND_MAX', 4);
    companion.run(0.1);
    expect(companion.vehicle.autopilot.commander.failsafeActive).toBe(true);
    expect(companion.mode).toBe('AUTO_LOITER');
    const returnS = companion.runUntil(() => companion.mode === 'AUTO_RTL', 6);
    expect(returnS).toBeGreaterThan(4.7);
  });
});
