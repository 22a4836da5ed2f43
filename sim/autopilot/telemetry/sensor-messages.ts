import {
  DistanceSensor,
  HighresImu,
  MavDistanceSensor,
  MavSensorOrientation,
  ScaledPressure,
  Vibration,
} from 'mavlink-mappings/dist/lib/common.js';
import { heightAboveHomeM } from '../situation.ts';
import { inertialSampler } from './inertial-sample.ts';
import { int16, uint16, uint32, usec, type Instruments } from './instruments.ts';

/** International standard atmosphere at sea level. */
const SEA_LEVEL_HPA = 1013.25;
const SEA_LEVEL_K = 288.15;
const LAPSE_KPM = 0.0065;
const PRESSURE_EXPONENT = 5.255_88;
/** Bits of HIGHRES_IMU.fields_updated: the six of the IMU in every message, the slow ones in some. */
const IMU_FIELDS: number = 0x3f;
const SLOW_FIELDS: number = 0x1fff;
const SLOW_DIVIDER = 2;

const pressureHpa = (altAmslM: number): number =>
  SEA_LEVEL_HPA * (1 - (LAPSE_KPM * altAmslM) / SEA_LEVEL_K) ** PRESSURE_EXPONENT;

const altitudeAmslM = ({ autopilot: { situation } }: Instruments): number =>
  situation.originAltAmslM - situation.motion.positionNed.z;

export const imuMessage = (instruments: Instruments): (() => HighresImu) => {
  const message = new HighresImu();
  const sample = inertialSampler(instruments);
  let count = 0;
  message.temperature = 15;
  return () => {
    const { force, rates, field } = sample();
    message.timeUsec = usec(instruments.bootMs());
    message.xacc = force.x;
    message.yacc = force.y;
    message.zacc = force.z;
    message.xgyro = rates.x;
    message.ygyro = rates.y;
    message.zgyro = rates.z;
    message.xmag = field.x;
    message.ymag = field.y;
    message.zmag = field.z;
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
