import { FLIGHT_MODES, type FlightMode } from '#protocols/mavlink/modes.ts';
import type { Profile } from '../parameters.ts';

/** PX4's navigation_mode_group: the bit by which a check names a mode. */
const BITS: Readonly<Record<FlightMode, number>> = {
  MANUAL: 0,
  ALTCTL: 1,
  POSCTL: 2,
  AUTO_MISSION: 3,
  AUTO_LOITER: 4,
  AUTO_RTL: 5,
  ACRO: 10,
  TERMINATION: 13,
  OFFBOARD: 14,
  STABILIZED: 15,
  AUTO_TAKEOFF: 17,
  AUTO_LAND: 18,
  AUTO_FOLLOW: 19,
  AUTO_PRECLAND: 20,
  ORBIT: 21,
  AUTO_VTOL_TAKEOFF: 22,
  EXTERNAL1: 23,
  EXTERNAL2: 24,
  EXTERNAL3: 25,
  EXTERNAL4: 26,
  EXTERNAL5: 27,
  EXTERNAL6: 28,
  EXTERNAL7: 29,
  EXTERNAL8: 30,
};

/** A set of mode groups, 32 bits, unsigned. */
export type ModeGroups = number;

export const ALL_GROUPS: ModeGroups = 0xffff_ffff;
export const NO_GROUPS: ModeGroups = 0;

export const groupOf = (mode: FlightMode): ModeGroups => (1 << BITS[mode]) >>> 0;

export const isExternal = (mode: FlightMode): boolean => mode.startsWith('EXTERNAL');

export const EXTERNAL_GROUPS: ModeGroups = FLIGHT_MODES.filter(isExternal).reduce(
  (groups, mode) => (groups | groupOf(mode)) >>> 0,
  NO_GROUPS,
);

/** The groups that need a thing; also of modes that have no name here, such as DESCEND (12). */
interface NeedingGroups {
  attitude: ModeGroups;
  localPosition: ModeGroups;
  globalPosition: ModeGroups;
  home: ModeGroups;
  mission: ModeGroups;
  offboardSignal: ModeGroups;
  manualControl: ModeGroups;
}

const SHARED = { globalPosition: 0x38, home: 0x20, mission: 0x8, offboardSignal: 0x4000 };

/** As recorded; v1.18 has two modes more (bits 7 and 8). */
export const NEEDING: Readonly<Record<Profile, NeedingGroups>> = {
  '1.15': { ...SHARED, attitude: 0x7e_d07e, localPosition: 0x7e_007c, manualControl: 0x8447 },
  '1.18': { ...SHARED, attitude: 0x7e_d1fe, localPosition: 0x7e_00fc, manualControl: 0x8547 },
};

/** Modes in which PX4 flies but does not arm. */
export const NOT_FOR_TAKEOFF: ModeGroups = 0x3c_3020;
