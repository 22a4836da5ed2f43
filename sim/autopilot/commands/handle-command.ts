import { MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import type { Answer, Command, CommandHandler, CommandPorts } from './command.ts';
import {
  armOrDisarm,
  changeSpeed,
  orbit,
  reposition,
  setHome,
  startMission,
  takeOff,
  terminate,
} from './flight-commands.ts';
import { calibrate, reboot, runChecks, store } from './maintenance-commands.ts';
import { goTo, landHere, returnHome, setMode, setStandardMode } from './mode-commands.ts';
import { recordedOutcome } from './unsupported-here.ts';

const HANDLERS: ReadonlyMap<number, CommandHandler> = new Map<number, CommandHandler>([
  [MavCmd.COMPONENT_ARM_DISARM, armOrDisarm],
  [MavCmd.DO_SET_MODE, setMode],
  [MavCmd.DO_SET_STANDARD_MODE, setStandardMode],
  [MavCmd.NAV_TAKEOFF, takeOff],
  [MavCmd.NAV_VTOL_TAKEOFF, goTo('AUTO_VTOL_TAKEOFF')],
  [MavCmd.NAV_LAND, landHere],
  [MavCmd.NAV_RETURN_TO_LAUNCH, returnHome],
  [MavCmd.NAV_LOITER_UNLIM, goTo('AUTO_LOITER')],
  [MavCmd.DO_REPOSITION, reposition],
  [MavCmd.DO_ORBIT, orbit],
  [MavCmd.DO_CHANGE_SPEED, changeSpeed],
  [MavCmd.DO_SET_HOME, setHome],
  [MavCmd.MISSION_START, startMission],
  [MavCmd.DO_FLIGHTTERMINATION, terminate],
  [MavCmd.PREFLIGHT_CALIBRATION, calibrate],
  [MavCmd.PREFLIGHT_STORAGE, store],
  [MavCmd.RUN_PREARM_CHECKS, runChecks],
  [MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, reboot],
]);

/**
 * Carries out a command as PX4 does and says how it is acknowledged (results observed of v1.15 and
 * v1.18, facts in the recordings); nothing where PX4 stays silent.
 */
export const handleCommand = (ports: CommandPorts, command: Command): readonly Answer[] => {
  const handler = HANDLERS.get(command.command);
  const outcome =
    handler === undefined
      ? recordedOutcome(command.command, ports.autopilot.situation.profile)
      : handler(ports, command);
  if (outcome === undefined) return [];
  return typeof outcome === 'string' ? [{ result: outcome }] : outcome;
};
