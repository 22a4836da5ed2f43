import type { Random } from '#protocols/random.ts';
import type { Situation } from './situation.ts';
import { yawOf } from '../rotation.ts';

/** Home is taken anew this often while disarmed. */
const PERIOD_S = 2;
/** Spread of GNSS altitude in it: home and LOCAL_POSITION_NED differ by up to a metre or so. */
const ALTITUDE_JITTER_M = 0.4;

/** Home position: follows the vehicle on the ground, fixed by arming. */
export class Home {
  readonly #random: Random;
  #nextS = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Returns whether home was set anew. */
  step(situation: Situation): boolean {
    if (!situation.aligned || situation.armed || situation.timeS < this.#nextS) return false;
    this.#nextS = situation.timeS + PERIOD_S;
    this.set(situation);
    return true;
  }

  set(situation: Situation): void {
    const { positionNed, attitude } = situation.motion;
    situation.homeNed.x = positionNed.x;
    situation.homeNed.y = positionNed.y;
    situation.homeNed.z = positionNed.z + ALTITUDE_JITTER_M * this.#random.normal();
    situation.homeYawRad = yawOf(attitude);
    situation.homeKnown = true;
  }
}
