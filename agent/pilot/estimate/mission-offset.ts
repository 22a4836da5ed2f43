import { nedFromGeodetic, type Geodetic, type Origin } from '#protocols/frames.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';

/** Time constant of the average: the offset is a constant but for the rounding of the global position. */
const AVERAGE_OVER_MS = 2000;

/** An offset that moves by more than this is a reset of PX4's estimator or its origin, not noise, m. */
const MOVED_M = 0.3;

/** A disagreement beyond this is too much to fly on with while it is looked into, m. */
const ALARMING_M = 3;

/** Samples that must agree with each other before a new offset is believed. */
const AGREEING_SAMPLES = 3;

/** Global and local position further apart in time than this are not compared: the velocity between them is unknown. */
const COMPARABLE_MS = 200;

/**
 * PX4's local frame has an origin of its own, set when its estimator starts, and everyone's frame is
 * the mission's. Both positions come from one estimator, so their difference is a constant; it is
 * averaged, heights included (AMSL of the global position, never `relative_alt`, whose zero is set
 * again with every new home). The average also follows PX4's projection on a sphere, which stretches
 * its local frame by up to 0.3 % against the ellipsoid.
 */
export class MissionOffset {
  readonly #origin: Origin;
  readonly #offset: Vector3 = vector3(0, 0, 0);
  readonly #candidate: Vector3 = vector3(0, 0, 0);
  #atMs: number | undefined;
  #agreeing = 0;
  #doubted = false;
  #alarming = false;

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  /** False before the first comparison, and while the last ones are far off it. */
  get known(): boolean {
    return this.#atMs !== undefined && !this.#alarming;
  }

  /** PX4's estimator was reset: the offset is compared anew, by samples that agree. */
  get doubted(): boolean {
    return this.#doubted;
  }

  doubt(): void {
    this.#doubted = true;
    this.#agreeing = 0;
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
    if (this.#atMs === undefined) this.#take(x, y, z, globalAtMs);
    else this.#weigh(x, y, z, globalAtMs, this.#atMs);
  }

  #weigh(x: number, y: number, z: number, atMs: number, knownAtMs: number): void {
    const away = gap(this.#offset, x, y, z);
    if (!this.#doubted && away <= MOVED_M) {
      this.#average(x, y, z, atMs, knownAtMs);
      return;
    }
    this.#alarming = away > ALARMING_M;
    const agrees = this.#agreeing > 0 && gap(this.#candidate, x, y, z) <= MOVED_M;
    this.#agreeing = agrees ? this.#agreeing + 1 : 1;
    this.#candidate.x = x;
    this.#candidate.y = y;
    this.#candidate.z = z;
    if (this.#agreeing >= AGREEING_SAMPLES) this.#take(x, y, z, atMs);
  }

  #take(x: number, y: number, z: number, atMs: number): void {
    this.#offset.x = x;
    this.#offset.y = y;
    this.#offset.z = z;
    this.#settle(atMs);
  }

  #average(x: number, y: number, z: number, atMs: number, knownAtMs: number): void {
    const share = 1 - Math.exp(-Math.max(0, atMs - knownAtMs) / AVERAGE_OVER_MS);
    const offset = this.#offset;
    offset.x += share * (x - offset.x);
    offset.y += share * (y - offset.y);
    offset.z += share * (z - offset.z);
    this.#settle(atMs);
  }

  #settle(atMs: number): void {
    this.#atMs = atMs;
    this.#agreeing = 0;
    this.#doubted = false;
    this.#alarming = false;
  }
}

const gap = (from: Readonly<Vector3>, x: number, y: number, z: number): number =>
  Math.max(Math.abs(x - from.x), Math.abs(y - from.y), Math.abs(z - from.z));
