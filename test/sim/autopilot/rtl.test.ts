import { MavCmd, MavMissionType } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import type { Profile } from '#sim/autopilot/parameters.ts';
import { Companion } from '../companion.ts';
import { at, upload } from './flown-plan.ts';
import type { ItemSketch } from './mission-client.ts';

const { MISSION, RALLY } = MavMissionType;

const rally = (northTens: number, eastTens = 0): ItemSketch => ({
  ...at(northTens, MavCmd.NAV_RALLY_POINT, 0, eastTens),
  params: [0, 0, 0, 0],
});

interface Flight {
  profile?: Profile;
  parameters?: Record<string, number>;
  rally?: ItemSketch[];
  mission?: ItemSketch[];
  /** Where RTL is asked for, tens of metres north. */
  fromTens?: number;
}

/** In the air north of home, plans uploaded, RTL not yet asked for. */
const away = (flight: Flight): Companion => {
  const { profile = '1.18', parameters, fromTens = 4 } = flight;
  const companion = new Companion({
    scenario: { profile },
    vehicle: {
      parameters: { MIS_TAKEOFF_ALT: 8, RTL_RETURN_ALT: 15, NAV_ACC_RAD: 2, ...parameters },
    },
  });
  companion.takeOff();
  if (flight.rally !== undefined) expect(upload(companion, flight.rally, RALLY)).toBe(0);
  if (flight.mission !== undefined) expect(upload(companion, flight.mission, MISSION)).toBe(0);
  companion.flyOffboard(4, 0, 0);
  companion.runUntil(() => companion.vehicle.quadrotor.positionNed.x > fromTens * 10, 60);
  companion.streamed = undefined;
  companion.setMode('AUTO_LOITER');
  companion.run(4);
  return companion;
};

/** Where it lands. */
const landing = (
  companion: Companion,
  limitS = 150,
): { x: number; y: number; highestM: number } => {
  const { positionNed } = companion.vehicle.quadrotor;
  let highestM = 0;
  companion.runUntil(() => {
    highestM = Math.max(highestM, -positionNed.z);
    return !companion.armed;
  }, limitS);
  return { x: positionNed.x, y: positionNed.y, highestM };
};

const returned = (flight: Flight): ReturnType<typeof landing> => {
  const companion = away(flight);
  expect(companion.setMode('AUTO_RTL')).toBe(0);
  return landing(companion);
};

const landingMission = [
  at(0, MavCmd.NAV_TAKEOFF, 10),
  at(1, MavCmd.NAV_WAYPOINT, 10, 3),
  { command: MavCmd.DO_LAND_START, frame: 2, params: [0, 0, 0, 0] } satisfies ItemSketch,
  at(5, MavCmd.NAV_WAYPOINT, 10, 3),
  at(5, MavCmd.NAV_LAND, 0, 1),
];

describe('where RTL lands', () => {
  it.each([
    // Home is 40 m away, the rally points 20 m and 60 m, the mission lands 14 m away.
    ['1.15', 0, 60],
    ['1.18', 0, 60],
    ['1.18', 1, 50],
    ['1.18', 3, 50],
    ['1.18', 5, 60],
    // v1.15 has no such type.
    ['1.15', 4, 60],
  ] as const)(
    'v%s, RTL_TYPE %i: %i m north, of home, two rally points and a mission',
    (profile, type, north) => {
      const plans = { rally: [rally(6), rally(2, 9)], mission: landingMission };
      const { x, highestM } = returned({ profile, parameters: { RTL_TYPE: type }, ...plans });
      expect(Math.abs(x - north)).toBeLessThan(4);
      expect(highestM).toBeGreaterThan(13);
    },
  );

  it('home is the nearest, or the only one: home', () => {
    expect(Math.abs(returned({ rally: [rally(9, 5)] }).x)).toBeLessThan(4);
    expect(Math.abs(returned({ parameters: { RTL_TYPE: 1 } }).x)).toBeLessThan(4);
    // A rally point beside home is home.
    expect(Math.abs(returned({ rally: [rally(0.8)] }).x)).toBeLessThan(4);
  });

  it('RTL_TYPE 1 prefers a far rally point to home, RTL_TYPE 5 without one lands where it is', () => {
    const far = returned({ parameters: { RTL_TYPE: 1 }, rally: [rally(9, 5)] });
    expect(Math.abs(far.x - 90)).toBeLessThan(4);
    expect(Math.abs(far.y - 50)).toBeLessThan(4);
    expect(Math.abs(returned({ parameters: { RTL_TYPE: 5 } }).x - 43)).toBeLessThan(6);
  });
});

