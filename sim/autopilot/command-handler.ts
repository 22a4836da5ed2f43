import { flightModeOfCode } from '#protocols/mavlink/modes.ts';
import { MavCmd, MavResult } from 'mavlink-mappings/dist/lib/common.js';
import type { Geodetic } from '#protocols/frames.ts';
import type { Vector3 } from '#protocols/vector.ts';
import type { Autopilot } from './autopilot.ts';
import type { RequestResult } from './commander.ts';

/** COMMAND_LONG, or COMMAND_INT with its position turned into degrees. */
export interface Command {
  command: number;
  params: readonly [number, number, number, number, number, number, number];
}

export interface CommandHandlerPorts {
  autopilot: Autopilot;
  localOf: (position: Geodetic) => Vector3;
}

const RESULTS: Readonly<Record<RequestResult, MavResult>> = {
  accepted: MavResult.ACCEPTED,
  temporarilyRejected: MavResult.TEMPORARILY_REJECTED,
  denied: MavResult.DENIED,
  unsupported: MavResult.UNSUPPORTED,
  failed: MavResult.FAILED,
  inProgress: MavResult.IN_PROGRESS,
};

/** The number that makes DISARM work in the air (PX4's KILL). */
const FORCE = 21_196;
const CUSTOM_MODE_ENABLED = 1;
const MAIN_MODES_KNOWN = 10;

const requestMode = ({ autopilot }: CommandHandlerPorts, { params }: Command): RequestResult => {
  const [flags, main, sub] = params;
  if ((flags & CUSTOM_MODE_ENABLED) === 0) return 'temporarilyRejected';
  const mode = flightModeOfCode(main, sub);
  if (mode !== undefined) return autopilot.commander.requestMode(mode, autopilot.situation);
  const ignored = autopilot.situation.profile === '1.15' && main > MAIN_MODES_KNOWN;
  return ignored ? 'accepted' : 'temporarilyRejected';
};

/** Undefined: PX4 does not answer at all. */
const armOrDisarm = (
  { autopilot }: CommandHandlerPorts,
  { params }: Command,
): RequestResult | undefined => {
  const [wish, magic] = params;
  if (Number.isNaN(wish)) return 'accepted';
  if (wish === 1) return autopilot.arm();
  if (wish === 0) return autopilot.commander.disarm(autopilot.situation, magic === FORCE);
  return undefined;
};

const takeOff = ({ autopilot }: CommandHandlerPorts, { params }: Command): RequestResult => {
  const result = autopilot.commander.requestMode('AUTO_TAKEOFF', autopilot.situation);
  if (result === 'accepted') autopilot.modes.takeoff.commandAltitude(params[6]);
  return result;
};

/** DO_REPOSITION: hold there. NaN keeps a coordinate. */
const reposition = (ports: CommandHandlerPorts, { params }: Command): RequestResult => {
  const { autopilot } = ports;
  const result = autopilot.commander.requestMode('AUTO_LOITER', autopilot.situation);
  if (result !== 'accepted') return result;
  const [, , , yawRad, latDeg, lonDeg, altAmslM] = params;
  const target = ports.localOf({ latDeg, lonDeg, altAmslM });
  autopilot.repositionNext(target, yawRad);
  return 'accepted';
};

/** MISSION_START: from an item on, and armed. Without a mission that can be flown it is denied. */
const startMission = ({ autopilot }: CommandHandlerPorts, { params }: Command): RequestResult => {
  const { navigator, commander, situation } = autopilot;
  const { plans } = navigator;
  navigator.step(situation);
  if (!situation.missionValid) return 'denied';
  const first = Math.trunc(params[0]);
  if (first >= 0 && first < plans.mission.items.length) plans.setCurrent(first);
  const result = commander.requestMode('AUTO_MISSION', situation);
  return result === 'accepted' ? autopilot.arm() : result;
};

const terminate = ({ autopilot }: CommandHandlerPorts, { params }: Command): RequestResult => {
  if (!autopilot.commander.armed) return 'denied';
  if (params[0] > 0.5) autopilot.commander.terminate();
  return 'accepted';
};

/**
 * Carries out a command as PX4 does and says which MAV_RESULT it acknowledges (results observed of
 * v1.15 and v1.18, facts in the recordings); undefined where PX4 stays silent.
 */
export const handleCommand = (
  ports: CommandHandlerPorts,
  command: Command,
): MavResult | undefined => {
  const result = resultOf(ports, command);
  return result === undefined ? undefined : RESULTS[result];
};

const resultOf = (ports: CommandHandlerPorts, command: Command): RequestResult | undefined => {
  const { autopilot } = ports;
  const { commander, situation } = autopilot;
  switch (command.command) {
    case MavCmd.COMPONENT_ARM_DISARM:
      return armOrDisarm(ports, command);
    case MavCmd.DO_SET_MODE:
      return requestMode(ports, command);
    case MavCmd.NAV_TAKEOFF:
      return takeOff(ports, command);
    case MavCmd.NAV_LAND:
      return commander.requestMode('AUTO_LAND', situation);
    case MavCmd.NAV_RETURN_TO_LAUNCH:
      return commander.requestMode('AUTO_RTL', situation);
    case MavCmd.NAV_LOITER_UNLIM:
      return commander.requestMode('AUTO_LOITER', situation);
    case MavCmd.DO_REPOSITION:
      return reposition(ports, command);
    case MavCmd.DO_FLIGHTTERMINATION:
      return terminate(ports, command);
    case MavCmd.MISSION_START:
      return startMission(ports, command);
    case MavCmd.PREFLIGHT_REBOOT_SHUTDOWN:
      return commander.armed ? 'denied' : 'accepted';
    case MavCmd.DO_CHANGE_SPEED:
      return 'accepted';
    default:
      return 'unsupported';
  }
};
