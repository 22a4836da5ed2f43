import { describe, expect, test } from 'vitest';
import {
  FLIGHT_MODES,
  PREARM_CHECK_BIT,
  baseModeOf,
  customModeOf,
  flightModeOf,
  flightModeOfCode,
  isArmed,
  landedStateCodeOf,
  landedStateOf,
  modeCodeOf,
} from '#protocols/mavlink/modes.ts';

/** As PX4 v1.15.4 and v1.18 SITL were seen to send them. */
const OBSERVED = {
  MANUAL: 0x10000,
  ALTCTL: 0x20000,
  POSCTL: 0x30000,
  ORBIT: 0x1030000,
  ACRO: 0x50000,
  OFFBOARD: 0x60000,
  STABILIZED: 0x70000,
  TERMINATION: 0xa0000,
  AUTO_TAKEOFF: 0x2040000,
  AUTO_LOITER: 0x3040000,
  AUTO_MISSION: 0x4040000,
  AUTO_RTL: 0x5040000,
  AUTO_LAND: 0x6040000,
  AUTO_FOLLOW: 0x8040000,
  AUTO_PRECLAND: 0x9040000,
  AUTO_VTOL_TAKEOFF: 0xa040000,
  EXTERNAL1: 0xb040000,
  EXTERNAL2: 0xc040000,
  EXTERNAL3: 0xd040000,
  EXTERNAL4: 0xe040000,
  EXTERNAL5: 0xf040000,
  EXTERNAL6: 0x10040000,
  EXTERNAL7: 0x11040000,
  EXTERNAL8: 0x12040000,
} as const;

describe("PX4's modes", () => {
  test('carry the numbers that PX4 sends', () => {
    expect(Object.fromEntries(FLIGHT_MODES.map((mode) => [mode, customModeOf(mode)]))).toEqual(
      OBSERVED,
    );
  });

  test('are found again by custom mode and by command parameters', () => {
    for (const mode of FLIGHT_MODES) {
      expect(flightModeOf(customModeOf(mode))).toBe(mode);
      expect(flightModeOfCode(modeCodeOf(mode).main, modeCodeOf(mode).sub)).toBe(mode);
    }
  });

  test('without a name here stay unnamed', () => {
    expect(flightModeOf(0)).toBeUndefined();
    expect(flightModeOf(0x7040000)).toBeUndefined();
    expect(flightModeOfCode(6, 1)).toBeUndefined();
  });

  test('show in base_mode as PX4 shows them', () => {
    const stream = { offboardStream: true };
    expect(baseModeOf('AUTO_LOITER', { armed: false, ...stream })).toBe(0x1d);
    expect(baseModeOf('AUTO_RTL', { armed: true, ...stream })).toBe(0x9d);
    expect(baseModeOf('OFFBOARD', { armed: true, ...stream })).toBe(0x91);
    expect(baseModeOf('OFFBOARD', { armed: false, ...stream })).toBe(0x11);
    expect(baseModeOf('OFFBOARD', { armed: false, offboardStream: false })).toBe(0x01);
    expect(baseModeOf('POSCTL', { armed: true, ...stream })).toBe(0xd1);
    expect(baseModeOf('ACRO', { armed: false, ...stream })).toBe(0x41);
    expect(baseModeOf('TERMINATION', { armed: true, ...stream })).toBe(0x81);
  });

  test('tell armed from disarmed', () => {
    expect(isArmed(0x9d)).toBe(true);
    expect(isArmed(0x1d)).toBe(false);
  });
});

test('landed states go both ways, and an undefined number is no landing', () => {
  for (const code of [0, 1, 2, 3, 4]) expect(landedStateCodeOf(landedStateOf(code))).toBe(code);
  expect(landedStateOf(1)).toBe('ON_GROUND');
  expect(landedStateOf(77)).toBe('UNDEFINED');
});

test('the ready bit is the one that PX4 sets', () => {
  expect(PREARM_CHECK_BIT).toBe(2 ** 28);
});
