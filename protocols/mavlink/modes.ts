import { MavModeFlag } from 'mavlink-mappings/dist/lib/minimal.js';

interface ModeCode {
  main: number;
  sub: number;
}

/**
 * PX4's flight modes as HEARTBEAT.custom_mode and DO_SET_MODE (parameters 2 and 3) carry them:
 * main mode in bits 16–23, sub-mode in bits 24–31. Values as PX4 v1.15 and v1.18 SITL send them.
 */
const MODE_CODES = {
  MANUAL: { main: 1, sub: 0 },
  ALTCTL: { main: 2, sub: 0 },
  POSCTL: { main: 3, sub: 0 },
  ORBIT: { main: 3, sub: 1 },
  AUTO_TAKEOFF: { main: 4, sub: 2 },
  AUTO_LOITER: { main: 4, sub: 3 },
  AUTO_MISSION: { main: 4, sub: 4 },
  AUTO_RTL: { main: 4, sub: 5 },
  AUTO_LAND: { main: 4, sub: 6 },
  AUTO_FOLLOW: { main: 4, sub: 8 },
  AUTO_PRECLAND: { main: 4, sub: 9 },
  ACRO: { main: 5, sub: 0 },
  OFFBOARD: { main: 6, sub: 0 },
  STABILIZED: { main: 7, sub: 0 },
  TERMINATION: { main: 10, sub: 0 },
  AUTO_VTOL_TAKEOFF: { main: 4, sub: 10 },
  EXTERNAL1: { main: 4, sub: 11 },
  EXTERNAL2: { main: 4, sub: 12 },
  EXTERNAL3: { main: 4, sub: 13 },
  EXTERNAL4: { main: 4, sub: 14 },
  EXTERNAL5: { main: 4, sub: 15 },
  EXTERNAL6: { main: 4, sub: 16 },
  EXTERNAL7: { main: 4, sub: 17 },
  EXTERNAL8: { main: 4, sub: 18 },
} as const satisfies Record<string, ModeCode>;

export type FlightMode = keyof typeof MODE_CODES;

/** Every flight mode that has a name here. */
export const FLIGHT_MODES = Object.keys(MODE_CODES) as FlightMode[];

/** `{ main, sub }` of a mode: DO_SET_MODE's parameters 2 and 3. */
export const modeCodeOf = (mode: FlightMode): ModeCode => MODE_CODES[mode];

/** HEARTBEAT.custom_mode of a mode: an unsigned 32-bit number. */
export const customModeOf = (mode: FlightMode): number => {
  const { main, sub } = MODE_CODES[mode];
  return ((main << 16) | (sub << 24)) >>> 0;
};

const MODES_BY_CUSTOM: ReadonlyMap<number, FlightMode> = new Map(
  FLIGHT_MODES.map((mode) => [customModeOf(mode), mode]),
);

/** The mode of a HEARTBEAT.custom_mode; undefined for one that has no name here. */
export const flightModeOf = (customMode: number): FlightMode | undefined =>
  MODES_BY_CUSTOM.get(customMode);

/** The mode of DO_SET_MODE's parameters; undefined where PX4 has none by that number. */
export const flightModeOfCode = (main: number, sub: number): FlightMode | undefined =>
  FLIGHT_MODES.find((mode) => MODE_CODES[mode].main === main && MODE_CODES[mode].sub === sub);

const MANUAL_FLAGS = MavModeFlag.MANUAL_INPUT_ENABLED | MavModeFlag.STABILIZE_ENABLED;
const AUTO_FLAGS =
  MavModeFlag.AUTO_ENABLED | MavModeFlag.GUIDED_ENABLED | MavModeFlag.STABILIZE_ENABLED;

const CONTROL_FLAGS: Readonly<Record<FlightMode, number>> = {
  MANUAL: MANUAL_FLAGS,
  ALTCTL: MANUAL_FLAGS,
  POSCTL: MANUAL_FLAGS,
  ORBIT: MavModeFlag.STABILIZE_ENABLED,
  AUTO_TAKEOFF: AUTO_FLAGS,
  AUTO_LOITER: AUTO_FLAGS,
  AUTO_MISSION: AUTO_FLAGS,
  AUTO_RTL: AUTO_FLAGS,
  AUTO_LAND: AUTO_FLAGS,
  AUTO_FOLLOW: MavModeFlag.STABILIZE_ENABLED,
  AUTO_PRECLAND: AUTO_FLAGS,
  ACRO: MavModeFlag.MANUAL_INPUT_ENABLED,
  OFFBOARD: MavModeFlag.STABILIZE_ENABLED,
  STABILIZED: MANUAL_FLAGS,
  TERMINATION: 0,
  AUTO_VTOL_TAKEOFF: AUTO_FLAGS,
  EXTERNAL1: MavModeFlag.STABILIZE_ENABLED,
  EXTERNAL2: MavModeFlag.STABILIZE_ENABLED,
  EXTERNAL3: MavModeFlag.STABILIZE_ENABLED,
  EXTERNAL4: MavModeFlag.STABILIZE_ENABLED,
  EXTERNAL5: MavModeFlag.STABILIZE_ENABLED,
  EXTERNAL6: MavModeFlag.STABILIZE_ENABLED,
  EXTERNAL7: MavModeFlag.STABILIZE_ENABLED,
  EXTERNAL8: MavModeFlag.STABILIZE_ENABLED,
};

interface ControlState {
  armed: boolean;
  /** Whether setpoints have ever arrived; until then PX4 has no stabilise flag in OFFBOARD. */
  offboardStream: boolean;
}

/** HEARTBEAT.base_mode as PX4 v1.15 and v1.18 SITL send it, e.g. 0x9d in armed AUTO modes. */
export const baseModeOf = (mode: FlightMode, { armed, offboardStream }: ControlState): number => {
  const control = mode === 'OFFBOARD' && !offboardStream ? 0 : CONTROL_FLAGS[mode];
  return MavModeFlag.CUSTOM_MODE_ENABLED | control | (armed ? MavModeFlag.SAFETY_ARMED : 0);
};

/** Whether a HEARTBEAT.base_mode says that the motors may turn. */
export const isArmed = (baseMode: number): boolean => (baseMode & MavModeFlag.SAFETY_ARMED) !== 0;

/** EXTENDED_SYS_STATE.landed_state in order of its values (MAV_LANDED_STATE 0–4). */
const LANDED_STATES = ['UNDEFINED', 'ON_GROUND', 'IN_AIR', 'TAKEOFF', 'LANDING'] as const;

export type LandedState = (typeof LANDED_STATES)[number];

/** `UNDEFINED` for a number that MAVLink does not define. */
export const landedStateOf = (value: number): LandedState => LANDED_STATES[value] ?? 'UNDEFINED';

/** MAV_LANDED_STATE's number. */
export const landedStateCodeOf = (state: LandedState): number => LANDED_STATES.indexOf(state);

/** SYS_STATUS health bit by which PX4 says "ready to arm in the present mode" (MAV_SYS_STATUS_PREARM_CHECK). */
export const PREARM_CHECK_BIT = 0x1000_0000;
