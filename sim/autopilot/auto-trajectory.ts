import { clamp, radiansFromDegrees, wrapPi } from '#protocols/units.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { yawOf } from '../rotation.ts';
import type { Motion } from './control/flight-control.ts';
import type { FlightSetpoint } from './control/flight-setpoint.ts';
import type { Parameters } from './parameters.ts';

/**
 * Greatest speed from which a stop (or `exitMps`) within `distanceM` is possible under these limits, with the time
 * that jerk takes to turn full acceleration into full braking counted in.
 */
const brakingSpeed = (
  distanceM: number,
  accelerationMps2: number,
  jerkMps3: number,
  exitMps = 0,
): number => {
  const b = (4 * accelerationMps2 * accelerationMps2) / jerkMps3;
  const c = 2 * accelerationMps2 * distanceM + exitMps * exitMps;
  return (Math.sqrt(b * b + 4 * c) - b) / 2;
};

/** Acceleration that brings a speed error to zero as fast as the jerk allows, without overshoot. */
const correction = (errorMps: number, limitMps2: number, jerkMps3: number, dtS: number): number =>
  Math.min(limitMps2, Math.sqrt(2 * jerkMps3 * errorMps), errorMps / (4 * dtS));

/** Slower than this there is no turn to speak of. */
const TURN_LEAST_MPS = 0.2;
/** Cosine of the angle between velocity and target under which the turn is over: some 11°. */
const ALIGNED_COSINE = 0.98;

/** A bound below this holds back its own part only, not the whole velocity. */
const SLOW_MPS = 0.5;

/**
 * Velocity along `gap`, as fast as its bounds over the ground and in height allow: straight in space,
 * or (`apart`) each at its own pace.
 */
const towards = (
  gap: Readonly<Vector3>,
  groundMps: number,
  heightMps: number,
  apart: boolean,
): Vector3 => {
  const groundM = Math.sqrt(gap.x * gap.x + gap.y * gap.y);
  const heightM = Math.abs(gap.z);
  const byGround = groundM > 1e-6 ? groundMps / groundM : Number.POSITIVE_INFINITY;
  const byHeight = heightM > 1e-6 ? heightMps / heightM : Number.POSITIVE_INFINITY;
  // Near the end of one of the two the other goes on at its own pace.
  const common = Math.min(
    apart || groundMps < SLOW_MPS ? Number.POSITIVE_INFINITY : byGround,
    apart || heightMps < SLOW_MPS ? Number.POSITIVE_INFINITY : byHeight,
  );
  const [ground, height] = [Math.min(common, byGround), Math.min(common, byHeight)];
  return vector3(
    groundM > 1e-6 ? gap.x * ground : 0,
    groundM > 1e-6 ? gap.y * ground : 0,
    heightM > 1e-6 ? gap.z * height : 0,
  );
};

/**
 * Smooth way to a point in PX4's auto modes: speed, acceleration and jerk bounded by MPC_XY_CRUISE,
 * MPC_Z_V_AUTO_*, MPC_ACC_*, MPC_JERK_AUTO; heading turned at MPC_YAWRAUTO_MAX. Local NED, 50 Hz.
 */
export class AutoTrajectory {
  readonly targetNed: Vector3 = vector3(0, 0, 0);
  /** Speed over the ground; NaN means MPC_XY_CRUISE. */
  cruiseMps = Number.NaN;
  /** Speed at which the target is to be passed; 0 to stop there. */
  exitMps = 0;
  /**
   * On a route: how near its places need be passed. Until the velocity points at the next place, the
   * speed then stays what it was before the turn. NaN where there is no route.
   */
  passingRadiusM = Number.NaN;
  /** Heading to turn to; the present one until a mode asks for another. */
  targetYawRad = 0;
  readonly #parameters: Parameters;
  readonly #inSpace: boolean;
  readonly #position: Vector3 = vector3(0, 0, 0);
  readonly #velocity: Vector3 = vector3(0, 0, 0);
  readonly #acceleration: Vector3 = vector3(0, 0, 0);
  #speedBeforeTurnMps = Number.POSITIVE_INFINITY;
  #yawRad = 0;
  #yawRateRadps = 0;

  /**
   * @param inSpace flies straight in space, and in height too waits for a vehicle that lags behind,
   * as v1.15 does; v1.18 (and `false`) flies to the place and to the height apart.
   */
  constructor(parameters: Parameters, inSpace: boolean) {
    this.#parameters = parameters;
    this.#inSpace = inSpace;
  }

