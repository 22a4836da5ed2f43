import { MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import { MavModeFlag } from 'mavlink-mappings/dist/lib/minimal.js';
import type { CommandRequest } from './command.ts';
import { modeCodeOf } from './modes.ts';
import type { FlightMode } from './modes.ts';

/** PX4 disarms in the air, at once, only when parameter 2 holds this number (MAV_CMD 400). */
const FORCE_MAGIC = 21_196;

export const armCommand = (): CommandRequest => ({
  command: MavCmd.COMPONENT_ARM_DISARM,
  params: [1],
});

/** PX4 answers `temporarilyRejected` in the air. */
export const disarmCommand = (): CommandRequest => ({
  command: MavCmd.COMPONENT_ARM_DISARM,
  params: [0],
});

/** Cuts the motors wherever the vehicle is: it falls. */
export const killCommand = (): CommandRequest => ({
  command: MavCmd.COMPONENT_ARM_DISARM,
  params: [0, FORCE_MAGIC],
  urgent: true,
});

/** On PX4 acceptance may come up to 1 s before a HEARTBEAT shows the new mode. */
export const setModeCommand = (mode: FlightMode, urgent = false): CommandRequest => {
  const { main, sub } = modeCodeOf(mode);
  return {
    command: MavCmd.DO_SET_MODE,
    params: [MavModeFlag.CUSTOM_MODE_ENABLED, main, sub],
    urgent,
  };
};

/** Take-off where it stands, keeping its heading; `altAmslM` NaN means PX4's MIS_TAKEOFF_ALT. */
export const takeoffCommand = (altAmslM = Number.NaN): CommandRequest => ({
  command: MavCmd.NAV_TAKEOFF,
  params: [0, 0, 0, Number.NaN, Number.NaN, Number.NaN, altAmslM],
});

/** MAV_DO_REPOSITION_FLAGS. */
const CHANGE_MODE = 1;

/** Holds where it comes to rest, at that altitude: LOITER entered from a climb would go on with it. */
export const holdAtAltitudeCommand = (altAmslM: number): CommandRequest => ({
  command: MavCmd.DO_REPOSITION,
  params: [-1, CHANGE_MODE, 0, Number.NaN, Number.NaN, Number.NaN, altAmslM],
});

/** Asks for one message now; PX4 answers `denied` to an id that it does not know. */
export const requestMessageCommand = (msgid: number): CommandRequest => ({
  command: MavCmd.REQUEST_MESSAGE,
  params: [msgid],
});
