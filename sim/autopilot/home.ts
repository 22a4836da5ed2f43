import type { Vector3 } from '#protocols/vector.ts';
import type { Random } from '#protocols/random.ts';
import type { Situation } from './situation.ts';
import { yawOf } from '../rotation.ts';

/** Home is taken anew this often while disarmed. */
const PERIOD_S = 2;
/** Spread of GNSS altitude in it: home and LOCAL_POSITION_NED differ by up to a metre or so. */
const ALTITUDE_JITTER_M = 0.4;

/** Home position: follows the vehicle on the ground, fixed by arming or by somebody who sets it. */
export class Home {
  readonly #random: Random;
  #nextS = 0;
  #manual = false;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Returns whether home was set anew. */
  step(situation: Situation): boolean {
    if (
      this.#manual ||
      !situation.positionValid ||
      situation.armed ||
      situation.timeS < this.#nextS
    )
      return false;
    this.#nextS = situation.timeS + PERIOD_S;
    this.set(situation);
    return true;
  }

  /** By arming: to where it stands, unless somebody has said where home is. */
  fix(situation: Situation): void {
    if (!this.#manual) this.set(situation);
  }

  /** Where somebody says; it is not taken anew until the next boot. */
  setManually(situation: Situation, homeNed: Readonly<Vector3>): void {
    Object.assign(situation.homeNed, homeNed);
    situation.homeKnown = true;
    this.#manual = true;
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
