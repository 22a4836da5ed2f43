import {
  MavOdidStatus,
  OpenDroneIdLocation,
  OpenDroneIdSystem,
} from 'mavlink-mappings/dist/lib/common.js';
import { degreesFromRadians } from '#protocols/units.ts';
import { heightAboveHomeM } from '../situation.ts';
import { degE7, int16, uint16, type Instruments } from './instruments.ts';

const NOBODY = Array.from({ length: 20 }, () => 0);
/** The time is not known by GNSS. */
const NO_TIMESTAMP = 65_535;
const UNKNOWN_ALTITUDE_M = -1000;

export const remoteIdLocationMessage = (instruments: Instruments): (() => OpenDroneIdLocation) => {
  const message = new OpenDroneIdLocation();
  const { situation } = instruments.autopilot;
  message.idOrMac = NOBODY;
  message.timestamp = NO_TIMESTAMP;
  // Classes of accuracy: < 1 m, < 3 m, < 0.3 m/s, and none for the barometer, as recorded.
  message.horizontalAccuracy = 12;
  message.verticalAccuracy = 5;
  message.speedAccuracy = 3;
  message.barometerAccuracy = situation.profile === '1.15' ? 1 : 0;
  message.heightReference = 0;
  message.timestampAccuracy = 0;
  return () => {
    const { gnss } = instruments;
    message.status = situation.landed ? MavOdidStatus.GROUND : MavOdidStatus.AIRBORNE;
    message.direction = uint16((((degreesFromRadians(gnss.courseRad) + 360) % 360) | 0) * 100);
    message.speedHorizontal = uint16(gnss.groundSpeedMps * 100);
    message.speedVertical = int16(-situation.motion.velocityNed.z * 100);
    message.latitude = degE7(gnss.latDeg);
    message.longitude = degE7(gnss.lonDeg);
    message.altitudeBarometric = situation.originAltAmslM - situation.motion.positionNed.z;
    message.altitudeGeodetic = Math.round(gnss.altAmslM);
    message.height = heightAboveHomeM(situation);
    return message;
  };
};

/** The operator stands at home, for all that PX4 knows. */
export const remoteIdSystemMessage = (instruments: Instruments): (() => OpenDroneIdSystem) => {
  const message = new OpenDroneIdSystem();
  const { situation } = instruments.autopilot;
  message.idOrMac = NOBODY;
  message.areaCount = 1;
  message.areaRadius = 0;
  message.areaCeiling = UNKNOWN_ALTITUDE_M;
  message.areaFloor = UNKNOWN_ALTITUDE_M;
  message.operatorLocationType = 0;
  message.classificationType = 0;
  message.categoryEu = 0;
  message.classEu = 0;
  return () => {
    const home = situation.homeKnown ? instruments.geodeticOf(situation.homeNed) : instruments.gnss;
    message.operatorLatitude = degE7(home.latDeg);
    message.operatorLongitude = degE7(home.lonDeg);
    message.operatorAltitudeGeo = home.altAmslM;
    return message;
  };
};
