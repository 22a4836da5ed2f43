import {
  MavCmd,
  MavMissionType,
  MissionCurrent,
  MissionItemReached,
  MissionSetCurrent,
  StatusText,
} from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import type { Profile } from '#sim/autopilot/parameters.ts';
import { yawOf } from '#sim/rotation.ts';
import type { Companion } from '../companion.ts';
import { at, ready, upload } from './flown-plan.ts';
import type { ItemSketch } from './mission-client.ts';

const { MISSION } = MavMissionType;
const takeoff = at(0, MavCmd.NAV_TAKEOFF, 10);

const placeless = (command: MavCmd, ...params: [number, number, number, number]): ItemSketch => ({
  command,
  frame: 2,
  params,
});

/** A vehicle on its mission, and when each item began, s since boot. */
class Flight {
  readonly companion: Companion;
  readonly beganS = new Map<number, number>();

  constructor(
    items: ItemSketch[],
    parameters: Record<string, number> = {},
    profile: Profile = '1.18',
  ) {
    this.companion = ready({
      scenario: { profile },
      vehicle: { parameters: { NAV_ACC_RAD: 2, MIS_TAKEOFF_ALT: 8, ...parameters } },
    });
    const uploaded = upload(this.companion, items, MISSION);
    const started = this.companion.command(MavCmd.MISSION_START);
    if (uploaded !== 0 || started !== 0) throw new Error(`${uploaded} ${started}`);
  }

  get seq(): number {
    return this.companion.vehicle.autopilot.navigator.plans.currentSeq;
  }

  get x(): number {
    return this.companion.vehicle.quadrotor.positionNed.x;
  }

  /** Flies until an item is the present one. */
  to(seq: number, limitS = 90): void {
    this.until(() => this.seq === seq, limitS);
  }

  until(condition: () => boolean, limitS = 90): void {
    this.companion.runUntil(() => {
      if (!this.beganS.has(this.seq)) {
        this.beganS.set(this.seq, this.companion.vehicle.timeMs() / 1000);
      }
      return condition();
    }, limitS);
  }

  tookS(seq: number): number {
    return this.beganS.get(seq + 1)! - this.beganS.get(seq)!;
  }
}

const setCurrent = (companion: Companion, seq: number): void => {
  const message = new MissionSetCurrent();
  Object.assign(message, { targetSystem: 7, targetComponent: 1, seq });
  companion.send(message);
};

describe('the items of a mission', () => {
  it('waits: NAV_DELAY, NAV_LOITER_TIME and the hold of a waypoint, counted from the arrival', () => {
    const here = at(1);
    const flight = new Flight([
      takeoff,
      { ...here, params: [0, 2, 0, Number.NaN] },
      placeless(MavCmd.NAV_DELAY, 5, -1, -1, -1),
      { ...at(1, MavCmd.NAV_LOITER_TIME), params: [6, 0, 0, Number.NaN] },
      { ...here, params: [4, 2, 0, Number.NaN] },
      at(2),
    ]);
    flight.to(5);
    expect(Math.abs(flight.tookS(2) - 5)).toBeLessThan(0.3);
    expect(Math.abs(flight.tookS(3) - 6)).toBeLessThan(1);
    expect(Math.abs(flight.tookS(4) - 4)).toBeLessThan(1);
  });

  it('counts a waypoint as reached within its own radius, or NAV_ACC_RAD', () => {
    const turnsAt = (radiusM: number): number => {
      const flight = new Flight([
        takeoff,
        { ...at(4, MavCmd.NAV_WAYPOINT, 10), params: [0, radiusM, 0, Number.NaN] },
        at(0, MavCmd.NAV_WAYPOINT, 10),
      ]);
      flight.to(2);
      return flight.x;
    };
    expect(Math.abs(turnsAt(10) - 30)).toBeLessThan(1.5);
    expect(Math.abs(turnsAt(0) - 38)).toBeLessThan(1.5);
  });

  it('DO_CHANGE_SPEED holds from there on', () => {
    const flight = new Flight([
      takeoff,
      at(3, MavCmd.NAV_WAYPOINT, 10),
      placeless(MavCmd.DO_CHANGE_SPEED, 1, 2, -1, 0),
      at(6, MavCmd.NAV_WAYPOINT, 10),
      at(9, MavCmd.NAV_WAYPOINT, 10),
    ]);
    const fastest = [0, 0];
    flight.until(() => {
      const leg = flight.seq < 2 ? 0 : 1;
      const slowing = flight.x < 35 && leg === 1;
      const speed = flight.companion.vehicle.quadrotor.velocityNed.x;
      if (!slowing) fastest[leg] = Math.max(fastest[leg]!, speed);
      return flight.seq === 4 && flight.x > 75;
    });
    expect(fastest[0]).toBeGreaterThan(3);
    expect(fastest[1]).toBeLessThan(2.4);
  });

  it('looks at a region of interest until there is none', () => {
    const flight = new Flight([
      takeoff,
      at(0, MavCmd.DO_SET_ROI_LOCATION, 0, 50),
      at(6, MavCmd.NAV_WAYPOINT, 10),
      placeless(MavCmd.DO_SET_ROI_NONE, 0, 0, 0, 0),
      at(12, MavCmd.NAV_WAYPOINT, 10),
    ]);
    flight.until(() => flight.x > 30);
    const { attitude } = flight.companion.vehicle.quadrotor;
    // East of the way: from north towards the right.
    expect(yawOf(attitude)).toBeGreaterThan(1.2);
    flight.until(() => flight.x > 90);
    expect(Math.abs(yawOf(attitude))).toBeLessThan(0.2);
  });

  it('an item RTL returns, in the mode RTL', () => {
    const flight = new Flight([
      takeoff,
      at(3, MavCmd.NAV_WAYPOINT, 10),
      placeless(MavCmd.NAV_RETURN_TO_LAUNCH, 0, 0, 0, 0),
    ]);
    flight.until(() => flight.companion.mode === 'AUTO_RTL');
    flight.until(() => !flight.companion.armed, 120);
    expect(Math.abs(flight.x)).toBeLessThan(3);
  });
});

