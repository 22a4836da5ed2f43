import type { Random } from '#protocols/random.ts';
import { clamp } from '#protocols/units.ts';
import { add, limitNorm, scale, subtract, vector3, type Vector3 } from '#protocols/vector.ts';
import type { Action } from '#world/spaces.ts';

/**
 * The ways in which setpoints are made up; a flight changes between them. Cruise counts twice: legs with ramped corners
 * and stops are what planners mostly fly.
 */
type Style = 'cruise' | 'steps' | 'wander';

const STYLES: readonly Style[] = ['cruise', 'cruise', 'steps', 'wander'];

/** Fastest setpoints, m/s: what missions allow; PX4 clamps the vertical ones further (MPC_Z_VEL_MAX_UP, _DN). */
const HORIZONTAL_MPS = 10;
const CLIMB_MPS = 4;
const DESCENT_MPS = 3;
const YAW_RATE_RADPS = 0.8;

/** Range of the setpoint's own acceleration in ramped styles, m/s²: missions limit it to about 5. */
const LEAST_SLEW_MPS2 = 1.5;
const GREATEST_SLEW_MPS2 = 6;

/** Heights between which flights are kept, m above ground. */
const LOWEST_M = 10;
const HIGHEST_M = 60;

/** Time that a wandering setpoint takes to forget itself, s: the pace of a sampling planner's plans. */
const WANDER_S = 1.5;

/**
 * Random velocity setpoints that cover what planners ask for: cruise (legs, ramped corners, hovering, turning to the course),
 * steps (changes of mind and emergency brakings), wandering (a sampling planner's jitter). Ten calls a second.
 */
export class Excitation {
  readonly #random: Random;
  readonly #factor: number;
  readonly #action: Action = { velocityNed: vector3(0, 0, 0), yawRateRadps: 0 };
  #target: Vector3 = vector3(0, 0, 0);
  #slewMps2 = Number.POSITIVE_INFINITY;
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
    if (this.#styleLeftS <= 0) this.#changeStyle();
    if (this.#style === 'wander') this.#wander(dtS);
    else if (this.#legLeftS <= 0) this.#turnToNewLeg();
    this.#stayAloft(heightM);
    const change = subtract(this.#target, this.#action.velocityNed);
    const taken = limitNorm(change, this.#slewMps2 * this.#factor * dtS);
    this.#action.velocityNed = add(this.#action.velocityNed, taken);
    return this.#action;
  }

  #changeStyle(): void {
    const random = this.#random;
    this.#styleLeftS = 8 + 12 * random.uniform();
    this.#style = STYLES[Math.floor(STYLES.length * random.uniform())]!;
    const ramp = LEAST_SLEW_MPS2 + (GREATEST_SLEW_MPS2 - LEAST_SLEW_MPS2) * random.uniform();
    this.#slewMps2 = this.#style === 'steps' ? Number.POSITIVE_INFINITY : ramp;
  }

  #turnToNewLeg(): void {
    const random = this.#random;
    const cruise = this.#style === 'cruise';
    this.#legLeftS = cruise ? 2 + 6 * random.uniform() : 0.3 + 3 * random.uniform();
    const still = random.uniform() < 0.15;
    const speed = still ? 0 : HORIZONTAL_MPS * random.uniform();
    const heading = 2 * Math.PI * random.uniform();
    const climbing = random.uniform() < (cruise ? 0.2 : 0.5);
    const down = climbing ? -CLIMB_MPS + (CLIMB_MPS + DESCENT_MPS) * random.uniform() : 0;
    const wanted = vector3(speed * Math.cos(heading), speed * Math.sin(heading), down);
    this.#target = scale(wanted, this.#factor);
    const turning = random.uniform() < 0.4;
    this.#action.yawRateRadps = turning
      ? YAW_RATE_RADPS * this.#factor * (2 * random.uniform() - 1)
      : 0;
  }

  #wander(dtS: number): void {
    const keep = Math.exp((-dtS * this.#factor) / WANDER_S);
    const kick = Math.sqrt(1 - keep * keep) * this.#factor;
    const limit = HORIZONTAL_MPS * this.#factor;
    const wander = (value: number, deviation: number): number =>
      keep * value + kick * deviation * this.#random.normal();
    this.#target = vector3(
      clamp(wander(this.#target.x, HORIZONTAL_MPS / 3), -limit, limit),
      clamp(wander(this.#target.y, HORIZONTAL_MPS / 3), -limit, limit),
      clamp(wander(this.#target.z, DESCENT_MPS / 3), -CLIMB_MPS, DESCENT_MPS),
    );
    this.#action.yawRateRadps = wander(this.#action.yawRateRadps, YAW_RATE_RADPS / 4);
  }

  #stayAloft(heightM: number): void {
    if (heightM < LOWEST_M) this.#target.z = Math.min(this.#target.z, -2);
    if (heightM > HIGHEST_M) this.#target.z = Math.max(this.#target.z, 1);
  }
}
