import { nedFromGeodetic, type Geodetic, type Origin } from '#protocols/frames.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';

/** Time constant of the average: the offset is a constant but for the rounding of the global position. */
const AVERAGE_OVER_MS = 2000;

/** An offset that moves by more than this is a reset of PX4's origin, not noise. */
export const JUMP_M = 3;

/** Samples that must agree before a jump is believed. */
const JUMP_SAMPLES = 3;

/** Global and local position further apart in time than this are not compared: the velocity between them is unknown. */
const COMPARABLE_MS = 200;

/**
 * PX4's local frame has an origin of its own, set when its estimator starts, and everyone's frame is
 * the mission's. Both positions come from one estimator, so their difference is a constant; it is
 * averaged, heights included (AMSL of the global position, never `relative_alt`, whose zero is set
 * again with every new home).
 */
export class MissionOffset {
  readonly #origin: Origin;
  readonly #offset: Vector3 = vector3(0, 0, 0);
  #atMs: number | undefined;
  #jumps = 0;
  #doubted = false;

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  /** False before the first comparison, and while the last ones do not agree. */
  get known(): boolean {
    return this.#atMs !== undefined && !this.#doubted;
  }

  /** PX4's own frame has jumped: nothing is known until the global position has confirmed the offset. */
  doubt(): void {
    this.#doubted = true;
  }

  /** To be added to a position in PX4's local frame; zero until {@link known}. */
  get offset(): Readonly<Vector3> {
    return this.#offset;
  }

  /** Compares a global position with a local one, each with its time, in monotonic ms. */
  observe(
    global: Geodetic,
    globalAtMs: number,
    localNed: Vector3,
    velocityNed: Vector3,
    localAtMs: number,
  ): void {
    const aheadMs = globalAtMs - localAtMs;
    if (!(Math.abs(aheadMs) <= COMPARABLE_MS)) return;
    const mission = nedFromGeodetic(this.#origin, global);
    const aheadS = aheadMs / 1000;
    const x = mission.x - localNed.x - velocityNed.x * aheadS;
    const y = mission.y - localNed.y - velocityNed.y * aheadS;
    const z = mission.z - localNed.z - velocityNed.z * aheadS;
    this.#blend(x, y, z, globalAtMs);
  }

  #blend(x: number, y: number, z: number, atMs: number): void {
    const offset = this.#offset;
    const elapsedMs = this.#atMs === undefined ? Infinity : Math.max(0, atMs - this.#atMs);
    let share = 1 - Math.exp(-elapsedMs / AVERAGE_OVER_MS);
    const moved = Math.max(Math.abs(x - offset.x), Math.abs(y - offset.y), Math.abs(z - offset.z));
    if (this.#atMs !== undefined && moved > JUMP_M) {
      this.#jumps += 1;
      this.#doubted = true;
      if (this.#jumps < JUMP_SAMPLES) return;
      share = 1;
    }
    this.#jumps = 0;
    this.#doubted = false;
    offset.x += share * (x - offset.x);
    offset.y += share * (y - offset.y);
    offset.z += share * (z - offset.z);
    this.#atMs = atMs;
  }
}
