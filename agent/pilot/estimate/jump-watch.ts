import { vector3, type Vector3 } from '#protocols/vector.ts';
import { wrapPi } from '#protocols/units.ts';

/**
 * How far a position may lie from where the last one and the velocities lead, m: recordings of PX4 in
 * flight never show more than 0.04.
 */
const POSITION_JUMP_M = 0.3;

/** Curvature that the mean of two velocities misses in dt: an eighth of 10 m/s² · dt². */
const CURVATURE_MPS2 = 1.25;

/** Change of velocity that no multicopter makes: 12 m/s² (45° of tilt, or free fall) and some noise. */
const VELOCITY_JUMP_MPS = 0.5;
const FASTEST_CHANGE_MPS2 = 12;

/** Heading that the rates do not explain, rad; recordings show 0.02 at most, and 0.06–0.14 when PX4 resets it after take-off. */
const HEADING_JUMP_RAD = 0.05;

/** A vehicle out of sight for longer may be anywhere without any jump. */
const GAP_MS = 1000;

/** What a sample says about its predecessor: it follows, it jumped, or nothing can be said. */
export type Continuity = 'steady' | 'jump' | 'gap';

/**
 * Tells motion from the resets of PX4's estimator by each sample's own clock. PX4 says in ODOMETRY
 * that something was reset, but neither what nor by how much, and LOCAL_POSITION_NED jumps first.
 */
export class JumpWatch {
  /** The last sample's jump in position, m, and velocity, m/s; zero when it was steady. */
  readonly position: Vector3 = vector3(0, 0, 0);
  readonly velocity: Vector3 = vector3(0, 0, 0);
  readonly #lastPosition: Vector3 = vector3(0, 0, 0);
  readonly #lastVelocity: Vector3 = vector3(0, 0, 0);
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Takes a sample with the autopilot's time of it, ms. */
  look(bootMs: number, p: Readonly<Vector3>, v: Readonly<Vector3>): Continuity {
    const dtS = (bootMs - this.#lastMs) / 1000;
    const continuity = dtS > 0 && dtS * 1000 < GAP_MS ? this.#compare(dtS, p, v) : 'gap';
    if (continuity !== 'jump') clear(this.position, this.velocity);
    this.#lastMs = bootMs;
    copy(this.#lastPosition, p);
    copy(this.#lastVelocity, v);
    return continuity;
  }

  #compare(dtS: number, p: Readonly<Vector3>, v: Readonly<Vector3>): Continuity {
    const { position: jump, velocity: step } = this;
    difference(step, v, this.#lastVelocity);
    const kicked = size(step) > VELOCITY_JUMP_MPS + FASTEST_CHANGE_MPS2 * dtS;
    // A velocity that was reset says nothing about the way here: the one before it led here.
    const trust = kicked ? 0 : 0.5;
    difference(jump, p, this.#lastPosition);
    jump.x -= dtS * (this.#lastVelocity.x + trust * step.x);
    jump.y -= dtS * (this.#lastVelocity.y + trust * step.y);
    jump.z -= dtS * (this.#lastVelocity.z + trust * step.z);
    const moved = size(jump) > POSITION_JUMP_M + CURVATURE_MPS2 * dtS * dtS;
    if (!kicked) clear(step);
    if (!moved) clear(jump);
    return kicked || moved ? 'jump' : 'steady';
  }
}

/** The same for the heading, against the yaw rate. */
export class HeadingWatch {
  /** All jumps so far, rad: whoever holds a heading turns it along. */
  jumpedRad = 0;
  #lastRad = 0;
  #lastRateRadps = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  look(bootMs: number, yawRad: number, rateRadps: number): void {
    const dtS = (bootMs - this.#lastMs) / 1000;
    if (dtS > 0 && dtS * 1000 < GAP_MS) {
      const turnedRad = (dtS * (rateRadps + this.#lastRateRadps)) / 2;
      const jumpRad = wrapPi(yawRad - this.#lastRad - turnedRad);
      // Turning hard, the rate between two samples is a guess.
      const limitRad = HEADING_JUMP_RAD + (dtS * Math.abs(rateRadps - this.#lastRateRadps)) / 2;
      if (Math.abs(jumpRad) > limitRad) this.jumpedRad += jumpRad;
    }
    this.#lastMs = bootMs;
    this.#lastRad = yawRad;
    this.#lastRateRadps = rateRadps;
  }
}

const copy = (to: Vector3, from: Readonly<Vector3>): void => {
  to.x = from.x;
  to.y = from.y;
  to.z = from.z;
};

const difference = (out: Vector3, a: Readonly<Vector3>, b: Readonly<Vector3>): void => {
  out.x = a.x - b.x;
  out.y = a.y - b.y;
  out.z = a.z - b.z;
};

const size = ({ x, y, z }: Readonly<Vector3>): number => Math.sqrt(x * x + y * y + z * z);

const clear = (...vectors: Vector3[]): void => {
  for (const vector of vectors) {
    vector.x = 0;
    vector.y = 0;
    vector.z = 0;
  }
};
