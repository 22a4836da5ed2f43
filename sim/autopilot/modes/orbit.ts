import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { AutoTrajectory } from '../auto-trajectory.ts';
import type { FlightSetpoint } from '../control/flight-setpoint.ts';
import type { Situation } from '../situation.ts';
import type { ModeBehaviour } from './mode-behaviour.ts';

/** MC_ORBIT_RAD_MAX, and speed and acceleration bounds of PX4's orbit task. */
const RADIUS_M = { least: 1, most: 1000 } as const;
const SPEED_MAX_MPS = 10;
const ACCELERATION_MAX_MPS2 = 2;
/** Nearer than this to the circle it flies around instead of towards it. */
const ON_CIRCLE_M = 2;
/** Nearer than this to the centre there is no direction away from it. */
const DRIFTED_M = 1e-3;
/** Pull towards the circle, 1/s. */
const RADIAL_P = 0.95;

export interface Circle {
  /** Centre, local NED; NaN means here. */
  centreNed: Readonly<Vector3>;
  /** Clockwise seen from above; negative the other way. NaN keeps what was. */
  radiusM: number;
  speedMps: number;
}

/** DO_ORBIT: straight to the nearest point of the circle, then around it, looking at its centre. */
export class Orbit implements ModeBehaviour {
  readonly finished = false;
  readonly landing = false;
  readonly wantsTakeoff = false;
  readonly #trajectory: AutoTrajectory;
  readonly #centre: Vector3 = vector3(0, 0, 0);
  #radiusM: number = RADIUS_M.least;
  #speedMps = 1;
  #approaching = true;
  #placed = false;

  constructor(trajectory: AutoTrajectory) {
    this.#trajectory = trajectory;
  }

  enter(situation: Situation): void {
    this.#trajectory.begin(situation.motion);
    this.#approaching = true;
    if (!this.#placed) Object.assign(this.#centre, situation.motion.positionNed);
    this.#placed = false;
  }

  /** The circle that is flown; the radius is negative when it goes counter-clockwise. */
  get circle(): { centreNed: Readonly<Vector3>; radiusM: number } {
    return {
      centreNed: this.#centre,
      radiusM: this.#speedMps < 0 ? -this.#radiusM : this.#radiusM,
    };
  }

  /** The circle to fly from now on. Radius and speed are bounded as PX4 bounds them. */
  command(circle: Circle, { motion }: Situation): void {
    const { centreNed } = circle;
    const here = motion.positionNed;
    this.#centre.x = Number.isFinite(centreNed.x) ? centreNed.x : here.x;
    this.#centre.y = Number.isFinite(centreNed.y) ? centreNed.y : here.y;
    this.#centre.z = Number.isFinite(centreNed.z) ? centreNed.z : here.z;
    const sign = circle.radiusM < 0 ? -1 : 1;
    if (Number.isFinite(circle.radiusM)) {
      this.#radiusM = Math.min(RADIUS_M.most, Math.max(RADIUS_M.least, Math.abs(circle.radiusM)));
    }
    if (Number.isFinite(circle.speedMps)) {
      const limit = Math.min(SPEED_MAX_MPS, Math.sqrt(ACCELERATION_MAX_MPS2 * this.#radiusM));
      this.#speedMps = Math.max(-limit, Math.min(limit, sign * circle.speedMps));
    }
    this.#approaching = true;
    this.#placed = true;
  }

  step(dtS: number, situation: Situation, out: FlightSetpoint): void {
    const { motion } = situation;
    if (situation.landed) this.#forget(motion.positionNed);
    const dx = motion.positionNed.x - this.#centre.x;
    const dy = motion.positionNed.y - this.#centre.y;
    const distanceM = Math.sqrt(dx * dx + dy * dy);
    // Begun at its centre the circle is met wherever the vehicle happens to drift.
    const outX = distanceM > DRIFTED_M ? dx / distanceM : 0;
    const outY = distanceM > DRIFTED_M ? dy / distanceM : 0;
    const { targetNed } = this.#trajectory;
    if (this.#approaching) {
      targetNed.x = this.#centre.x + outX * this.#radiusM;
      targetNed.y = this.#centre.y + outY * this.#radiusM;
      targetNed.z = this.#centre.z;
      if (distanceM > DRIFTED_M) this.#trajectory.targetYawRad = Math.atan2(-outY, -outX);
      this.#trajectory.step(dtS, motion, out);
      if (Math.abs(distanceM - this.#radiusM) < ON_CIRCLE_M) this.#approaching = false;
      return;
    }
    const inwardMps = RADIAL_P * (this.#radiusM - distanceM);
    out.velocityNed.x = -outY * this.#speedMps + outX * inwardMps;
    out.velocityNed.y = outX * this.#speedMps + outY * inwardMps;
    const inwardMps2 = (this.#speedMps * this.#speedMps) / this.#radiusM;
    out.accelerationNed.x = -outX * inwardMps2;
    out.accelerationNed.y = -outY * inwardMps2;
    out.positionNed.z = this.#centre.z;
    out.yawRad = Math.atan2(-outY, -outX);
    out.yawRateRadps = this.#speedMps / this.#radiusM;
  }

  /** On the ground whatever was commanded is lost again: the least circle, around where it stands. */
  #forget(here: Readonly<Vector3>): void {
    Object.assign(this.#centre, here);
    this.#radiusM = RADIUS_M.least;
    this.#approaching = true;
  }
}
