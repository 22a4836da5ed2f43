import type { Random } from '#protocols/random.ts';
import { yawOf } from '../rotation.ts';
import type { Quadrotor } from '../physics/quadrotor.ts';
import { obstaclesNear, rayRangeM, type Obstacle } from '../world/obstacles.ts';

const SECTORS = 72;
const LEAST_M = 0.3;
const MOST_M = 20;
const NOISE_M = 0.05;
/** Share of readings that a real sensor of this kind loses. */
const DROPOUT = 0.005;

export type RangeFailure = 'blind' | 'stuck' | 'ghosts';

/** Share of readings that a ring with ghosts makes up. */
const GHOSTS = 0.1;

/**
 * A level ring of ranges about the vehicle, 72 sectors of 5°, sector 0 straight ahead, clockwise, as
 * OBSTACLE_DISTANCE in body frame. Infinity means nothing within 20 m.
 */
export class RangeRing {
  readonly rangesM = new Float64Array(SECTORS).fill(Number.POSITIVE_INFINITY);
  readonly limitsM = { least: LEAST_M, most: MOST_M } as const;
  /** How it fails: it sees nothing, says for ever what it said last, or sees what is not there. */
  failure: RangeFailure | undefined;
  readonly #truth: Quadrotor;
  readonly #obstacles: readonly Obstacle[];
  readonly #random: Random;

  constructor(truth: Quadrotor, obstacles: readonly Obstacle[], random: Random) {
    this.#truth = truth;
    this.#obstacles = obstacles;
    this.#random = random;
  }

  /** One scan; 10 Hz is this sensor's rate. */
  scan(): void {
    if (this.failure === 'stuck') return;
    if (this.failure === 'blind') this.rangesM.fill(Number.POSITIVE_INFINITY);
    else this.#look();
    if (this.failure === 'ghosts') this.#seeGhosts();
  }

  #seeGhosts(): void {
    for (let sector = 0; sector < SECTORS; sector += 1) {
      if (this.#random.uniform() >= GHOSTS) continue;
      this.rangesM[sector] = LEAST_M + (MOST_M - LEAST_M) * this.#random.uniform();
    }
  }

  #look(): void {
    const { x: northM, y: eastM } = this.#truth.positionNed;
    const near = obstaclesNear(this.#obstacles, northM, eastM, MOST_M);
    if (near.length === 0) {
      this.rangesM.fill(Number.POSITIVE_INFINITY);
      return;
    }
    const heightM = this.#truth.heightM();
    const yawRad = yawOf(this.#truth.attitude);
    for (let sector = 0; sector < SECTORS; sector += 1) {
      const bearing = yawRad + (2 * Math.PI * sector) / SECTORS;
      const range = rayRangeM(near, northM, eastM, heightM, Math.cos(bearing), Math.sin(bearing));
      this.rangesM[sector] = this.#measure(range);
    }
  }

  #measure(rangeM: number): number {
    if (rangeM > MOST_M || this.#random.uniform() < DROPOUT) return Number.POSITIVE_INFINITY;
    return Math.max(LEAST_M, rangeM + NOISE_M * this.#random.normal());
  }
}
