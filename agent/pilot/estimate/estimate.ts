import { nedFromGeodetic, type Origin } from '#protocols/frames.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { Glide } from './glide.ts';
import { GnssWatch } from './gnss-watch.ts';
import { HeadingWatch, JumpWatch } from './jump-watch.ts';
import { MissionOffset } from './mission-offset.ts';
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

/**
 * A correction of PX4's estimator up to this is glided over while the flight goes on, m and m/s; a
 * greater one ends in a rest without a position, after which the corrected one counts at once.
 */
const GLIDE_OVER_M = 3;
const GLIDE_OVER_MPS = 3;

/** Slower than the 0.6 m/s below which the guard takes a drone for stopped. */
const GLIDE_MPS = 0.5;

/** A change of velocity that any vehicle here can fly, m/s². */
const GLIDE_MPS2 = 3;

/** After a great jump in velocity so many samples must follow each other before it is believed. */
const STEADY_SAMPLES = 4;

/** Standard deviations that the guard makes of a bound. */
const SIGMAS = 3;

/** ESTIMATOR_STATUS_FLAGS (MAVLink common): horizontal velocity, absolute horizontal position, its absence, a GNSS glitch. */
const VELOCITY_HORIZ = 2;
const POS_HORIZ_ABS = 16;
const NEEDED_FLAGS = VELOCITY_HORIZ | POS_HORIZ_ABS;
const CONST_POS_MODE = 128;
const GPS_GLITCH = 1024;

/** The drone's own state at one moment, in the mission's NED frame. */
export interface Estimate {
  /** False until an origin, a local and a global position are known, and while PX4's own word of them is in doubt. */
  valid: boolean;
  /** Not valid because the receiver's place has jumped (GnssWatch); level and velocity may still be good. */
  deceived: boolean;
  positionNed: Vector3;
  velocityNed: Vector3;
  /** One standard deviation of the horizontal position, grown with age and unsettled corrections, m; infinite when not valid. */
  positionStdM: number;
  /** Since the position was measured, ms. */
  ageMs: number;
  yawRad: number;
  home: Vector3;
  homeKnown: boolean;
  /** How far down PX4's own frame has jumped in all, m: a height kept in that frame moves along. */
  localShiftDownM: number;
  /** The same of its heading, rad: a heading that is held turns along. */
  headingShiftRad: number;
}

/**
 * Where the drone is now: PX4's local position, carried on by its velocity over its age, moved into the
 * mission's frame. {@link at} writes into one object and allocates nothing.
 *
 * When PX4's estimator resets, its numbers jump and the drone does not. From one valid estimate to the
 * next the position moves as the velocity says, within GLIDE_MPS · dt and the noise of telemetry, the
 * velocity by no more than the vehicle's acceleration and GLIDE_MPS2 · dt.
 */
