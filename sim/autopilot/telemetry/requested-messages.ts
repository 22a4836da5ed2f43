import {
  ActuatorOutputStatus,
  FlightInformation,
  HilStateQuaternion,
  ScaledImu,
} from 'mavlink-mappings/dist/lib/common.js';
import { inertialSampler } from './inertial-sample.ts';
import { degE7, int16, millimetres, uint32, usec, type Instruments } from './instruments.ts';
import { motorPwmUs, OFF_PWM_US, OUTPUTS } from './target-messages.ts';

const GRAVITY_MPS2 = 9.806_65;
/** Of the simulated sensor, hundredths of a degree Celsius. */
const SENSOR_TEMPERATURE = 1500;
const ACTUATORS = 32;

/** Number of the flight, and how long after boot it began: µs, 0 on the ground. */
export const flightMessage = (instruments: Instruments): (() => FlightInformation) => {
  const message = new FlightInformation();
  const { situation, commander } = instruments.autopilot;
  return () => {
    const { armed, armedAtS } = situation;
    const { takenOffS } = commander;
    message.timeBootMs = uint32(instruments.bootMs());
    message.armingTimeUtc = armed ? usec(armedAtS * 1000) : 0n;
    message.takeoffTimeUtc = armed && Number.isFinite(takenOffS) ? usec(takenOffS * 1000) : 0n;
    message.flightUuid = BigInt(Math.max(0, situation.parameters.get('COM_FLIGHT_UUID')));
    return message;
  };
};

/** The first IMU in thousandths of g, rad/s and gauss. */
export const scaledImuMessage = (instruments: Instruments): (() => ScaledImu) => {
  const message = new ScaledImu();
  const sample = inertialSampler(instruments);
  message.temperature = SENSOR_TEMPERATURE;
  return () => {
    const { force, rates, field } = sample();
    message.timeBootMs = uint32(instruments.bootMs());
    message.xacc = int16((force.x / GRAVITY_MPS2) * 1000);
    message.yacc = int16((force.y / GRAVITY_MPS2) * 1000);
    message.zacc = int16((force.z / GRAVITY_MPS2) * 1000);
    message.xgyro = int16(rates.x * 1000);
    message.ygyro = int16(rates.y * 1000);
    message.zgyro = int16(rates.z * 1000);
    message.xmag = int16(field.x * 1000);
    message.ymag = int16(field.y * 1000);
    message.zmag = int16(field.z * 1000);
    return message;
  };
};

/** What SERVO_OUTPUT_RAW says, as floats: µs. */
export const actuatorMessage = (instruments: Instruments): (() => ActuatorOutputStatus) => {
  const message = new ActuatorOutputStatus();
  const { autopilot } = instruments;
  const outputs = Array.from({ length: ACTUATORS }, (_, at) => (at < OUTPUTS ? OFF_PWM_US : 0));
  message.active = OUTPUTS;
  message.actuator = outputs;
  return () => {
    for (let motor = 0; motor < autopilot.throttle.length; motor += 1) {
      outputs[motor] = motorPwmUs(autopilot, motor);
    }
    message.timeUsec = usec(instruments.bootMs());
    return message;
  };
};

/** The simulator's truth, as PX4's own simulators tell it to who asks; nothing here flies by it. */
export const truthMessage = (instruments: Instruments): (() => HilStateQuaternion) => {
  const message = new HilStateQuaternion();
  const { truth } = instruments;
  return () => {
    const { attitude, ratesFrd, velocityNed, accelerationNed } = truth;
    const { latDeg, lonDeg, altAmslM } = truth.geodetic();
    message.timeUsec = 0n;
    message.attitudeQuaternion = [attitude.w, attitude.x, attitude.y, attitude.z];
    message.rollspeed = ratesFrd.x;
    message.pitchspeed = ratesFrd.y;
    message.yawspeed = ratesFrd.z;
    message.lat = degE7(latDeg);
    message.lon = degE7(lonDeg);
    message.alt = millimetres(altAmslM);
    message.vx = int16(velocityNed.x * 100);
    message.vy = int16(velocityNed.y * 100);
    message.vz = int16(velocityNed.z * 100);
    message.xacc = int16(accelerationNed.x);
    message.yacc = int16(accelerationNed.y);
    message.zacc = int16(accelerationNed.z);
    return message;
  };
};