  /** Takes up the present motion and aims at the point where it can stop. */
  begin(motion: Motion): void {
    Object.assign(this.#position, motion.positionNed);
    Object.assign(this.#velocity, motion.velocityNed);
    Object.assign(this.#acceleration, { x: 0, y: 0, z: 0 });
    this.cruiseMps = Number.NaN;
    this.exitMps = 0;
    this.passingRadiusM = Number.NaN;
    this.#speedBeforeTurnMps = Number.POSITIVE_INFINITY;
    this.#yawRad = yawOf(motion.attitude);
    this.targetYawRad = this.#yawRad;
    this.#yawRateRadps = 0;
    const { x: vx, y: vy, z: vz } = this.#velocity;
    const horizontal = this.#stoppingTime(Math.sqrt(vx * vx + vy * vy), 'MPC_ACC_HOR');
    const vertical = this.#stoppingTime(Math.abs(vz), 'MPC_ACC_DOWN_MAX');
    this.targetNed.x = this.#position.x + vx * horizontal;
    this.targetNed.y = this.#position.y + vy * horizontal;
    this.targetNed.z = this.#position.z + vz * vertical;
  }

  /**
   * The estimator jumped: go on from where it now believes to be. A target given on earth moves with
   * the local frame's origin and stays where it is otherwise.
   */
  shift(jumpNed: Readonly<Vector3>, yawRad: number, originMoved: boolean): void {
    const moved = originMoved ? [this.#position, this.targetNed] : [this.#position];
    for (const point of moved) {
      point.x += jumpNed.x;
      point.y += jumpNed.y;
      point.z += jumpNed.z;
    }
    this.#yawRad = wrapPi(this.#yawRad + yawRad);
    this.targetYawRad = wrapPi(this.targetYawRad + yawRad);
  }

  /** Heading from here to a point; NaN when it is nearer than `leastM`, or nowhere. */
  courseRad(northM: number, eastM: number, leastM: number): number {
    const dx = northM - this.#position.x;
    const dy = eastM - this.#position.y;
    return dx * dx + dy * dy > leastM * leastM ? Math.atan2(dy, dx) : Number.NaN;
  }

  /** Distance to the target, horizontal. */
  horizontalGapM(motion: Motion): number {
    const dx = this.targetNed.x - motion.positionNed.x;
    const dy = this.targetNed.y - motion.positionNed.y;
    return Math.sqrt(dx * dx + dy * dy);
  }

  verticalGapM(motion: Motion): number {
    return Math.abs(this.targetNed.z - motion.positionNed.z);
  }

  /** Moves towards the target; writes position, velocity, acceleration and heading into `out`. */
  step(
    dtS: number,
    motion: Motion,
    out: FlightSetpoint,
    climbMps = Number.POSITIVE_INFINITY,
  ): void {
    const paceS = dtS * this.#pace(motion);
    const heightPaceS = this.#inSpace ? paceS : dtS;
    const { x, y, z } = this.#position;
    const gap = vector3(this.targetNed.x - x, this.targetNed.y - y, this.targetNed.z - z);
    const groundMps = this.#groundSpeedMps(gap);
    const heightMps = this.#heightSpeedMps(gap, climbMps);
    const wanted = towards(gap, groundMps, heightMps, !this.#inSpace);
    this.#stepHorizontal(dtS, paceS, wanted, out);
    this.#stepVerticalSpeed(heightPaceS, wanted.z);
    this.#position.z += this.#velocity.z * heightPaceS;
    out.positionNed.z = this.#position.z;
    out.velocityNed.z = this.#velocity.z;
    out.accelerationNed.z = this.#acceleration.z;
  }

  /** As {@link step}, but down (or up) at a speed instead of to an altitude. */
  stepSinking(dtS: number, motion: Motion, out: FlightSetpoint, downMps: number): void {
    const { x, y } = this.#position;
    const gap = vector3(this.targetNed.x - x, this.targetNed.y - y, 0);
    const wanted = towards(gap, this.#groundSpeedMps(gap), 0, true);
    this.#stepHorizontal(dtS, dtS * this.#pace(motion), wanted, out);
    this.#stepVerticalSpeed(dtS, downMps);
    this.#position.z = motion.positionNed.z;
    out.positionNed.z = Number.NaN;
    out.velocityNed.z = this.#velocity.z;
    out.accelerationNed.z = this.#acceleration.z;
  }

  /**
   * Share of its speed at which time passes for the trajectory: none for a vehicle that has fallen
   * MPC_XY_ERR_MAX behind it, all for one that is ahead of it.
   */
  #pace({ positionNed }: Motion): number {
    const lagX = this.#position.x - positionNed.x;
    const lagY = this.#position.y - positionNed.y;
    if (lagX * this.#velocity.x + lagY * this.#velocity.y < 0) return 1;
    const most = this.#parameters.get('MPC_XY_ERR_MAX');
    return 1 - clamp(Math.sqrt(lagX * lagX + lagY * lagY) / most, 0, 1);
  }

  /** Greatest speed over the ground from which the target can still be met at {@link exitMps}. */
  #groundSpeedMps({ x, y }: Readonly<Vector3>): number {
    const p = this.#parameters;
    const distanceM = Math.sqrt(x * x + y * y);
    const cruise = Number.isNaN(this.cruiseMps) ? p.get('MPC_XY_CRUISE') : this.cruiseMps;
    const jerk = p.get('MPC_JERK_AUTO');
    const braking = brakingSpeed(distanceM, p.get('MPC_ACC_HOR'), jerk, this.exitMps);
    const speed = Math.min(cruise, braking, p.get('MPC_XY_VEL_MAX'));
    if (this.#isTurning(x, y, distanceM)) return Math.min(speed, this.#speedBeforeTurnMps);
    this.#speedBeforeTurnMps = speed;
    return speed;
  }

  #isTurning(gapX: number, gapY: number, distanceM: number): boolean {
    const { x, y } = this.#velocity;
    const speed = Math.sqrt(x * x + y * y);
    if (!(distanceM > this.passingRadiusM) || speed < TURN_LEAST_MPS) return false;
    return (x * gapX + y * gapY) / (speed * distanceM) < ALIGNED_COSINE;
  }

  /** The same for height, where it always stops. */
  #heightSpeedMps({ z }: Readonly<Vector3>, climbMps: number): number {
    const p = this.#parameters;
    const acceleration = p.get(z < 0 ? 'MPC_ACC_UP_MAX' : 'MPC_ACC_DOWN_MAX');
    const limit = z < 0 ? Math.min(p.get('MPC_Z_V_AUTO_UP'), climbMps) : p.get('MPC_Z_V_AUTO_DN');
    return Math.min(limit, brakingSpeed(Math.abs(z), acceleration, p.get('MPC_JERK_AUTO')));
  }

  /** @param paceS `dtS` as it passes for the trajectory; the heading turns in real time. */
  #stepHorizontal(
    dtS: number,
    paceS: number,
    wanted: Readonly<Vector3>,
    out: FlightSetpoint,
  ): void {
    const p = this.#parameters;
    const [acceleration, jerk] = [p.get('MPC_ACC_HOR'), p.get('MPC_JERK_AUTO')];
    this.#stepHorizontalVelocity(paceS, wanted.x, wanted.y, acceleration, jerk);
    this.#position.x += this.#velocity.x * paceS;
    this.#position.y += this.#velocity.y * paceS;
    out.positionNed.x = this.#position.x;
    out.positionNed.y = this.#position.y;
    out.velocityNed.x = this.#velocity.x;
    out.velocityNed.y = this.#velocity.y;
    out.accelerationNed.x = this.#acceleration.x;
    out.accelerationNed.y = this.#acceleration.y;
    this.#turn(dtS);
    out.yawRad = this.#yawRad;
  }

  #stepHorizontalVelocity(
    dtS: number,
    wantedX: number,
    wantedY: number,
    limitMps2: number,
    jerkMps3: number,
  ): void {
    if (dtS <= 0) return;
    const v = this.#velocity;
    const a = this.#acceleration;
    const errorX = wantedX - v.x;
    const errorY = wantedY - v.y;
    const error = Math.sqrt(errorX * errorX + errorY * errorY);
    const size = error > 1e-9 ? correction(error, limitMps2, jerkMps3, dtS) / error : 0;
    const changeX = errorX * size - a.x;
    const changeY = errorY * size - a.y;
    const change = Math.sqrt(changeX * changeX + changeY * changeY);
    const share = change > jerkMps3 * dtS ? (jerkMps3 * dtS) / change : 1;
    a.x += changeX * share;
    a.y += changeY * share;
    v.x += a.x * dtS;
    v.y += a.y * dtS;
  }

  #stepVerticalSpeed(dtS: number, wantedMps: number): void {
    if (dtS <= 0) return;
    const p = this.#parameters;
    const jerk = p.get('MPC_JERK_AUTO');
    const error = wantedMps - this.#velocity.z;
    const limit = p.get(error < 0 ? 'MPC_ACC_UP_MAX' : 'MPC_ACC_DOWN_MAX');
    const wanted = Math.sign(error) * correction(Math.abs(error), limit, jerk, dtS);
    const step = clamp(wanted - this.#acceleration.z, -jerk * dtS, jerk * dtS);
    this.#acceleration.z += step;
    this.#velocity.z += this.#acceleration.z * dtS;
  }

  #turn(dtS: number): void {
    const most = radiansFromDegrees(this.#parameters.get('MPC_YAWRAUTO_MAX'));
    const acceleration = radiansFromDegrees(this.#parameters.get('MPC_YAWRAUTO_ACC'));
    const gap = wrapPi(this.targetYawRad - this.#yawRad);
    const braking = Math.sqrt(2 * acceleration * Math.abs(gap));
    const wanted = Math.sign(gap) * Math.min(most, braking, Math.abs(gap) / dtS);
    const change = clamp(wanted - this.#yawRateRadps, -acceleration * dtS, acceleration * dtS);
    this.#yawRateRadps += change;
    this.#yawRad = wrapPi(this.#yawRad + this.#yawRateRadps * dtS);
  }

  /** Distance to a stop divided by the speed. */
  #stoppingTime(speedMps: number, limit: 'MPC_ACC_HOR' | 'MPC_ACC_DOWN_MAX'): number {
    const acceleration = this.#parameters.get(limit);
    return speedMps / (2 * acceleration) + acceleration / this.#parameters.get('MPC_JERK_AUTO');
  }
}
