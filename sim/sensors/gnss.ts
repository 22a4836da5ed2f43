import { geodeticFromNed, type Origin } from '#protocols/frames.ts';
import type { Random } from '#protocols/random.ts';
import { vector3 } from '#protocols/vector.ts';
import type { Quadrotor } from '../physics/quadrotor.ts';
import { isInZone, type Zone } from '../world/zone.ts';
import { SensorErrors } from './sensor-errors.ts';
import { Drift } from './drift.ts';

/** Errors of a single-frequency receiver in the open: what wanders, and what jitters. */
const WANDER_M = 0.5;
const WANDER_ALTITUDE_M = 0.9;
const WANDER_S = 60;
const JITTER_M = 0.08;
const FIX_AFTER_S = 2;

/** The raw GNSS fix, apart from the estimator's opinion. Step it at its own rate, 8 Hz. */
export class Gnss {
  readonly fix = {
    latDeg: 0,
    lonDeg: 0,
    altAmslM: 0,
    groundSpeedMps: 0,
    courseRad: 0,
    satellites: 0,
    hasFix: false,
  };
  /** No satellites can be seen from these. */
  zones: readonly Zone[] = [];
  #isAlive = true;
  readonly #truth: Quadrotor;
  readonly #origin: Origin;
  readonly #random: Random;
  readonly #errors: SensorErrors;
  readonly #north: Drift;
  readonly #east: Drift;
  readonly #down: Drift;
  #ageS = 0;

  constructor(truth: Quadrotor, origin: Origin, random: Random, errors = new SensorErrors()) {
    this.#errors = errors;
    this.#truth = truth;
    this.#origin = origin;
    this.#random = random;
    this.#north = new Drift(WANDER_M, WANDER_S, random);
    this.#east = new Drift(WANDER_M, WANDER_S, random);
    this.#down = new Drift(WANDER_ALTITUDE_M, WANDER_S, random);
  }

  /** The receiver is alive and satellites can be seen from where it is; else the last fix stays what it was. */
  get works(): boolean {
    const { x, y, z } = this.#truth.positionNed;
    return this.#isAlive && !isInZone(this.zones, x, y, 0 - z);
  }

  /** Kills the receiver, or brings it back. */
  set works(alive: boolean) {
    this.#isAlive = alive;
  }

  step(dtS: number): void {
    if (!this.works) {
      this.#ageS = 0;
      this.fix.hasFix = false;
      this.fix.satellites = 0;
      return;
    }
    this.#ageS += dtS;
    this.#north.step(dtS);
    this.#east.step(dtS);
    this.#down.step(dtS);
    const { x, y, z } = this.#truth.positionNed;
    const { lie } = this.#errors;
    const vn = this.#truth.velocityNed.x + (lie?.velocityNed.x ?? 0);
    const ve = this.#truth.velocityNed.y + (lie?.velocityNed.y ?? 0);
    const jitter = (): number => JITTER_M * this.#random.normal();
    const measured = vector3(
      x + this.#north.value + jitter() + (lie?.offsetNed.x ?? 0),
      y + this.#east.value + jitter() + (lie?.offsetNed.y ?? 0),
      z + this.#down.value + jitter() + (lie?.offsetNed.z ?? 0),
    );
    Object.assign(this.fix, geodeticFromNed(this.#origin, measured));
    this.fix.groundSpeedMps = Math.sqrt(vn * vn + ve * ve);
    this.fix.courseRad = Math.atan2(ve, vn);
    this.fix.hasFix = this.#ageS > FIX_AFTER_S;
    this.fix.satellites = this.fix.hasFix ? 10 : 0;
  }
}
