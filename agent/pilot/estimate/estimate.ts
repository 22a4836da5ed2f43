import { nedFromGeodetic, type Origin } from '#protocols/frames.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { JUMP_M, MissionOffset } from './mission-offset.ts';
import type { Telemetry } from './telemetry.ts';

/** PX4's own figure for its horizontal error is taken no smaller: it does not know its slow drift. */
const LEAST_STD_M = 0.25;

/** Used while PX4 says nothing of its accuracy. */
const UNKNOWN_STD_M = 2;

/** PX4's accuracy is said once a second; older than this it counts as unsaid. */
const ACCURACY_AGE_MS = 5000;

/** Growth of the deviation with age: how far a vehicle at a few m/s² gets from its extrapolation. */
const STD_GROWTH_MPS2 = 2;

/** Extrapolation stops here: beyond, the position is lost and its deviation says so. */
const EXTRAPOLATE_MS = 1000;

/** The drone's own state at one moment, in the mission's NED frame. */
export interface Estimate {
  /** False until an origin, a local and a global position are known. */
  valid: boolean;
  positionNed: Vector3;
  velocityNed: Vector3;
  /** One standard deviation of the horizontal position, grown with age, m; infinite when not valid. */
  positionStdM: number;
  /** Since the position was measured, ms. */
  ageMs: number;
  yawRad: number;
  home: Vector3;
  homeKnown: boolean;
}

/**
 * Where the drone is now: PX4's local position, carried on by its velocity over its age, moved into the
 * mission's frame. {@link at} writes into one object and allocates nothing.
 */
export class Estimator {
  readonly #estimate: Estimate = {
    valid: false,
    positionNed: vector3(0, 0, 0),
    velocityNed: vector3(0, 0, 0),
    positionStdM: Number.POSITIVE_INFINITY,
    ageMs: Number.POSITIVE_INFINITY,
    yawRad: 0,
    home: vector3(0, 0, 0),
    homeKnown: false,
  };
  #origin: Origin | undefined;
  #offset: MissionOffset | undefined;
  readonly #seen: Vector3 = vector3(0, 0, 0);
  #seenMs = Number.NEGATIVE_INFINITY;
  #comparedMs = Number.NEGATIVE_INFINITY;
  #homeMs = Number.NEGATIVE_INFINITY;

  /** The mission's origin; a new one starts the comparison anew. */
  setOrigin(origin: Origin): void {
    const same =
      this.#origin?.latDeg === origin.latDeg &&
      this.#origin.lonDeg === origin.lonDeg &&
      this.#origin.altAmslM === origin.altAmslM;
    if (same) return;
    this.#origin = { ...origin };
    this.#offset = new MissionOffset(this.#origin);
    this.#comparedMs = Number.NEGATIVE_INFINITY;
    this.#homeMs = Number.NEGATIVE_INFINITY;
    this.#estimate.homeKnown = false;
  }

  /** Call once per tick, after the tick's telemetry. The result is overwritten by the next call. */
  at(telemetry: Readonly<Telemetry>, nowMs: number): Readonly<Estimate> {
    this.#watchForJump(telemetry);
    this.#compare(telemetry);
    this.#findHome(telemetry);
    const estimate = this.#estimate;
    const offset = this.#offset;
    estimate.yawRad = telemetry.yawRad;
    estimate.ageMs = nowMs - telemetry.localAtMs;
    estimate.valid = offset?.known === true && Number.isFinite(estimate.ageMs);
    estimate.positionStdM = estimate.valid ? stdOf(telemetry, nowMs) : Number.POSITIVE_INFINITY;
    if (offset === undefined || !estimate.valid) return estimate;
    const local = telemetry.localPositionNed;
    const velocity = telemetry.velocityNed;
    const aheadS = Math.min(estimate.ageMs, EXTRAPOLATE_MS) / 1000;
    const ageS = estimate.ageMs / 1000;
    estimate.positionNed.x = local.x + offset.offset.x + velocity.x * aheadS;
    estimate.positionNed.y = local.y + offset.offset.y + velocity.y * aheadS;
    estimate.positionNed.z = local.z + offset.offset.z + velocity.z * aheadS;
    estimate.velocityNed.x = velocity.x;
    estimate.velocityNed.y = velocity.y;
    estimate.velocityNed.z = velocity.z;
    estimate.positionStdM += 0.5 * STD_GROWTH_MPS2 * ageS * ageS;
    return estimate;
  }

  /** PX4 moves its local frame when its estimator resets, a moment before the global position says so. */
  #watchForJump(telemetry: Readonly<Telemetry>): void {
    const { localPositionNed: p, velocityNed: v, localAtMs } = telemetry;
    if (localAtMs === this.#seenMs) return;
    const seen = this.#seen;
    const aheadS = Math.min(EXTRAPOLATE_MS, localAtMs - this.#seenMs) / 1000;
    const moved = Math.max(
      Math.abs(p.x - seen.x - v.x * aheadS),
      Math.abs(p.y - seen.y - v.y * aheadS),
      Math.abs(p.z - seen.z - v.z * aheadS),
    );
    // A vehicle that was out of sight for long may be anywhere without any jump.
    if (moved > JUMP_M && localAtMs - this.#seenMs < EXTRAPOLATE_MS) this.#offset?.doubt();
    this.#seenMs = localAtMs;
    seen.x = p.x;
    seen.y = p.y;
    seen.z = p.z;
  }

  #compare(telemetry: Readonly<Telemetry>): void {
    if (this.#offset === undefined || telemetry.globalAtMs === this.#comparedMs) return;
    this.#comparedMs = telemetry.globalAtMs;
    this.#offset.observe(
      telemetry.global,
      telemetry.globalAtMs,
      telemetry.localPositionNed,
      telemetry.velocityNed,
      telemetry.localAtMs,
    );
  }

  #findHome(telemetry: Readonly<Telemetry>): void {
    if (this.#origin === undefined || telemetry.homeAtMs === this.#homeMs) return;
    this.#homeMs = telemetry.homeAtMs;
    const home = nedFromGeodetic(this.#origin, telemetry.home);
    this.#estimate.home.x = home.x;
    this.#estimate.home.y = home.y;
    this.#estimate.home.z = home.z;
    this.#estimate.homeKnown = true;
  }
}

const stdOf = (telemetry: Readonly<Telemetry>, nowMs: number): number => {
  const estimatorSays = nowMs - telemetry.estimatorAtMs < ACCURACY_AGE_MS;
  const gpsSays = nowMs - telemetry.gpsAtMs < ACCURACY_AGE_MS;
  let std = UNKNOWN_STD_M;
  if (estimatorSays && telemetry.estimatorStdM > 0) std = telemetry.estimatorStdM;
  else if (gpsSays && telemetry.gpsStdM > 0) std = telemetry.gpsStdM;
  return Math.max(LEAST_STD_M, std);
};
