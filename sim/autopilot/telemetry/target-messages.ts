import {
  AttitudeTarget,
  MavFrame,
  OrbitExecutionStatus,
  PositionTargetGlobalInt,
  PositionTargetLocalNed,
  ServoOutputRaw,
} from 'mavlink-mappings/dist/lib/common.js';
import type { Vector3 } from '#protocols/vector.ts';
import { yawOf } from '../../rotation.ts';
import type { Autopilot } from '../autopilot.ts';
import { degE7, uint16, uint32, usec, type Instruments } from './instruments.ts';

/** Wide type on purpose: the bit mask's own type has no name for zero. */
const NOTHING_IGNORED: number = 0;

export const attitudeTargetMessage = (instruments: Instruments): (() => AttitudeTarget) => {
  const message = new AttitudeTarget();
  const { control } = instruments.autopilot;
  const q = [1, 0, 0, 0];
  return () => {
    const wanted = control.attitude.attitudeSetpoint;
    q[0] = wanted.w;
    q[1] = wanted.x;
    q[2] = wanted.y;
    q[3] = wanted.z;
    message.timeBootMs = uint32(instruments.bootMs());
    message.typeMask = NOTHING_IGNORED;
    message.q = q;
    message.bodyRollRate = control.attitude.ratesSetpointFrd.x;
    message.bodyPitchRate = control.attitude.ratesSetpointFrd.y;
    message.bodyYawRate = control.attitude.ratesSetpointFrd.z;
    message.thrust = control.position.thrust;
    return message;
  };
};

const POSITION_IGNORED = 0b111;
const VELOCITY_IGNORED = 0b111_000;
/** What PX4 says it wants of the vertical while the motors are off: down, hard. */
const MOTORS_OFF_DOWN_MPS2 = 100;

const isUnset = (v: Readonly<Vector3>): boolean =>
  Number.isNaN(v.x) && Number.isNaN(v.y) && Number.isNaN(v.z);

const fillTarget = (
  message: PositionTargetLocalNed | PositionTargetGlobalInt,
  { autopilot, bootMs }: Instruments,
): void => {
  const { position, attitude } = autopilot.control;
  const { motion, armed } = autopilot.situation;
  const { velocitySetpointNed: velocity, accelerationSetpointNed: acceleration } = position;
  message.timeBootMs = uint32(bootMs());
  message.vx = armed ? velocity.x : Number.NaN;
  message.vy = armed ? velocity.y : Number.NaN;
  message.vz = armed ? velocity.z : Number.NaN;
  message.afx = armed ? acceleration.x : 0;
  message.afy = armed ? acceleration.y : 0;
  message.afz = armed ? acceleration.z : MOTORS_OFF_DOWN_MPS2;
  message.yaw = armed ? attitude.yawSetpointRad() : yawOf(motion.attitude);
  const { yawRateRadps } = autopilot.setpoint;
  message.yawRate = Number.isNaN(yawRateRadps) ? 0 : yawRateRadps;
};

export const positionTargetMessage = (instruments: Instruments): (() => PositionTargetLocalNed) => {
  const message = new PositionTargetLocalNed();
  const { autopilot } = instruments;
  message.coordinateFrame = MavFrame.LOCAL_NED;
  return () => {
    const { armed } = autopilot.situation;
    const { positionNed } = autopilot.setpoint;
    const { velocitySetpointNed } = autopilot.control.position;
    const unknown = armed ? positionNed : NOWHERE;
    fillTarget(message, instruments);
    message.x = unknown.x;
    message.y = unknown.y;
    message.z = unknown.z;
    message.typeMask =
      (isUnset(unknown) ? POSITION_IGNORED : NOTHING_IGNORED) |
      (armed && !isUnset(velocitySetpointNed) ? NOTHING_IGNORED : VELOCITY_IGNORED);
    return message;
  };
};

const NOWHERE: Readonly<Vector3> = { x: Number.NaN, y: Number.NaN, z: Number.NaN };

/** Where an automatic mode is going; in OFFBOARD and on the ground PX4 does not say. */
export const globalTargetMessage = (
  instruments: Instruments,
): (() => PositionTargetGlobalInt | undefined) => {
  const message = new PositionTargetGlobalInt();
  const { autopilot } = instruments;
  const target = { x: 0, y: 0, z: 0 };
  message.coordinateFrame = MavFrame.GLOBAL_INT;
  message.typeMask = NOTHING_IGNORED;
  return () => {
    const { armed, motion } = autopilot.situation;
    if (!armed || !autopilot.commander.mode.startsWith('AUTO_')) return undefined;
    const { positionNed: wanted } = autopilot.setpoint;
    target.x = Number.isNaN(wanted.x) ? motion.positionNed.x : wanted.x;
    target.y = Number.isNaN(wanted.y) ? motion.positionNed.y : wanted.y;
    target.z = Number.isNaN(wanted.z) ? motion.positionNed.z : wanted.z;
    const { latDeg, lonDeg, altAmslM } = instruments.geodeticOf(target);
    fillTarget(message, instruments);
    message.latInt = degE7(latDeg);
    message.lonInt = degE7(lonDeg);
    message.alt = altAmslM;
    return message;
  };
};

/** What an output that drives nothing, or a motor that is off, is sent, µs. */
export const OFF_PWM_US: number = 900;
export const OUTPUTS = 16;

/** From 1000 µs (idle) to 2000 µs (full). */
export const motorPwmUs = ({ situation, throttle }: Autopilot, motor: number): number =>
  situation.armed ? uint16(1000 + 1000 * throttle[motor]!) : OFF_PWM_US;

export const servoMessage = (instruments: Instruments): (() => ServoOutputRaw) => {
  const message = new ServoOutputRaw();
  const { autopilot } = instruments;
  for (let output = 1; output <= OUTPUTS; output += 1) {
    Object.assign(message, { [`servo${output}Raw`]: OFF_PWM_US });
  }
  return () => {
    message.timeUsec = uint32((instruments.bootMs() * 1000) % 4_294_967_296);
    message.servo1Raw = motorPwmUs(autopilot, 0);
    message.servo2Raw = motorPwmUs(autopilot, 1);
    message.servo3Raw = motorPwmUs(autopilot, 2);
    message.servo4Raw = motorPwmUs(autopilot, 3);
    return message;
  };
};

/** While ORBIT flies. The altitude is that of the moment's position setpoint: NaN when there is none. */
export const orbitMessage = (
  instruments: Instruments,
): (() => OrbitExecutionStatus | undefined) => {
  const message = new OrbitExecutionStatus();
  const { commander, modes, setpoint, situation } = instruments.autopilot;
  message.frame = MavFrame.GLOBAL;
  return () => {
    if (commander.mode !== 'ORBIT') return undefined;
    const { centreNed, radiusM } = modes.orbit.circle;
    const centre = instruments.geodeticOf(centreNed);
    message.timeUsec = usec(instruments.bootMs());
    message.radius = radiusM;
    message.x = degE7(centre.latDeg);
    message.y = degE7(centre.lonDeg);
    message.z = situation.originAltAmslM - setpoint.positionNed.z;
    return message;
  };
};