describe('a mission under way', () => {
  const long = [takeoff, ...[2, 4, 6, 8].map((tens) => at(tens, MavCmd.NAV_WAYPOINT, 10))];

  it('MISSION_SET_CURRENT is obeyed in flight, also back', () => {
    const flight = new Flight(long);
    flight.to(2);
    setCurrent(flight.companion, 4);
    flight.companion.run(0.1);
    expect(flight.seq).toBe(4);
    flight.until(() => flight.x > 50);
    setCurrent(flight.companion, 1);
    flight.until(() => flight.x < 25);
    expect(flight.seq).toBeLessThanOrEqual(2);
  });

  it('paused by LOITER it goes on where it was', () => {
    const flight = new Flight(long);
    flight.to(3);
    flight.companion.setMode('AUTO_LOITER');
    flight.companion.run(8);
    expect(flight.seq).toBe(3);
    const paused = flight.x;
    flight.companion.run(5);
    expect(Math.abs(flight.x - paused)).toBeLessThan(1);
    expect(flight.companion.setMode('AUTO_MISSION')).toBe(0);
    flight.to(4);
    expect(flight.x).toBeGreaterThan(55);
  });

  it('an upload in flight is flown at once, from the item that came marked', () => {
    const flight = new Flight(long);
    flight.to(2);
    const other = [0, 1, 2].map((tens) => at(tens, MavCmd.NAV_WAYPOINT, 14, 6));
    expect(upload(flight.companion, other, MISSION)).toBe(0);
    expect(flight.companion.mode).toBe('AUTO_MISSION');
    const { positionNed } = flight.companion.vehicle.quadrotor;
    flight.until(() => positionNed.y > 50);
    expect(positionNed.z).toBeLessThan(-12);
  });

  it('MISSION_ITEM_REACHED comes at once for each, and then again ten times at most', () => {
    const flight = new Flight(long);
    flight.until(() => flight.companion.mode === 'AUTO_LOITER');
    flight.companion.run(15);
    const reached = flight.companion.received
      .filter((message) => message instanceof MissionItemReached)
      .map(({ seq }) => seq);
    expect([...new Set(reached)]).toEqual([0, 1, 2, 3, 4]);
    expect(reached.filter((seq) => seq === 4)).toHaveLength(11);
  });

  it('MISSION_CURRENT tells 1.18’s states: not started, active, paused, complete', () => {
    const companion = ready({ vehicle: { parameters: { NAV_ACC_RAD: 2, MIS_TAKEOFF_ALT: 8 } } });
    const states: string[] = [];
    const look = (): void => {
      companion.run(1.1);
      const told = companion.received.findLast((message) => message instanceof MissionCurrent)!;
      states.push(`${told.missionState} ${told.missionMode}`);
    };
    look();
    upload(companion, long.slice(0, 3), MISSION);
    look();
    companion.command(MavCmd.MISSION_START);
    look();
    companion.runUntil(() => companion.vehicle.quadrotor.positionNed.x > 10, 60);
    companion.setMode('AUTO_LOITER');
    look();
    companion.setMode('AUTO_MISSION');
    companion.runUntil(() => companion.mode === 'AUTO_LOITER', 60);
    look();
    expect(states).toEqual(['1 2', '2 2', '3 1', '4 2', '5 2']);
  });
});

describe('a mission that PX4 would not fly', () => {
  const refused = (items: ItemSketch[], profile: Profile = '1.18'): string => {
    const companion = ready({ scenario: { profile } });
    companion.groundStation = true;
    companion.run(1.5);
    expect(upload(companion, items, MISSION)).toBe(0);
    companion.run(0.5);
    expect(companion.command(MavCmd.MISSION_START)).toBe(2);
    return companion.received
      .filter((message) => message instanceof StatusText)
      .map(({ text }) => text)
      .join('|');
  };

  it('is acknowledged, told of in words, and its start is denied', () => {
    const far = [takeoff, at(200, MavCmd.NAV_WAYPOINT, 10)];
    expect(refused([at(200, MavCmd.NAV_WAYPOINT, 10)], '1.15')).toContain('First waypoint too far');
    expect(refused([at(1), at(0, MavCmd.NAV_TAKEOFF)])).toContain('takeoff not first');
    expect(refused([at(0, MavCmd.NAV_TAKEOFF, 1)])).toContain('Takeoff altitude too low');
    expect(refused([at(0, MavCmd.NAV_LAND, 0)])).toContain('starts with landing');
    // The second may be far.
    const companion = ready({ scenario: { profile: '1.15' } });
    upload(companion, far, MISSION);
    companion.run(0.2);
    expect(companion.vehicle.autopilot.situation.missionValid).toBe(true);
  });
});

describe('after a termination', () => {
  it('what has fallen has landed', () => {
    const flight = new Flight([takeoff, at(9, MavCmd.NAV_WAYPOINT, 10)]);
    flight.to(1);
    flight.companion.command(MavCmd.DO_FLIGHTTERMINATION, 1);
    const { situation } = flight.companion.vehicle.autopilot;
    expect(flight.companion.runUntil(() => situation.landed, 15)).toBeGreaterThan(1);
  });
});
