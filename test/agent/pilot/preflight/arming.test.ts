import { describe, expect, test } from 'vitest';

import { ParameterReader } from '#agent/pilot/act/parameter-read.ts';
import { vector3 } from '#protocols/vector.ts';
import { Vehicle } from '#sim/vehicle.ts';
import { airborne, Sortie } from '../sortie.ts';

const BARE = [{ sysid: 1, homeNorthM: 0, homeEastM: 0 }];

/** Ordered to fly, at a vehicle with these parameters on top of the safe ones. */
const ordered = (changes: Record<string, number>): Sortie => {
  const sortie = new Sortie();
  const { scenario } = sortie;
  const [first] = scenario.vehicles;
  sortie.vehicle = new Vehicle(scenario, {
    ...first!,
    parameters: { ...first!.parameters, ...changes },
  });
  fly(sortie);
  return sortie;
};

const fly = (sortie: Sortie): void => {
  sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
  sortie.mind = (one) => {
    one.order('fly', 1);
    one.plan(vector3(0, 0, 0));
    one.hearMesh();
  };
};

const parameter = (sortie: Sortie, name: 'NAV_DLL_ACT'): number =>
  sortie.vehicle.autopilot.situation.parameters.get(name);

describe('before every arming', () => {
  test('a vehicle with PX4’s own defaults is refused by name and remedy, and stays down', () => {
    const sortie = new Sortie({ scenario: { vehicles: BARE } });
    fly(sortie);
    sortie.run(40);
    expect(sortie.vehicle.autopilot.commander.armed).toBe(false);
    expect(sortie.phases).not.toContain('takeoff');
    expect(sortie.status?.reason).toBe('pre-flight: COM_OBL_RC_ACT 0, set 3 (+5 more)');
  });

  test('one protection off is enough, and its owner’s setting it lets the flight begin', () => {
    const sortie = ordered({ COM_ARM_WO_GPS: 1 });
    sortie.run(20);
    expect(sortie.status?.reason).toBe('pre-flight: COM_ARM_WO_GPS 1, set 0');
    sortie.vehicle.autopilot.situation.parameters.set('COM_ARM_WO_GPS', 0);
    sortie.until(() => sortie.phase === 'takeoff', 8);
  });

  test('what is the mission’s to say is set without a question', () => {
    const sortie = ordered({ NAV_DLL_ACT: 2, RTL_RETURN_ALT: 30, RTL_CONE_ANG: 45 });
    sortie.until(() => sortie.phase === 'takeoff', 12);
    const { parameters } = sortie.vehicle.autopilot.situation;
    expect(parameter(sortie, 'NAV_DLL_ACT')).toBe(0);
    expect(parameters.get('RTL_RETURN_ALT')).toBe(25);
    expect(parameters.get('RTL_CONE_ANG')).toBe(0);
    expect(parameters.get('MIS_TAKEOFF_ALT')).toBe(12);
  });

  test('a link-loss action that suits the mission is left as it is', () => {
    const sortie = ordered({ NAV_DLL_ACT: 2, COM_DL_LOSS_T: 100 });
    const { mind } = sortie;
    // With the action on, PX4 arms only while it hears a ground station.
    sortie.mind = (one) => {
      mind!(one);
      one.vehicle.autopilot.hearGroundStation();
    };
    sortie.until(() => sortie.phase === 'takeoff', 12);
    expect(parameter(sortie, 'NAV_DLL_ACT')).toBe(2);
  });

  test('between two flights somebody turned a protection off: the second does not begin', () => {
    const sortie = airborne();
    sortie.mind = (one) => {
      one.order('land', 2);
      one.hearMesh();
    };
    sortie.until(() => sortie.phase === 'landed', 60);
    sortie.vehicle.autopilot.situation.parameters.set('GF_MAX_HOR_DIST', 0);
    sortie.mind = (one) => {
      one.order('fly', 3);
      one.plan(vector3(0, 0, 0));
      one.hearMesh();
    };
    sortie.run(15);
    expect(sortie.vehicle.autopilot.commander.armed).toBe(false);
    expect(sortie.status?.reason).toBe('pre-flight: GF_MAX_HOR_DIST 0, set 120');
  });

  test('reading, setting and checking take less than two seconds of an arming', () => {
    const sortie = ordered({ NAV_DLL_ACT: 2 });
    let beganMs = sortie.nowMs;
    let before = sortie.phases.length;
    sortie.until(() => {
      if (sortie.phases.length > before && sortie.phase === 'arming') beganMs = sortie.nowMs;
      before = sortie.phases.length;
      return sortie.phase === 'takeoff';
    }, 20);
    expect(beganMs).toBeGreaterThan(sortie.startMs);
    expect(sortie.nowMs - beganMs).toBeLessThan(2000);
  });

  test('a vehicle that answers nothing is given up', () => {
    const reader = new ParameterReader({ sysid: 1, compid: 1 });
    reader.start(['COM_OBL_RC_ACT']);
    for (let nowMs = 0; nowMs < 5000; nowMs += 20) reader.tick(nowMs);
    expect(reader.progress).toBe('silent');
  });
});
