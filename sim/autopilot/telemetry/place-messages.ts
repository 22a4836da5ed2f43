import { degreesFromRadians } from '#protocols/units.ts';
import { vector3 } from '#protocols/vector.ts';
import {
  GpsFixType,
  GpsGlobalOrigin,
  GpsRawInt,
  HomePosition,
  MavDistanceSensor,
  MavFrame,
  ObstacleDistance,
  ServoOutputRaw,
} from 'mavlink-mappings/dist/lib/common.js';
import { AutopilotVersion } from 'mavlink-mappings/dist/lib/standard.js';
import { degE7, millimetres, uint16, uint32, type Instruments } from './instruments.ts';

export const gpsMessage = (instruments: Instruments): (() => GpsRawInt) => {
  const message = new GpsRawInt();
  message.eph = 70;
  message.epv = 110;
  message.hAcc = 900;
  message.vAcc = 1780;
  message.velAcc = 400;
  return () => {
    const fix = instruments.gnss;
    message.timeUsec = BigInt(Math.round(instruments.bootMs() * 1000));
    message.fixType = fix.hasFix ? GpsFixType.GPS_FIX_TYPE_3D_FIX : GpsFixType.NO_FIX;
    message.lat = degE7(fix.latDeg);
    message.lon = degE7(fix.lonDeg);
    message.alt = millimetres(fix.altAmslM);
    message.altEllipsoid = message.alt;
    message.vel = uint16(fix.groundSpeedMps * 100);
    message.cog = uint16(((degreesFromRadians(fix.courseRad) + 360) % 360) * 100);
    message.satellitesVisible = fix.satellites;
    return message;
  };
};

export const homeMessage = (instruments: Instruments): (() => HomePosition | undefined) => {
  const message = new HomePosition();
  const { situation } = instruments.autopilot;
  return () => {
    if (!situation.homeKnown) return undefined;
    const { latDeg, lonDeg, altAmslM } = instruments.geodeticOf(situation.homeNed);
    message.latitude = degE7(latDeg);
    message.longitude = degE7(lonDeg);
    message.altitude = millimetres(altAmslM);
    message.x = situation.homeNed.x;
    message.y = situation.homeNed.y;
    message.z = situation.homeNed.z;
    const half = situation.homeYawRad / 2;
    message.q = [Math.cos(half), 0, 0, Math.sin(half)];
    message.timeUsec = BigInt(Math.round(instruments.bootMs() * 1000));
    return message;
  };
};

export const globalOriginMessage = (instruments: Instruments): (() => GpsGlobalOrigin) => {
  const message = new GpsGlobalOrigin();
  const here = vector3(0, 0, 0);
  return () => {
    const { latDeg, lonDeg, altAmslM } = instruments.geodeticOf(here);
    message.latitude = degE7(latDeg);
    message.longitude = degE7(lonDeg);
    message.altitude = millimetres(altAmslM);
    message.timeUsec = BigInt(Math.round(instruments.bootMs() * 1000));
    return message;
  };
};

/** UINT16_MAX says "unknown" in OBSTACLE_DISTANCE; the greatest range plus one "nothing seen". */
export const obstacleMessage = (instruments: Instruments): (() => ObstacleDistance) => {
  const message = new ObstacleDistance();
  const { rangesM, rangeLimitsM } = instruments;
  const distances = Array.from({ length: 72 }, () => 65_535);
  message.sensorType = MavDistanceSensor.LASER;
  message.minDistance = uint16(rangeLimitsM.least * 100);
  message.maxDistance = uint16(rangeLimitsM.most * 100);
  message.increment = 0;
  message.incrementF = 360 / rangesM.length;
  message.angleOffset = 0;
  message.frame = MavFrame.BODY_FRD;
  return () => {
    message.timeUsec = BigInt(Math.round(instruments.bootMs() * 1000));
    for (let sector = 0; sector < rangesM.length; sector += 1) {
      const range = rangesM[sector]!;
      distances[sector] = Number.isFinite(range) ? uint16(range * 100) : message.maxDistance + 1;
    }
    message.distances = distances;
    return message;
  };
};

/** PWM from 1000 µs (off) to 2000 µs (full), 900 where nothing is connected, as PX4's SITL shows. */
export const servoMessage = (instruments: Instruments): (() => ServoOutputRaw) => {
  const message = new ServoOutputRaw();
  const { autopilot } = instruments;
  message.servo5Raw = 900;
  message.servo6Raw = 900;
  message.servo7Raw = 900;
  message.servo8Raw = 900;
  return () => {
    const { throttle } = autopilot;
    message.timeUsec = uint32((instruments.bootMs() * 1000) % 4_294_967_296);
    message.servo1Raw = uint16(1000 + 1000 * throttle[0]!);
    message.servo2Raw = uint16(1000 + 1000 * throttle[1]!);
    message.servo3Raw = uint16(1000 + 1000 * throttle[2]!);
    message.servo4Raw = uint16(1000 + 1000 * throttle[3]!);
    return message;
  };
};

/** What PX4 v1.18 says of itself; a 64-bit field, though mavlink-mappings types it as a number. */
const CAPABILITIES = 59_647n;
const VERSION_NUMBERS = { '1.15': 0x010f_0400, '1.18': 0x0112_0080 } as const;

export const versionMessage = (instruments: Instruments): (() => AutopilotVersion) => {
  const message = new AutopilotVersion();
  Object.assign(message, { capabilities: CAPABILITIES });
  message.flightSwVersion = VERSION_NUMBERS[instruments.autopilot.situation.profile];
  message.flightCustomVersion = [0, 0, 0, 0, 0, 0, 0, 0];
  message.middlewareCustomVersion = [0, 0, 0, 0, 0, 0, 0, 0];
  message.osCustomVersion = [0, 0, 0, 0, 0, 0, 0, 0];
  message.uid = 0n;
  message.uid2 = Array.from({ length: 18 }, () => 0);
  return () => message;
};
