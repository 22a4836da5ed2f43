import { vector3, type Vector3 } from '#protocols/vector.ts';
import { strayM, type Aircraft } from '../../estimate/traffic.ts';
import type { GuardAction } from '../action.ts';
import { addBoundary } from '../boundary-plane.ts';
import type { Boundary, Motion, Watch } from '../check.ts';
import type { HalfSpaces } from '../half-spaces.ts';
import type { Limits } from '../limits.ts';
import type { Situation } from '../situation.ts';

/** NAV_TRAFF_A_HOR and NAV_TRAFF_A_VER, PX4's defaults: kept from an aircraft, m. */
export const APART_M = 500;
export const APART_VERTICAL_M = 500;

/** NAV_TRAFF_COLL_T: looked ahead for so long, s. */
const AHEAD_S = 60;

/** Down to where aircraft are not, m/s: PX4's own landing speed at height (MPC_Z_V_AUTO_DN). */
const SINK_MPS = 1.5;

/** Growth of an old position is believed up to this, m: beyond, all of the sky would be closed. */
const MOST_STRAY_M = 2000;

/**
 * Aircraft told of by transponder yield to nobody. One whose course comes within the kept distance in
 * the next minute, or that is inside it already, makes the drone hold and sink to the mission's floor.
 */
export const trafficWatch: Watch = {
  name: 'traffic',
  assess: ({ traffic, estimate, nowMs }): GuardAction => {
    if (!estimate.valid) return 'pass';
    for (const one of traffic) {
      if (isComing(one, estimate.positionNed, nowMs)) return 'hold';
    }
    return 'pass';
  },
};

/** The kept distance is a cylinder that the drone does not fly into, and inside which it does not fly nearer. */
export class TrafficBoundary implements Boundary {
  readonly name = 'traffic';

  bound(
    { traffic, nowMs }: Readonly<Situation>,
    limits: Limits,
    motion: Readonly<Motion>,
    planes: HalfSpaces,
    wanted: Vector3,
  ): void {
    for (const aircraft of traffic) {
      const { positionNed: p } = motion;
      if (isComing(aircraft, p, nowMs)) {
        wanted.z = Math.max(wanted.z, Math.min(SINK_MPS, limits.envelope.maxDescentMps));
      }
      place(aircraft, nowMs, 0);
      if (!overlaps(aircraft, p.z)) continue;
      const x = here.x - p.x;
      const y = here.y - p.y;
      const away = Math.sqrt(x * x + y * y);
      if (away < 1) continue;
      const gapM = away - APART_M - strayedM(aircraft, nowMs) - motion.positionErrorM;
      keepOff(planes, motion, x / away, y / away, gapM);
    }
  }
}

/** Unlike other walls one that the drone finds itself behind asks for no retreat: rest always obeys. */
const keepOff = (
  planes: HalfSpaces,
  motion: Readonly<Motion>,
  x: number,
  y: number,
  gapM: number,
): void => {
  const { brakeNed } = motion;
  const braking = Math.max(0, x * brakeNed.x + y * brakeNed.y);
  if (gapM > 0) addBoundary(planes, 'traffic', motion, x, y, 0, gapM, braking);
  else planes.add('traffic', x, y, 0, braking);
};

const here = vector3(0, 0, 0);

/** Where its course has led by now, and will in `aheadS`. Writes {@link here}. */
const place = (
  { positionNed: p, velocityNed: v, atMs }: Aircraft,
  nowMs: number,
  aheadS: number,
): void => {
  const seconds = (nowMs - atMs) / 1000 + aheadS;
  here.x = p.x + v.x * seconds;
  here.y = p.y + v.y * seconds;
  here.z = p.z + v.z * seconds;
};

const strayedM = (aircraft: Aircraft, nowMs: number): number =>
  Math.min(MOST_STRAY_M, strayM(aircraft, (nowMs - aircraft.atMs) / 1000));

const overlaps = ({ altitudeKnown, altitudeErrorM }: Aircraft, downM: number): boolean =>
  !altitudeKnown || Math.abs(here.z - downM) < APART_VERTICAL_M + altitudeErrorM;

const isComing = (aircraft: Aircraft, from: Readonly<Vector3>, nowMs: number): boolean => {
  place(aircraft, nowMs, 0);
  const { velocityNed: v } = aircraft;
  const x = here.x - from.x;
  const y = here.y - from.y;
  const speed2 = v.x * v.x + v.y * v.y;
  const closestS = speed2 > 0 ? -(x * v.x + y * v.y) / speed2 : 0;
  const aheadS = Math.min(AHEAD_S, Math.max(0, closestS));
  const nearX = x + v.x * aheadS;
  const nearY = y + v.y * aheadS;
  const apartM = APART_M + strayedM(aircraft, nowMs);
  if (nearX * nearX + nearY * nearY > apartM * apartM) return false;
  // Somewhere between now and then: the nearer of both heights, or one on each side.
  const above = overlaps(aircraft, from.z);
  const nowAbove = here.z < from.z;
  place(aircraft, nowMs, aheadS);
  return above || overlaps(aircraft, from.z) || nowAbove !== here.z < from.z;
};
