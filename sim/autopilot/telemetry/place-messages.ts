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
} from 'mavlink-mappings/dist/lib/common.js';
import { degE7, millimetres, uint16, usec, type Instruments } from './instruments.ts';

export const gpsMessage = (instruments: Instruments): (() => GpsRawInt) => {
  const message = new GpsRawInt();
  message.eph = 70;
  message.epv = 110;
  message.hAcc = 900;
  message.vAcc = 1780;
  message.velAcc = 400;
  return () => {
    const fix = instruments.gnss;
    message.timeUsec = usec(instruments.bootMs());
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

/** Before the estimator has aligned, home is where GNSS says the vehicle is. */
export const homeMessage = (instruments: Instruments): (() => HomePosition) => {
  const message = new HomePosition();
  const { situation } = instruments.autopilot;
  const level = [1, 0, 0, 0];
  return () => {
    const { homeKnown, homeNed } = situation;
    const home = homeKnown ? instruments.geodeticOf(homeNed) : instruments.gnss;
    message.latitude = degE7(home.latDeg);
    message.longitude = degE7(home.lonDeg);
    message.altitude = millimetres(home.altAmslM);
    message.x = homeKnown ? homeNed.x : 0;
    message.y = homeKnown ? homeNed.y : 0;
    message.z = homeKnown ? homeNed.z : 0;
    const half = situation.homeYawRad / 2;
    message.q = homeKnown ? [Math.cos(half), 0, 0, Math.sin(half)] : level;
    message.timeUsec = usec(instruments.bootMs());
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
    message.timeUsec = usec(instruments.bootMs());
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
    message.timeUsec = usec(instruments.bootMs());
    for (let sector = 0; sector < rangesM.length; sector += 1) {
      const range = rangesM[sector]!;
      distances[sector] = Number.isFinite(range) ? uint16(range * 100) : message.maxDistance + 1;
    }
    message.distances = distances;
    return message;
  };
};
