import type { Neighbour } from '#protocols/channel/neighbours.ts';
import type { SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import { FLIGHT_PHASES } from '#protocols/flight-phase.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { brakingOf, LAG_S, stopSeconds } from './stopping.ts';

/** Standard deviations that count as the bound of an error: what I1 of the invariants calls uncertainty. */
const SIGMAS = 3;

/** A neighbour that nobody heard for this long has landed or been brought home by its PX4. */
const FORGET_AFTER_MS = 60_000;

/** Unannounced wandering is believed up to this, m: beyond, all of the sky would be closed. */
const MOST_GROWTH_M = 12;

/** Phases in which the neighbour's own guard steers: elsewhere PX4 or a person does, who yields to nobody. */
const STEERED: ReadonlySet<number> = new Set(
  (['offboard', 'holding'] as const).map((phase) => FLIGHT_PHASES.indexOf(phase)),
);

/** Phases whose promise still holds: a drone that PX4 or a person flies elsewhere promised nothing of it. */
const PROMISING: ReadonlySet<number> = new Set(
  (['takeoff', 'offboard', 'holding', 'landing'] as const).map((phase) =>
    FLIGHT_PHASES.indexOf(phase),
  ),
);

/** Taken for the age of a state whose sender's clock is not known yet, ms. */
const UNKNOWN_AGE_MS = 2000;

/** How much longer the way of one that yields to nobody is taken, s. */
const UNYIELDING_S = 1.5;

/** Where a neighbour is now and would come to rest, as far as it can be known. Reused by the caller. */
export interface NeighbourMotion {
  positionNed: Vector3;
  /** From the position to where it would rest, m. */
  stopNed: Vector3;
  velocityNed: Vector3;
  /** Bound on the error of all that, m. */
  errorM: number;
  ageS: number;
  /** Its own guard steers it, and keeps its half of the distance. */
  yields: boolean;
}

export const neighbourMotionBuffer = (): NeighbourMotion => ({
  positionNed: vector3(0, 0, 0),
  stopNed: vector3(0, 0, 0),
  velocityNed: vector3(0, 0, 0),
  errorM: 0,
  ageS: 0,
  yields: true,
});

/**
 * Carries a neighbour's last state to now. Inside its promised tube it is where the tube says, else on
 * its straight way; its error grows with age as a vehicle of the fleet's acceleration can leave that
 * way. False when it is so old that it says nothing, or not finite.
 */
export const moveNeighbour = (
  neighbour: Readonly<Neighbour>,
  envelope: Readonly<SafetyEnvelope>,
  nowMs: number,
  out: NeighbourMotion,
): boolean => {
  const ageMs = Number.isFinite(neighbour.clockErrorMs)
    ? Math.max(0, nowMs - neighbour.atMs) + Math.max(0, neighbour.clockErrorMs)
    : UNKNOWN_AGE_MS;
  if (!(ageMs < FORGET_AFTER_MS)) return false;
  const ageS = ageMs / 1000;
  const acceleration = envelope.maxAccelerationMps2;
  // Full speed the other way is the worst: beyond that time the way grows with the speed alone.
  const turnS = Math.min(ageS, envelope.maxSpeedMps / acceleration);
  const wandering =
    0.5 * acceleration * turnS * turnS + envelope.maxSpeedMps * Math.max(0, ageS - turnS);
  out.ageS = ageS;
  out.errorM = SIGMAS * neighbour.positionStdM + Math.min(MOST_GROWTH_M, wandering);
  if (!followTube(neighbour, nowMs, out)) {
    const { positionNed: p, velocityNed: v } = neighbour;
    // Its straight way is believed for as long as it could keep its course unheard.
    const aheadS = Math.min(ageS, turnS);
    out.velocityNed.x = v.x;
    out.velocityNed.y = v.y;
    out.velocityNed.z = v.z;
    out.positionNed.x = p.x + v.x * aheadS;
    out.positionNed.y = p.y + v.y * aheadS;
    out.positionNed.z = p.z + v.z * aheadS;
  }
  addStop(neighbour, envelope, out);
  const { positionNed: p, stopNed: s } = out;
  return Number.isFinite(p.x + p.y + p.z + s.x + s.y + s.z + out.errorM);
};

const addStop = (
  neighbour: Readonly<Neighbour>,
  envelope: Readonly<SafetyEnvelope>,
  out: NeighbourMotion,
): void => {
  const v = out.velocityNed;
  const speed = Math.sqrt(v.x * v.x + v.y * v.y + v.z * v.z);
  const braking = brakingOf(envelope.maxAccelerationMps2);
  out.yields = STEERED.has(neighbour.phase);
  const seconds = stopSeconds(speed, braking) + LAG_S + (out.yields ? 0 : UNYIELDING_S);
  out.stopNed.x = v.x * seconds;
  out.stopNed.y = v.y * seconds;
  out.stopNed.z = v.z * seconds;
};

/** Position and velocity inside the promise; false where it promises nothing for now. */
const followTube = (
  neighbour: Readonly<Neighbour>,
  nowMs: number,
  out: NeighbourMotion,
): boolean => {
  const { tube, tubeStartMs, knotMs } = neighbour;
  if (!PROMISING.has(neighbour.phase)) return false;
  const place = (nowMs - tubeStartMs) / knotMs;
  const index = Math.floor(place);
  const from = tube[index];
  const to = tube[index + 1];
  if (!(place >= 0) || from === undefined || to === undefined) return false;
  const share = place - index;
  const perS = 1000 / knotMs;
  out.positionNed.x = from.x + share * (to.x - from.x);
  out.positionNed.y = from.y + share * (to.y - from.y);
  out.positionNed.z = from.z + share * (to.z - from.z);
  out.velocityNed.x = (to.x - from.x) * perS;
  out.velocityNed.y = (to.y - from.y) * perS;
  out.velocityNed.z = (to.z - from.z) * perS;
  // A promise ages by the clocks only: inside it the radius is the whole uncertainty.
  const speed = Math.sqrt(out.velocityNed.x ** 2 + out.velocityNed.y ** 2 + out.velocityNed.z ** 2);
  const clock = (speed * Math.max(0, neighbour.clockErrorMs)) / 1000;
  const promised = Math.max(from.radiusM, to.radiusM, SIGMAS * neighbour.positionStdM) + clock;
  if (
    !Number.isFinite(promised + speed + out.positionNed.x + out.positionNed.y + out.positionNed.z)
  ) {
    return false;
  }
  out.errorM = promised;
  out.ageS = Math.max(0, neighbour.clockErrorMs) / 1000;
  return true;
};
