import type { GpsRawInt } from 'mavlink-mappings/dist/lib/common.js';

/** UINT16_MAX: MAVLink's "not known". */
const UNKNOWN_U16 = 65_535;

/** Accuracy in mm where the receiver gives one; else eph as PX4 sends it, HDOP × 100, at 1 m each. */
export const gpsStdOf = (message: GpsRawInt): number => {
  if (message.hAcc > 0) return message.hAcc / 1000;
  return message.eph === UNKNOWN_U16 ? Number.NaN : message.eph / 100;
};
