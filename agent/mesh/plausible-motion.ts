import type { Neighbour } from '#protocols/channel/neighbours.ts';
import { nedFromGeodetic } from '#protocols/frames.ts';
import type { Beacon } from '#protocols/gossip/beacon.ts';

/** A beacon with its author's monotonic ms. */
export interface HeardBeacon {
  payload: Beacon;
  sentMs: number;
}

/** Faster than any vehicle that a mission may be written for, as protocols/gossip/validate.ts has it. */
const MAX_SPEED_MPS = 30;
/** Standard deviations that count as the bound of an error. */
const SIGMAS = 3;
/** A step of a filter that nobody calls a jump, m. */
const STEP_M = 5;
/** A promise is broken farther out than this beyond its radius and the doubt of the place, m. */
const OUTSIDE_M = 3;
/** How far a place may be carried to the moment of a promise, ms, and how it may have turned meanwhile. */
const MOST_CARRIED_MS = 1500;
const TURN_MPS2 = 10;

/** True when a vehicle can have come from one place to the other in the time between. */
export const mayFollow = (from: HeardBeacon, to: HeardBeacon): boolean => {
  const seconds = Math.max(0, to.sentMs - from.sentMs) / 1000;
  const doubtM = (SIGMAS * (from.payload.positionStdCm + to.payload.positionStdCm)) / 100;
  const { x, y, z } = nedFromGeodetic(placeOf(from.payload), placeOf(to.payload));
  const reachM = MAX_SPEED_MPS * seconds + doubtM + STEP_M;
  return x * x + y * y + z * z <= reachM * reachM;
};

const placeOf = (beacon: Beacon): { latDeg: number; lonDeg: number; altAmslM: number } => ({
  latDeg: beacon.latE7 / 1e7,
  lonDeg: beacon.lonE7 / 1e7,
  altAmslM: beacon.altAmslCm / 100,
});

/** True when a drone says that it is where it promised not to be. */
export const breaksPromise = (neighbour: Neighbour): boolean => {
  const { tube, tubeStartMs, knotMs, atMs, positionNed: p, velocityNed: v } = neighbour;
  if (tube.length === 0) return false;
  const endMs = tubeStartMs + knotMs * (tube.length - 1);
  const thenMs = Math.min(endMs, Math.max(tubeStartMs, atMs));
  const seconds = (thenMs - atMs) / 1000;
  if (Math.abs(thenMs - atMs) > MOST_CARRIED_MS) return false;
  const place = (thenMs - tubeStartMs) / knotMs;
  const from = tube[Math.floor(place)]!;
  const to = tube[Math.min(tube.length - 1, Math.floor(place) + 1)]!;
  const share = place - Math.floor(place);
  const gap = (axis: 'x' | 'y' | 'z'): number =>
    from[axis] + share * (to[axis] - from[axis]) - p[axis] - v[axis] * seconds;
  const allowedM =
    Math.max(from.radiusM, to.radiusM) +
    SIGMAS * neighbour.positionStdM +
    0.5 * TURN_MPS2 * seconds * seconds +
    OUTSIDE_M;
  return gap('x') ** 2 + gap('y') ** 2 + gap('z') ** 2 > allowedM * allowedM;
};
