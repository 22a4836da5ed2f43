import { flightModeOfCode, modeCodeOf, type FlightMode } from '#protocols/mavlink/modes.ts';
import { COMMANDER_EVENTS } from '../events/event-kinds.ts';
import type { CommandHandler } from './command.ts';

const CUSTOM_MODE_ENABLED = 1;
const { main: AUTO } = modeCodeOf('AUTO_MISSION');
const { main: POSCTL } = modeCodeOf('POSCTL');
const { main: TERMINATION } = modeCodeOf('TERMINATION');
/** TAKEOFF is the first that a command may ask for: 1 ("ready") is PX4's own. */
const FIRST_AUTO_SUB = 2;

/** The mode that PX4 understands by main and sub-mode; undefined for none. */
const modeOf = (main: number, sub: number): FlightMode | undefined => {
  if (main === TERMINATION) return undefined;
  // POSCTL has sub-modes that fly like it; ORBIT is among the numbers but only by DO_ORBIT.
  if (main === POSCTL) return 'POSCTL';
  if (main !== AUTO) return flightModeOfCode(main, 0);
  if (sub === 0) return 'AUTO_MISSION';
  return sub < FIRST_AUTO_SUB ? undefined : flightModeOfCode(main, sub);
};

/** DO_SET_MODE, and SET_MODE in its shape. */
export const setMode: CommandHandler = ({ autopilot }, { params }) => {
  const { commander, situation } = autopilot;
  const { notices, profile } = situation;
  const [flags, main, sub] = params;
  if ((flags & CUSTOM_MODE_ENABLED) === 0) {
    if (profile === '1.15') return 'accepted';
    notices.complain('Unsupported base mode', COMMANDER_EVENTS.wrongBaseMode());
    return 'temporarilyRejected';
  }
  const mode = modeOf(main, sub);
  if (mode !== undefined) return commander.requestMode(mode, situation);
  if (main === AUTO) {
    notices.complain('Unsupported auto mode', COMMANDER_EVENTS.wrongAutoMode());
    return 'temporarilyRejected';
  }
  // It acknowledges main modes that it does not know, and stays where it is.
  if (profile === '1.15') return 'accepted';
  notices.complain('Unsupported main mode', COMMANDER_EVENTS.wrongMainMode());
  return 'temporarilyRejected';
};

/** MAV_STANDARD_MODE by number. */
const STANDARD_MODES: Readonly<Record<number, FlightMode>> = {
  1: 'POSCTL',
  2: 'ORBIT',
  4: 'ALTCTL',
  5: 'AUTO_RTL',
  6: 'AUTO_MISSION',
  7: 'AUTO_LAND',
  8: 'AUTO_TAKEOFF',
};

export const setStandardMode: CommandHandler = ({ autopilot }, { params }) => {
  const { commander, situation } = autopilot;
  if (situation.profile === '1.15') return 'failed';
  const mode = STANDARD_MODES[params[0]];
  return mode === undefined ? 'denied' : commander.requestMode(mode, situation);
};

/** NAV_LAND: here. */
export const landHere: CommandHandler = ({ autopilot }) => {
  const { commander, situation } = autopilot;
  const result = commander.requestMode('AUTO_LAND', situation);
  if (result === 'accepted') {
    situation.notices.inform('Landing at current position', COMMANDER_EVENTS.landingHere());
  }
  return result;
};

export const returnHome: CommandHandler = ({ autopilot }) =>
  autopilot.commander.returnHome(autopilot.situation);

/** A command that is nothing but a mode. */
export const goTo =
  (mode: FlightMode): CommandHandler =>
  ({ autopilot }) =>
    autopilot.commander.requestMode(mode, autopilot.situation);
