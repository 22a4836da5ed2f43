import type { ObstacleDistance } from 'mavlink-mappings/dist/lib/common.js';
import { MavFrame } from 'mavlink-mappings/dist/lib/common.js';
import { RANGE_SECTORS, type RangeRing } from '#protocols/channel/range-ring.ts';
import { radiansFromDegrees } from '#protocols/units.ts';

const SECTOR_RAD = (2 * Math.PI) / RANGE_SECTORS;

/** Index into a full circle of `count` steps. */
const wrapped = (index: number, count: number): number => ((index % count) + count) % count;

/**
 * OBSTACLE_DISTANCE (MAVLink common, 330) as a ring turned to north: every outgoing sector takes the
 * incoming one that holds its centre. "Not known" (65535) and "nothing" (beyond max) both read
 * Infinity. Undefined for a message whose geometry makes no sense.
 */
export const rangeRingFrom = (
  message: ObstacleDistance,
  yawRad: number,
  nowMs: number,
): RangeRing | undefined => {
  const stepDeg = message.incrementF > 0 ? message.incrementF : message.increment;
  const offsetDeg = message.angleOffset;
  if (!(stepDeg > 0) || stepDeg > 360 || !Number.isFinite(offsetDeg)) return undefined;
  const body = message.frame !== MavFrame.GLOBAL && message.frame !== MavFrame.LOCAL_NED;
  const zeroRad = radiansFromDegrees(offsetDeg) + (body ? yawRad : 0);
  const stepRad = radiansFromDegrees(stepDeg);
  const around = Math.max(1, Math.round((2 * Math.PI) / stepRad));
  const maxM = message.maxDistance / 100;
  const rangesM = new Float32Array(RANGE_SECTORS).fill(Number.POSITIVE_INFINITY);
  for (let sector = 0; sector < RANGE_SECTORS; sector += 1) {
    const from = wrapped(Math.round((sector * SECTOR_RAD - zeroRad) / stepRad), around);
    const rangeCm = message.distances[from];
    if (rangeCm === undefined || rangeCm > message.maxDistance) continue;
    rangesM[sector] = rangeCm / 100;
  }
  return { atMs: nowMs, minM: message.minDistance / 100, maxM, rangesM };
};
