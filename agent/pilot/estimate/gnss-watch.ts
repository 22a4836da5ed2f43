import { nedFromGeodetic, type Geodetic, type Origin } from '#protocols/frames.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { Telemetry } from './telemetry.ts';

/** The receiver's fix may move against the estimator's motion by this from one to the next, m: PX4's own gate is as wide. */
const JUMP_M = 5;

/** Two fixes further apart in time than this are not compared. */
const COMPARABLE_MS = 3500;

/** GPS_FIX_TYPE_3D_FIX. */
const FIX_3D = 3;

/**
 * Sees a receiver whose place jumps while the vehicle does not: a signal that is not a satellite's, or
 * a grave reflection. PX4's estimator refuses such a fix for seven seconds and then gives in to it: the
 * only moment at which the two can be told apart is the jump. What jumped back before the estimator gave
 * in is believed again; what did not, only on the ground. A signal that draws away as slowly as a wind
 * is not seen by this.
 */
export class GnssWatch {
  /** How far the fix has jumped since it was last believed. */
  readonly #astray: Vector3 = vector3(0, 0, 0);
  readonly #lastLocal: Vector3 = vector3(0, 0, 0);
  #lastFix: Geodetic | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  #lastJumps = 0;
  /** The estimator has given in. */
  #gaveIn = false;

  get deceived(): boolean {
    return this.#gaveIn || Math.hypot(this.#astray.x, this.#astray.y) > JUMP_M;
  }

  /** @param jumps counts the jumps of PX4's estimate so far: no motion is told across one. */
  look(telemetry: Readonly<Telemetry>, origin: Origin, jumps: number): void {
    const { landed, gpsAtMs } = telemetry;
    if (landed === 'ON_GROUND') this.#forget();
    if (this.deceived && jumps !== this.#lastJumps) this.#gaveIn = true;
    if (gpsAtMs === this.#lastMs) return;
    const follows = gpsAtMs - this.#lastMs < COMPARABLE_MS && jumps === this.#lastJumps;
    this.#lastMs = gpsAtMs;
    this.#lastJumps = jumps;
    this.#compare(telemetry, origin, follows);
  }

  #compare(
    { gps, gpsFixType, localPositionNed: p }: Telemetry,
    origin: Origin,
    follows: boolean,
  ): void {
    const last = this.#lastFix;
    const moved = this.#lastLocal;
    const northM = p.x - moved.x;
    const eastM = p.y - moved.y;
    moved.x = p.x;
    moved.y = p.y;
    this.#lastFix = gpsFixType >= FIX_3D ? { ...gps } : undefined;
    if (!follows || last === undefined || this.#lastFix === undefined) return;
    const from = nedFromGeodetic(origin, last);
    const to = nedFromGeodetic(origin, this.#lastFix);
    const x = to.x - from.x - northM;
    const y = to.y - from.y - eastM;
    if (Math.hypot(x, y) <= JUMP_M) return;
    this.#astray.x += x;
    this.#astray.y += y;
  }

  #forget(): void {
    this.#gaveIn = false;
    this.#astray.x = 0;
    this.#astray.y = 0;
  }
}
