import type { Random } from '#protocols/random.ts';
import { clamp } from '#protocols/units.ts';
import type { Action } from '#world/spaces.ts';

/** The ways in which setpoints are made up; a flight changes between them. */
type Style = 'steps' | 'wander' | 'cruise';

const STYLES: readonly Style[] = ['steps', 'wander', 'cruise'];

/** Fastest setpoints, m/s: what missions allow (horizontal) and PX4 lets through (climb, descent). */
const HORIZONTAL_MPS = 10;
const CLIMB_MPS = 3;
const DESCENT_MPS = 1.5;
const YAW_RATE_RADPS = 0.8;

/** Heights between which flights are kept, m above ground. */
const LOWEST_M = 8;
const HIGHEST_M = 60;

/** Time that a wandering setpoint takes to forget itself, s: the pace of a sampling planner's plans. */
const WANDER_S = 1.5;

/**
 * Random velocity setpoints that cover what planners ask for: steps (changes of mind and brakings), wandering (a sampling
 * planner's jitter), cruise (long straight legs with corners and hovering). Ten calls a second.
 */
export class Excitation {
  readonly #random: Random;
  readonly #factor: number;
  readonly #action: Action = { velocityNed: { x: 0, y: 0, z: 0 }, yawRateRadps: 0 };
  #style: Style = 'steps';
  #styleLeftS = 0;
  #legLeftS = 0;

  /** @param factor multiplies speeds and pace: 1 is nominal, 2 or 3 leave what training has seen. */
  constructor(random: Random, factor = 1) {
    this.#random = random;
    this.#factor = factor;
  }

  /** The setpoint for the next `dtS`. The returned object is reused: copy what must last. */
  next(dtS: number, heightM: number): Action {
    this.#styleLeftS -= dtS;
    this.#legLeftS -= dtS * this.#factor;
    if (this.#styleLeftS <= 0) {
      this.#styleLeftS = 8 + 12 * this.#random.uniform();
      this.#style = STYLES[Math.floor(STYLES.length * this.#random.uniform())]!;
    }
    if (this.#style === 'wander') this.#wander(dtS);
    else if (this.#legLeftS <= 0) this.#turnToNewLeg();
    this.#stayAloft(heightM);
    return this.#action;
  }

  #turnToNewLeg(): void {
    const random = this.#random;
    const cruise = this.#style === 'cruise';
    this.#legLeftS = cruise ? 2 + 6 * random.uniform() : 0.3 + 3 * random.uniform();
    const still = random.uniform() < 0.15;
    const speed = still ? 0 : HORIZONTAL_MPS * this.#factor * random.uniform();
    const heading = 2 * Math.PI * random.uniform();
    const climbing = random.uniform() < (cruise ? 0.2 : 0.5);
    const { velocityNed } = this.#action;
    velocityNed.x = speed * Math.cos(heading);
    velocityNed.y = speed * Math.sin(heading);
    velocityNed.z = climbing ? this.#factor * this.#vertical(random.uniform()) : 0;
    const turning = random.uniform() < 0.4;
    this.#action.yawRateRadps = turning
      ? YAW_RATE_RADPS * this.#factor * (2 * random.uniform() - 1)
      : 0;
  }

  #vertical(share: number): number {
    return -CLIMB_MPS + share * (CLIMB_MPS + DESCENT_MPS);
  }

  #wander(dtS: number): void {
    const keep = Math.exp((-dtS * this.#factor) / WANDER_S);
    const kick = Math.sqrt(1 - keep * keep) * this.#factor;
    const { velocityNed } = this.#action;
    const limit = HORIZONTAL_MPS * this.#factor;
    const wander = (value: number, deviation: number): number =>
      keep * value + kick * deviation * this.#random.normal();
    velocityNed.x = clamp(wander(velocityNed.x, HORIZONTAL_MPS / 3), -limit, limit);
    velocityNed.y = clamp(wander(velocityNed.y, HORIZONTAL_MPS / 3), -limit, limit);
    velocityNed.z = clamp(wander(velocityNed.z, DESCENT_MPS / 2), -CLIMB_MPS, DESCENT_MPS);
    this.#action.yawRateRadps = wander(this.#action.yawRateRadps, YAW_RATE_RADPS / 4);
  }

  #stayAloft(heightM: number): void {
    const { velocityNed } = this.#action;
    if (heightM < LOWEST_M) velocityNed.z = Math.min(velocityNed.z, -1);
    if (heightM > HIGHEST_M) velocityNed.z = Math.max(velocityNed.z, 1);
  }
}
