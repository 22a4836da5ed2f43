import { COMMANDER_EVENTS, NAVIGATOR_EVENTS } from '../events/event-kinds.ts';
import { targetOf, type CommandHandler } from './command.ts';

/** The number that makes DISARM work in the air (PX4's KILL). */
const FORCE = 21_196;
/** DO_CHANGE_SPEED's types of speed over ground or through air: one and the same here. */
const HORIZONTAL_SPEED_MOST = 1;

/** The magic number only disarms by force: PX4 lets nobody arm a vehicle by it from outside. */
export const armOrDisarm: CommandHandler = ({ autopilot }, { params }) => {
  const [wish, magic] = params;
  const { notices } = autopilot.situation;
  if (Number.isNaN(wish)) return 'accepted';
  if (wish === 1) return autopilot.arm('externalCommand');
  if (wish === 0) return autopilot.commander.disarm(autopilot.situation, magic === FORCE);
  const event = COMMANDER_EVENTS.wrongArmingParameter(wish);
  notices.complain(`Unsupported ARM_DISARM param: ${wish.toFixed(3)}`, event);
  return undefined;
};

export const takeOff: CommandHandler = ({ autopilot }, { params }) => {
  const { commander, situation, modes } = autopilot;
  const result = commander.requestMode('AUTO_TAKEOFF', situation);
  if (result !== 'accepted') return result;
  modes.takeoff.commandAltitude(params[6]);
  if (commander.armed && Number.isNaN(params[6])) {
    const heightM = situation.parameters.get('MIS_TAKEOFF_ALT');
    const event = NAVIGATOR_EVENTS.defaultTakeoffAltitude(heightM);
    situation.notices.inform(`Using default takeoff altitude: ${heightM.toFixed(1)} m`, event);
  }
  return 'accepted';
};

/** DO_REPOSITION: hold there. */
export const reposition: CommandHandler = (ports, command) => {
  const { autopilot } = ports;
  const result = autopilot.commander.requestMode('AUTO_LOITER', autopilot.situation);
  if (result === 'accepted') {
    autopilot.repositionNext(targetOf(ports, command), command.params[3]);
  }
  return result;
};

/**
 * DO_ORBIT: radius, speed, heading (always towards the centre here), turns, centre. The altitude is above
 * mean sea level in whatever frame it comes, as MAVSDK relies on.
 */
export const orbit: CommandHandler = (ports, command) => {
  const { commander, situation, modes } = ports.autopilot;
  const result = commander.requestMode('ORBIT', situation);
  if (result !== 'accepted') return result;
  const [radiusM, speedMps] = command.params;
  modes.orbit.command(
    { centreNed: targetOf(ports, { ...command, aboveHome: false }), radiusM, speedMps },
    situation,
  );
  return 'accepted';
};

/** For the mode that is flown now; the next one starts from MPC_XY_CRUISE again. */
export const changeSpeed: CommandHandler = ({ autopilot }, { params }) => {
  const [kind, speedMps] = params;
  if (kind <= HORIZONTAL_SPEED_MOST) autopilot.changeSpeed(speedMps);
  return 'accepted';
};

/** MISSION_START: from an item on, and armed. Without a mission that can be flown it is denied. */
export const startMission: CommandHandler = ({ autopilot }, { params }) => {
  const { navigator, commander, situation } = autopilot;
  const { plans } = navigator;
  navigator.step(situation);
  if (!situation.missionValid) {
    const text = 'Mission start denied! No valid mission';
    situation.notices.complain(text, COMMANDER_EVENTS.noMission());
    return 'denied';
  }
  const first = Math.trunc(params[0]);
  if (first >= 0 && first < plans.mission.items.length) plans.setCurrent(first);
  const result = commander.requestMode('AUTO_MISSION', situation);
  return result === 'accepted' ? autopilot.arm('missionStart') : result;
};

export const terminate: CommandHandler = ({ autopilot }, { params }) => {
  if (!autopilot.commander.armed) return 'denied';
  if (params[0] > 0.5) autopilot.commander.terminate();
  return 'accepted';
};

/** DO_SET_HOME: here (parameter 1), or where it says. It then stays there until the next boot. */
export const setHome: CommandHandler = (ports, command) => {
  const { home, situation } = ports.autopilot;
  if (command.params[0] === 1) {
    if (!situation.positionValid) return 'temporarilyRejected';
    home.set(situation);
    return 'accepted';
  }
  const target = targetOf(ports, command);
  if (!Number.isFinite(target.x + target.y + target.z)) return 'failed';
  home.setManually(situation, target);
  return 'accepted';
};
