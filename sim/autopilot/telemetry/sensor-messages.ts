import {
  DistanceSensor,
  HighresImu,
  MavDistanceSensor,
  MavSensorOrientation,
  ScaledPressure,
  Vibration,
} from 'mavlink-mappings/dist/lib/common.js';
import { vector3 } from '#protocols/vector.ts';
import { bodyFromNed } from '../../rotation.ts';
import { heightAboveHomeM } from '../situation.ts';
import { int16, uint16, uint32, usec, type Instruments } from './instruments.ts';

const GRAVITY_MPS2 = 9.806_65;
/** International standard atmosphere at sea level. */
const SEA_LEVEL_HPA = 1013.25;
const SEA_LEVEL_K = 288.15;
const LAPSE_KPM = 0.0065;
const PRESSURE_EXPONENT = 5.255_88;
/** The earth's field as PX4's SIH shows it at its home, gauss. */
const EARTH_FIELD_NED = vector3(0.21, 0, 0.45);
/** Bits of HIGHRES_IMU.fields_updated: the six of the IMU in every message, the slow ones in some. */
const IMU_FIELDS: number = 0x3f;
const SLOW_FIELDS: number = 0x1fff;
const SLOW_DIVIDER = 2;

const pressureHpa = (altAmslM: number): number =>
  SEA_LEVEL_HPA * (1 - (LAPSE_KPM * altAmslM) / SEA_LEVEL_K) ** PRESSURE_EXPONENT;

const altitudeAmslM = ({ autopilot: { situation } }: Instruments): number =>
  situation.originAltAmslM - situation.motion.positionNed.z;

/** Specific force from the change of the estimated velocity since the message before. */
export const imuMessage = (instruments: Instruments): (() => HighresImu) => {
  const message = new HighresImu();
  const { motion } = instruments.autopilot.situation;
  const forceNed = vector3(0, 0, 0);
  const frd = vector3(0, 0, 0);
  const last = { ms: 0, x: 0, y: 0, z: 0 };
  let count = 0;
  message.temperature = 15;
  return () => {
    const nowMs = instruments.bootMs();
    const { x, y, z } = motion.velocityNed;
    const dtS = Math.max(0.004, (nowMs - last.ms) / 1000);
    forceNed.x = (x - last.x) / dtS;
    forceNed.y = (y - last.y) / dtS;
    forceNed.z = (z - last.z) / dtS - GRAVITY_MPS2;
    Object.assign(last, { ms: nowMs, x, y, z });
    bodyFromNed(motion.attitude, forceNed, frd);
    message.timeUsec = usec(nowMs);
    message.xacc = frd.x;
    message.yacc = frd.y;
    message.zacc = frd.z;
    message.xgyro = motion.ratesFrd.x;
    message.ygyro = motion.ratesFrd.y;
    message.zgyro = motion.ratesFrd.z;
    bodyFromNed(motion.attitude, EARTH_FIELD_NED, frd);
    message.xmag = frd.x;
    message.ymag = frd.y;
    message.zmag = frd.z;
    message.pressureAlt = altitudeAmslM(instruments);
    message.absPressure = pressureHpa(message.pressureAlt);
    count += 1;
    message.fieldsUpdated = count % SLOW_DIVIDER === 0 ? SLOW_FIELDS : IMU_FIELDS;
    return message;
  };
};

export const pressureMessage = (instruments: Instruments): (() => ScaledPressure) => {
  const message = new ScaledPressure();
  return () => {
    const altM = altitudeAmslM(instruments);
    message.timeBootMs = uint32(instruments.bootMs());
    message.pressAbs = pressureHpa(altM);
    message.temperature = int16((SEA_LEVEL_K - 273.15 - LAPSE_KPM * altM) * 100);
    return message;
  };
};

/** What the noise of PX4's simulated accelerometers amounts to; the motors of this one do not shake. */
export const vibrationMessage = (instruments: Instruments): (() => Vibration) => {
  const message = new Vibration();
  message.vibrationY = 0.1;
  message.vibrationZ = 1.4;
  return () => {
    message.timeUsec = usec(instruments.bootMs());
    return message;
  };
};

/** The laser that PX4's SIH carries, looking down; not the ring, which is OBSTACLE_DISTANCE. */
export const rangefinderMessage = (instruments: Instruments): (() => DistanceSensor) => {
  const message = new DistanceSensor();
  const { situation } = instruments.autopilot;
  message.minDistance = 0;
  message.maxDistance = 10_000;
  message.type = MavDistanceSensor.LASER;
  message.orientation = MavSensorOrientation.PITCH_270;
  message.quaternion = [0, 0, 0, 0];
  return () => {
    const heightM = situation.landed ? 0 : Math.max(0, heightAboveHomeM(situation));
    message.timeBootMs = uint32(instruments.bootMs());
    message.currentDistance = uint16(heightM * 100);
    message.signalQuality = situation.profile === '1.18' && situation.landed ? 1 : 0;
    return message;
  };
};