describe('along the mission', () => {
  const way = [
    at(0, MavCmd.NAV_TAKEOFF, 10),
    at(0, MavCmd.NAV_WAYPOINT, 10, 4),
    at(4, MavCmd.NAV_WAYPOINT, 10, 4),
    at(4, MavCmd.NAV_WAYPOINT, 10, 0),
  ];

  const onThirdLeg = (x: number): boolean => x > 15;
  const onFourthLeg = (x: number, y: number): boolean => x > 35 && y < 25;

  /** RTL out of the mission, in the middle of a leg. */
  const outOf = (
    mission: ItemSketch[],
    type: number,
    when: (x: number, y: number) => boolean = onThirdLeg,
  ): { companion: Companion; east: number[] } => {
    const companion = new Companion({
      vehicle: { parameters: { MIS_TAKEOFF_ALT: 8, NAV_ACC_RAD: 2, RTL_TYPE: type } },
    });
    companion.runUntil(() => companion.vehicle.autopilot.situation.positionTrusted, 40);
    companion.run(3);
    upload(companion, mission, MISSION);
    companion.command(MavCmd.MISSION_START);
    const { positionNed } = companion.vehicle.quadrotor;
    companion.runUntil(() => when(positionNed.x, positionNed.y), 90);
    companion.setMode('AUTO_RTL');
    const east: number[] = [];
    companion.runUntil(() => {
      east.push(positionNed.y);
      return !companion.armed;
    }, 150);
    return { companion, east };
  };

  it.each([
    [2, onThirdLeg],
    [4, onFourthLeg],
  ])('RTL_TYPE %i goes on to its landing, without a jump or a wait', (type, when) => {
    const wait: ItemSketch = { command: MavCmd.NAV_DELAY, frame: 2, params: [600, 0, 0, 0] };
    const { companion } = outOf([...way, wait, at(6, MavCmd.NAV_LAND, 0)], type, when);
    expect(Math.abs(companion.vehicle.quadrotor.positionNed.x - 60)).toBeLessThan(4);
  });

  it('without a landing RTL_TYPE 2 flies it backwards, and home', () => {
    const { companion, east } = outOf(way, 2);
    const { x, y } = companion.vehicle.quadrotor.positionNed;
    expect(Math.abs(x)).toBeLessThan(4);
    expect(Math.abs(y)).toBeLessThan(4);
    // Not by the diagonal: it was at the second item, 40 m east, once more.
    expect(east.slice(0, 400).every((y) => y > 35)).toBe(true);
  });

  it('RTL_TYPE 4 turns back when the landing is farther by items than the beginning', () => {
    const more = [at(5, MavCmd.NAV_WAYPOINT, 10, 8), at(6, MavCmd.NAV_WAYPOINT, 10, 8)];
    const { companion } = outOf([...way, ...more, at(6, MavCmd.NAV_LAND, 0)], 4);
    expect(Math.abs(companion.vehicle.quadrotor.positionNed.x)).toBeLessThan(4);
  });
});

describe('how high RTL goes, and how it lands', () => {
  it.each([
    [45, 16],
    [25, 30],
    [0, 30],
  ])('16 m from home with RTL_CONE_ANG %i: %i m', (cone, height) => {
    const { highestM } = returned({
      parameters: { RTL_CONE_ANG: cone, RTL_MIN_DIST: 30, RTL_RETURN_ALT: 30 },
      fromTens: 1.2,
    });
    expect(Math.abs(highestM - height)).toBeLessThan(4.5);
  });

  it('RTL_LAND_DELAY: waits at RTL_DESCEND_ALT, below 0 for ever', () => {
    const companion = away({ parameters: { RTL_LAND_DELAY: -1, RTL_DESCEND_ALT: 6 }, fromTens: 2 });
    companion.setMode('AUTO_RTL');
    companion.run(60);
    expect(Math.abs(-companion.vehicle.quadrotor.positionNed.z - 6)).toBeLessThan(1.5);
    expect(companion.armed).toBe(true);
  });
});
