import { MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import type { CalibratedSensor } from '../calibration.ts';
import { COMMANDER_EVENTS } from '../events/event-kinds.ts';
import type { Command, CommandHandler } from './command.ts';

const ACCELEROMETERS = 1;
const LEVEL = 2;

const sensorOf = ({ params }: Command): CalibratedSensor | undefined => {
  if (params[0] === 1) return 'gyro';
  if (params[1] === 1) return 'mag';
  if (params[4] === ACCELEROMETERS) return 'accel';
  return params[4] === LEVEL ? 'level' : undefined;
};

/** PREFLIGHT_CALIBRATION: one at a time, disarmed; all zeros cancel. What is not a sensor's is instant. */
export const calibrate: CommandHandler = ({ autopilot }, command) => {
  const { commander, situation } = autopilot;
  const { calibration } = commander;
  const { timeS, profile } = situation;
  const cancels = command.params.every((param) => !(Math.abs(param) > 0));
  if (cancels && calibration.cancel(timeS)) return 'accepted';
  if (commander.armed) return 'temporarilyRejected';
  if (commander.isCalibrating(situation)) {
    const { PREFLIGHT_CALIBRATION: number } = MavCmd;
    const event = COMMANDER_EVENTS.busyCalibrating(number);
    situation.notices.complain(`Command denied during calibration: ${number}`, event);
    return 'temporarilyRejected';
  }
  const sensor = sensorOf(command);
  if (sensor !== undefined) calibration.start(sensor, timeS, profile);
  return 'accepted';
};

/** RUN_PREARM_CHECKS: a report on them is sent at once, though nothing has changed. */
export const runChecks: CommandHandler = ({ autopilot }) => {
  autopilot.commander.reportAsked = true;
  return 'accepted';
};

/** PREFLIGHT_STORAGE: parameters are always stored; only a calibration is in the way. */
export const store: CommandHandler = ({ autopilot }) => {
  const { commander, situation } = autopilot;
  const busy = commander.armed || commander.isCalibrating(situation);
  return busy ? 'temporarilyRejected' : 'accepted';
};

/** PREFLIGHT_REBOOT_SHUTDOWN: never while armed. */
export const reboot: CommandHandler = ({ autopilot }, { params }) => {
  if (params[0] === 0) return 'accepted';
  if (autopilot.commander.armed || !autopilot.rebootsOnCommand) return 'denied';
  autopilot.rebootSoon();
  return 'accepted';
};
