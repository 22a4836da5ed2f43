import type { Profile } from '../parameters.ts';
import type { CommandHandler } from './command.ts';

/** How long the gyroscopes take to be calibrated on a vehicle at rest, as recorded. */
const GYRO_CALIBRATION_S: Readonly<Record<Profile, number>> = { '1.15': 16.5, '1.18': 1.5 };

/** PREFLIGHT_CALIBRATION: gyroscopes take their time, the rest is instant. One at a time, disarmed. */
export const calibrate: CommandHandler = ({ autopilot }, { params }) => {
  const { commander, situation } = autopilot;
  const { timeS, profile } = situation;
  if (commander.armed || timeS < commander.calibratingUntilS) return 'temporarilyRejected';
  if (params[0] === 1) commander.calibratingUntilS = timeS + GYRO_CALIBRATION_S[profile];
  return 'accepted';
};

/** PREFLIGHT_STORAGE: parameters are always stored; only a calibration is in the way. */
export const store: CommandHandler = ({ autopilot }) => {
  const { commander, situation } = autopilot;
  const busy = commander.armed || situation.timeS < commander.calibratingUntilS;
  return busy ? 'temporarilyRejected' : 'accepted';
};

/** PREFLIGHT_REBOOT_SHUTDOWN: never while armed. */
export const reboot: CommandHandler = ({ autopilot }, { params }) => {
  if (params[0] === 0) return 'accepted';
  if (autopilot.commander.armed || !autopilot.rebootsOnCommand) return 'denied';
  autopilot.rebootSoon();
  return 'accepted';
};