export class Estimator {
  readonly #estimate: Estimate = {
    valid: false,
    deceived: false,
    positionNed: vector3(0, 0, 0),
    velocityNed: vector3(0, 0, 0),
    positionStdM: Number.POSITIVE_INFINITY,
    ageMs: Number.POSITIVE_INFINITY,
    yawRad: 0,
    home: vector3(0, 0, 0),
    homeKnown: false,
    localShiftDownM: 0,
    headingShiftRad: 0,
  };
  readonly #jumps = new JumpWatch();
  readonly #position = new Glide(GLIDE_MPS);
  readonly #velocity = new Glide(GLIDE_MPS2);
  readonly #heading = new HeadingWatch();
  readonly #gnss = new GnssWatch();
  /** Jumps of PX4's position or velocity so far. */
  #jumpCount = 0;
  readonly #moved: Vector3 = vector3(0, 0, 0);
  #origin: Origin | undefined;
  #offset: MissionOffset | undefined;
  /** Samples that must still follow each other before PX4's velocity is believed. */
  #unsteady = 0;
  /** Nothing is known of what was before: the next confirmed position counts as it is. */
  #unsure = true;
  #localBootMs = Number.NaN;
  #headingBootMs = Number.NaN;
  #comparedMs = Number.NEGATIVE_INFINITY;
  #homeMs = Number.NEGATIVE_INFINITY;
  #resets = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** The mission's origin; a new one starts the comparison anew. */
  setOrigin(origin: Origin): void {
    const same =
      this.#origin?.latDeg === origin.latDeg &&
      this.#origin.lonDeg === origin.lonDeg &&
      this.#origin.altAmslM === origin.altAmslM;
    if (same) return;
    this.#origin = { ...origin };
    this.#offset = new MissionOffset(this.#origin);
    this.#unsure = true;
    this.#comparedMs = Number.NEGATIVE_INFINITY;
    this.#homeMs = Number.NEGATIVE_INFINITY;
    this.#estimate.homeKnown = false;
  }

  /** Call once per tick, after the tick's telemetry. The result is overwritten by the next call. */
  at(telemetry: Readonly<Telemetry>, nowMs: number): Readonly<Estimate> {
    this.#lookAtHeading(telemetry);
    this.#lookAtMotion(telemetry);
    if (this.#origin !== undefined) this.#gnss.look(telemetry, this.#origin, this.#jumpCount);
    this.#compare(telemetry);
    this.#findHome(telemetry);
    this.#glide(nowMs);
    const estimate = this.#estimate;
    estimate.yawRad = telemetry.yawRad;
    estimate.ageMs = nowMs - telemetry.localAtMs;
    estimate.deceived = this.#gnss.deceived;
    estimate.valid = Number.isFinite(estimate.ageMs) && this.#isBelievable(telemetry);
    estimate.positionStdM = Number.POSITIVE_INFINITY;
    if (this.#offset === undefined || !estimate.valid) return estimate;
    this.#place(telemetry, this.#offset.offset);
    const ageS = estimate.ageMs / 1000;
    estimate.positionStdM =
      stdOf(telemetry, nowMs) + this.#position.size / SIGMAS + 0.5 * STD_GROWTH_MPS2 * ageS * ageS;
    return estimate;
  }

  #place({ localPositionNed: p, velocityNed: v }: Readonly<Telemetry>, offset: Vector3): void {
    const { positionNed, velocityNed, ageMs } = this.#estimate;
    const { residual: lag } = this.#position;
    const { residual: lagMps } = this.#velocity;
    const aheadS = Math.min(ageMs, EXTRAPOLATE_MS) / 1000;
    velocityNed.x = v.x + lagMps.x;
    velocityNed.y = v.y + lagMps.y;
    velocityNed.z = v.z + lagMps.z;
    positionNed.x = p.x + offset.x + lag.x + velocityNed.x * aheadS;
    positionNed.y = p.y + offset.y + lag.y + velocityNed.y * aheadS;
    positionNed.z = p.z + offset.z + lag.z + velocityNed.z * aheadS;
  }

  #isBelievable(telemetry: Readonly<Telemetry>): boolean {
    const offset = this.#offset;
    if (offset === undefined || !offset.known || this.#unsure || this.#unsteady > 0) return false;
    if (this.#gnss.deceived) return false;
    return this.#position.size <= GLIDE_OVER_M && estimatorStands(telemetry);
  }

  #lookAtHeading({ attitudeBootMs, yawRad, ratesRadps }: Readonly<Telemetry>): void {
    if (attitudeBootMs === this.#headingBootMs) return;
    this.#headingBootMs = attitudeBootMs;
    this.#heading.look(attitudeBootMs, yawRad, ratesRadps.z);
    this.#estimate.headingShiftRad = this.#heading.jumpedRad;
  }

  #lookAtMotion(telemetry: Readonly<Telemetry>): void {
    // PX4 says that it has reset something, or set another origin: look again whether the frames agree.
    if (telemetry.estimatorResets !== this.#resets) this.#offset?.doubt();
    this.#resets = telemetry.estimatorResets;
    const { localBootMs, localPositionNed, velocityNed } = telemetry;
    if (localBootMs === this.#localBootMs) return;
    this.#localBootMs = localBootMs;
    const continuity = this.#jumps.look(localBootMs, localPositionNed, velocityNed);
    if (continuity === 'gap') this.#beginAnew();
    else if (continuity === 'jump') this.#absorb();
    else if (this.#unsteady > 0) this.#unsteady -= 1;
  }

  #beginAnew(): void {
    this.#jumpCount += 1;
    this.#offset?.doubt();
    this.#unsure = true;
    this.#unsteady = 0;
    this.#velocity.end();
  }

  #absorb(): void {
    this.#jumpCount += 1;
    const { position, velocity } = this.#jumps;
    this.#position.absorb(position);
    this.#velocity.absorb(velocity);
    this.#estimate.localShiftDownM += position.z;
    this.#offset?.doubt();
    if (this.#unsteady > 0 || this.#velocity.size > GLIDE_OVER_MPS) this.#unsteady = STEADY_SAMPLES;
  }

  #compare(telemetry: Readonly<Telemetry>): void {
    const offset = this.#offset;
    if (offset === undefined || telemetry.globalAtMs === this.#comparedMs) return;
    this.#comparedMs = telemetry.globalAtMs;
    const { x, y, z } = offset.offset;
    offset.observe(
      telemetry.global,
      telemetry.globalAtMs,
      telemetry.localPositionNed,
      telemetry.velocityNed,
      telemetry.localAtMs,
    );
    const moved = this.#moved;
    moved.x = offset.offset.x - x;
    moved.y = offset.offset.y - y;
    moved.z = offset.offset.z - z;
    this.#position.absorb(moved);
    if (!offset.doubted) this.#settle(offset);
  }

  /** The frames agree again. What was not shown needs no glide; what is too far away is not shown. */
  #settle(offset: MissionOffset): void {
    const far = this.#position.size > GLIDE_OVER_M;
    if (this.#unsure || (far && !this.#estimate.valid)) {
      this.#unsure = false;
      this.#position.end();
    } else if (far) {
      this.#unsure = true;
      offset.doubt();
    }
  }

  #glide(nowMs: number): void {
    const dtS = (nowMs - this.#lastMs) / 1000;
    this.#lastMs = nowMs;
    if (!Number.isFinite(dtS)) return;
    if (this.#offset?.doubted !== true) this.#position.step(dtS);
    if (this.#unsteady > 0) return;
    if (this.#velocity.size > GLIDE_OVER_MPS) this.#velocity.end();
    this.#velocity.step(dtS);
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

/** PX4's last word on whether it knows where it is; an estimator that never said anything is believed. */
const estimatorStands = ({
  estimatorFlags: flags,
  estimatorAtMs,
}: Readonly<Telemetry>): boolean => {
  if (estimatorAtMs === Number.NEGATIVE_INFINITY) return true;
  return (flags & NEEDED_FLAGS) === NEEDED_FLAGS && (flags & CONST_POS_MODE) === 0;
};

const stdOf = (telemetry: Readonly<Telemetry>, nowMs: number): number => {
  const estimatorSays = nowMs - telemetry.estimatorAtMs < ACCURACY_AGE_MS;
  const gpsSays = nowMs - telemetry.gpsAtMs < ACCURACY_AGE_MS;
  let std = UNKNOWN_STD_M;
  if (estimatorSays && telemetry.estimatorStdM > 0) std = telemetry.estimatorStdM;
  else if (gpsSays && telemetry.gpsStdM > 0) std = telemetry.gpsStdM;
  const glitch = estimatorSays && (telemetry.estimatorFlags & GPS_GLITCH) !== 0;
  return Math.max(glitch ? UNKNOWN_STD_M : LEAST_STD_M, std);
};
