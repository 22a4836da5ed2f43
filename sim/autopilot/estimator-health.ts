import type { Random } from '#protocols/random.ts';
import type { Profile } from './parameters.ts';
import type { Situation } from './situation.ts';

/** Seconds until the estimator has aligned, by profile: least and spread. */
const ALIGNMENT_S: Readonly<Record<Profile, readonly [number, number]>> = {
  '1.15': [32, 4],
  '1.18': [4, 2],
};

/**
 * What of the estimate may be used: nothing before it has aligned, and no position when GNSS has been
 * missing for longer than EKF2_NOAID_TOUT.
 */
export class EstimatorHealth {
  readonly #alignedAtS: number;
  #lastFixS = Number.NEGATIVE_INFINITY;

  constructor(profile: Profile, random: Random) {
    const [leastS, spreadS] = ALIGNMENT_S[profile];
    this.#alignedAtS = leastS + spreadS * random.uniform();
  }

  /** Writes `aligned` and `positionValid`. */
  judge(situation: Situation): void {
    const { timeS, gnssFix, parameters } = situation;
    if (gnssFix) this.#lastFixS = timeS;
    situation.aligned = timeS >= this.#alignedAtS;
    const aided = (timeS - this.#lastFixS) * 1e6 <= parameters.get('EKF2_NOAID_TOUT');
    situation.positionValid = situation.aligned && aided;
  }
}
