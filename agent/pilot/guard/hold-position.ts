import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { Estimate } from '../estimate/estimate.ts';

/** Below this the drone counts as stopped and its place is taken for the one to hold, m/s. */
const STOPPED_MPS = 0.6;
/** MPC_XY_P: PX4's own gain from position error to velocity, 1/s. */
const GAIN_PER_S = 0.95;
/** Back to the held place no faster than this, m/s. */
const FASTEST_MPS = 1.5;
/** Pushed further than this (a neighbour came by), the drone holds where it is instead, m. */
const LET_GO_M = 8;

/** Velocity that brings the drone to rest and keeps it there. Forget it when something else flies. */
export class HoldPosition {
  readonly velocityNed: Vector3 = vector3(0, 0, 0);
  readonly #place: Vector3 = vector3(0, 0, 0);
  #held = false;

  forget(): void {
    this.#held = false;
  }

  /** With a poor position: simply rest. */
  rest(): void {
    this.#held = false;
    this.velocityNed.x = 0;
    this.velocityNed.y = 0;
    this.velocityNed.z = 0;
  }

  update(estimate: Readonly<Estimate>): void {
    const { positionNed: p, velocityNed: v } = estimate;
    const out = this.velocityNed;
    const place = this.#place;
    out.x = 0;
    out.y = 0;
    out.z = 0;
    if (!this.#held) {
      if (Math.sqrt(v.x * v.x + v.y * v.y + v.z * v.z) > STOPPED_MPS) return;
      this.#held = true;
      place.x = p.x;
      place.y = p.y;
      place.z = p.z;
    }
    const x = place.x - p.x;
    const y = place.y - p.y;
    const z = place.z - p.z;
    const away = Math.sqrt(x * x + y * y + z * z);
    if (away > LET_GO_M) {
      this.#held = false;
      return;
    }
    const gain = Math.min(GAIN_PER_S, FASTEST_MPS / Math.max(away, 1e-6));
    out.x = gain * x;
    out.y = gain * y;
    out.z = gain * z;
  }
}
