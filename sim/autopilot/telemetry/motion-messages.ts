import { heightAboveHomeM } from '../situation.ts';
import {
  Altitude,
  Attitude,
  AttitudeQuaternion,
  LocalPositionNed,
  VfrHud,
} from 'mavlink-mappings/dist/lib/common.js';
import { GlobalPositionInt } from 'mavlink-mappings/dist/lib/standard.js';
import { pitchOf, rollOf, yawOf } from '../../rotation.ts';
import {
  centidegrees,
  degE7,
  int16,
  millimetres,
  uint16,
  uint32,
  usec,
  type Instruments,
} from './instruments.ts';

/** Each maker owns one message and fills it anew: nothing is allocated at telemetry rates. */
export const attitudeMessage = (instruments: Instruments): (() => Attitude) => {
  const message = new Attitude();
  const { motion } = instruments.autopilot.situation;
  return () => {
    message.timeBootMs = uint32(instruments.bootMs());
    message.roll = rollOf(motion.attitude);
    message.pitch = pitchOf(motion.attitude);
    message.yaw = yawOf(motion.attitude);
    message.rollspeed = motion.ratesFrd.x;
    message.pitchspeed = motion.ratesFrd.y;
    message.yawspeed = motion.ratesFrd.z;
    return message;
  };
};

export const attitudeQuaternionMessage = (instruments: Instruments): (() => AttitudeQuaternion) => {
  const message = new AttitudeQuaternion();
  message.reprOffsetQ = [0, 0, 0, 0];
  const { motion } = instruments.autopilot.situation;
  return () => {
    message.timeBootMs = uint32(instruments.bootMs());
    message.q1 = motion.attitude.w;
    message.q2 = motion.attitude.x;
    message.q3 = motion.attitude.y;
    message.q4 = motion.attitude.z;
    message.rollspeed = motion.ratesFrd.x;
    message.pitchspeed = motion.ratesFrd.y;
    message.yawspeed = motion.ratesFrd.z;
    return message;
  };
};

export const localPositionMessage = (instruments: Instruments): (() => LocalPositionNed) => {
  const message = new LocalPositionNed();
  const { motion } = instruments.autopilot.situation;
  return () => {
    message.timeBootMs = uint32(instruments.bootMs());
    message.x = motion.positionNed.x;
    message.y = motion.positionNed.y;
    message.z = motion.positionNed.z;
    message.vx = motion.velocityNed.x;
    message.vy = motion.velocityNed.y;
    message.vz = motion.velocityNed.z;
    return message;
  };
};

/** Silent while the position is not to be trusted. */
export const globalPositionMessage = (
  instruments: Instruments,
): (() => GlobalPositionInt | undefined) => {
  const message = new GlobalPositionInt();
  const { situation } = instruments.autopilot;
  const { motion } = situation;
  return () => {
    if (!situation.positionValid) return undefined;
    const { latDeg, lonDeg, altAmslM } = instruments.geodeticOf(motion.positionNed);
    message.timeBootMs = uint32(instruments.bootMs());
    message.lat = degE7(latDeg);
    message.lon = degE7(lonDeg);
    message.alt = millimetres(altAmslM);
    message.relativeAlt = millimetres(heightAboveHomeM(situation));
    message.vx = int16(motion.velocityNed.x * 100);
    message.vy = int16(motion.velocityNed.y * 100);
    message.vz = int16(motion.velocityNed.z * 100);
    message.hdg = centidegrees(yawOf(motion.attitude));
    return message;
  };
};

export const vfrHudMessage = (instruments: Instruments): (() => VfrHud) => {
  const message = new VfrHud();
  const { autopilot } = instruments;
  const { motion, profile } = autopilot.situation;
  return () => {
    const { x, y, z } = motion.velocityNed;
    message.airspeed = profile === '1.15' ? 0 : Number.NaN;
    message.groundspeed = Math.sqrt(x * x + y * y);
    message.heading = Math.trunc(centidegrees(yawOf(motion.attitude)) / 100);
    message.throttle = uint16(autopilot.control.position.thrust * 100);
    message.alt = autopilot.situation.originAltAmslM - motion.positionNed.z;
    message.climb = -z;
    return message;
  };
};

export const altitudeMessage = (instruments: Instruments): (() => Altitude) => {
  const message = new Altitude();
  const { situation } = instruments.autopilot;
  return () => {
    const upM = -situation.motion.positionNed.z;
    const known = situation.aligned;
    message.timeUsec = usec(instruments.bootMs());
    message.altitudeMonotonic = situation.originAltAmslM + upM;
    message.altitudeAmsl = situation.originAltAmslM + upM;
    message.altitudeLocal = upM;
    message.altitudeRelative = known ? heightAboveHomeM(situation) : upM;
    // Flat ground through home, as the laser below would find it.
    message.altitudeTerrain = known ? upM - heightAboveHomeM(situation) : Number.NaN;
    message.bottomClearance = known ? Math.max(0, heightAboveHomeM(situation)) : Number.NaN;
    return message;
  };
};
