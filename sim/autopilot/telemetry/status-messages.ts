import { baseModeOf, customModeOf, landedStateCodeOf } from '#protocols/mavlink/modes.ts';
import {
  BatteryStatus,
  CurrentMode,
  EstimatorStatus,
  ExtendedSysState,
  MavBatteryChargeState,
  MavBatteryFunction,
  MavBatteryType,
  MavSysStatusSensorExtended,
  SysStatus,
  SystemTime,
  TimeSync,
} from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat, MavAutopilot, MavState, MavType } from 'mavlink-mappings/dist/lib/minimal.js';
import type { Autopilot } from '../autopilot.ts';
import type { Situation } from '../situation.ts';
import { int16, uint16, uint32, type Instruments } from './instruments.ts';
import { sensorHealth } from './sensor-health.ts';

/** ESTIMATOR_STATUS flags before and after the estimator has aligned. */
const FLAGS_ALIGNING: number = 0xe4;
const FLAGS_ALIGNED: number = 0x37f;
/** Aligned once, but without a position to trust. */
const FLAGS_LOST: number = 0xe5;

const systemStatus = ({ commander, situation }: Autopilot): MavState => {
  if (commander.terminated) return MavState.FLIGHT_TERMINATION;
  if (commander.armed) return commander.failsafeActive ? MavState.CRITICAL : MavState.ACTIVE;
  if (situation.timeS < commander.calibratingUntilS) return MavState.CALIBRATING;
  return commander.canArm(situation) ? MavState.STANDBY : MavState.UNINIT;
};

export const heartbeatMessage = (instruments: Instruments): (() => Heartbeat) => {
  const message = new Heartbeat();
  const { autopilot } = instruments;
  message.type = MavType.QUADROTOR;
  message.autopilot = MavAutopilot.PX4;
  message.mavlinkVersion = 3;
  return () => {
    const { mode, armed } = autopilot.commander;
    message.customMode = customModeOf(mode);
    message.baseMode = baseModeOf(mode, { armed, offboardStream: autopilot.stream.everCame });
    message.systemStatus = systemStatus(autopilot);
    return message;
  };
};

export const currentModeMessage = (instruments: Instruments): (() => CurrentMode) => {
  const message = new CurrentMode();
  const { commander } = instruments.autopilot;
  message.standardMode = 0;
  return () => {
    message.customMode = customModeOf(commander.mode);
    message.intendedCustomMode = customModeOf(commander.intendedMode);
    return message;
  };
};

export const sysStatusMessage = (instruments: Instruments): (() => SysStatus) => {
  const message = new SysStatus();
  const { autopilot, battery } = instruments;
  return () => {
    const { present, enabled, healthy } = sensorHealth(autopilot);
    message.onboardControlSensorsPresent = present;
    message.onboardControlSensorsEnabled = enabled;
    message.onboardControlSensorsHealth = healthy;
    message.onboardControlSensorsHealthExtended = MavSysStatusSensorExtended.RECOVERY_SYSTEM;
    message.load = 100;
    message.voltageBattery = uint16(battery.voltageV * 1000);
    message.currentBattery = int16(battery.currentA * 100);
    message.batteryRemaining = Math.ceil(battery.remaining() * 100);
    return message;
  };
};

const chargeState = (autopilot: Autopilot, remaining: number): MavBatteryChargeState => {
  const { parameters } = autopilot.situation;
  if (remaining < parameters.get('BAT_EMERGEN_THR')) return MavBatteryChargeState.EMERGENCY;
  if (remaining < parameters.get('BAT_CRIT_THR')) return MavBatteryChargeState.CRITICAL;
  if (remaining < parameters.get('BAT_LOW_THR')) return MavBatteryChargeState.LOW;
  return MavBatteryChargeState.OK;
};

export const batteryMessage = (instruments: Instruments): (() => BatteryStatus) => {
  const message = new BatteryStatus();
  const { autopilot, battery } = instruments;
  message.batteryFunction = MavBatteryFunction.ALL;
  message.type = MavBatteryType.LIPO;
  message.temperature = 32_767;
  message.energyConsumed = -1;
  message.voltagesExt = [0, 0, 0, 0];
  const voltages = Array.from({ length: 10 }, () => 65_535);
  return () => {
    // PX4 puts the whole pack's voltage into the first cell when it knows no cells.
    voltages[0] = uint16(battery.voltageV * 1000);
    message.voltages = voltages;
    message.currentBattery = int16(battery.currentA * 100);
    message.currentConsumed = Math.round(battery.usedAh() * 1000);
    message.batteryRemaining = Math.ceil(battery.remaining() * 100);
    message.chargeState = chargeState(autopilot, battery.remaining());
    return message;
  };
};

export const extendedStateMessage = (instruments: Instruments): (() => ExtendedSysState) => {
  const message = new ExtendedSysState();
  message.vtolState = 0;
  return () => {
    message.landedState = landedStateCodeOf(instruments.autopilot.landedState);
    return message;
  };
};

/** ESTIMATOR_STATUS_FLAGS: innovations of GNSS fail. */
const GPS_GLITCH = 1024;

const estimatorFlags = ({ aligned, positionValid }: Situation): number => {
  if (!aligned) return FLAGS_ALIGNING;
  return positionValid ? FLAGS_ALIGNED : FLAGS_LOST;
};

export const estimatorMessage = (instruments: Instruments): (() => EstimatorStatus) => {
  const message = new EstimatorStatus();
  const { situation } = instruments.autopilot;
  message.tasRatio = Number.NaN;
  message.posVertAccuracy = 0.1;
  return () => {
    message.timeUsec = BigInt(Math.round(instruments.bootMs() * 1000));
    message.flags = estimatorFlags(situation) | (instruments.rejectsGnss() ? GPS_GLITCH : 0);
    message.posHorizAccuracy = situation.horizontalErrorM;
    return message;
  };
};

export const systemTimeMessage = (instruments: Instruments): (() => SystemTime) => {
  const message = new SystemTime();
  return () => {
    message.timeUnixUsec = instruments.unixUs();
    message.timeBootMs = uint32(instruments.bootMs());
    return message;
  };
};

/** PX4 asks at 10 Hz; the answer is the peer's. */
export const timesyncMessage = (instruments: Instruments): (() => TimeSync) => {
  const message = new TimeSync();
  return () => {
    message.tc1 = 0n;
    message.ts1 = BigInt(Math.round(instruments.bootMs() * 1000)) * 1000n;
    return message;
  };
};
