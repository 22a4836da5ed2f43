import type { Random } from '#protocols/random.ts';
import { EstimateTrust } from './estimate-trust.ts';
import { slotOf, type Profile } from './parameters.ts';
import type { Situation } from './situation.ts';

const COM_POS_FS_EPH = slotOf('COM_POS_FS_EPH');
const EKF2_NOAID_TOUT = slotOf('EKF2_NOAID_TOUT');

/** Seconds until the estimator has a heading and a position, by profile: least and spread. */
const ALIGNMENT_S: Readonly<Record<Profile, readonly [number, number]>> = {
  '1.15': [32, 4],
  '1.18': [4, 2],
};

/** Horizontal error that the estimator believes to have with GNSS. */
const AIDED_M = 0.29;
/** How it grows without, in a recording of v1.15 within 5 % over 20 s: m, m/s, m/s². */
const UNAIDED = [0.35, 0.1, 0.034] as const;

/** A position that is in use may be so much worse than one that is taken up. */
const IN_USE_FACTOR = 2.5;
/** Once lost it must have been good for so long. */
const PROBATION_S = 1;

/**
 * What of the estimate may be used: nothing before it has aligned, and no position when GNSS has been
 * missing for longer than EKF2_NOAID_TOUT or the error exceeds COM_POS_FS_EPH (2.5 times that while in
 * use; negative: any will do). COM_POS_FS_DELAY of v1.15 is about estimates that stop coming, which
 * they do not here.
 */
export class EstimatorHealth {
  readonly #alignedAtS: number;
  #lastFixS = Number.NEGATIVE_INFINITY;
  #lostAtS = Number.NEGATIVE_INFINITY;
  readonly #trust = new EstimateTrust();

  constructor(profile: Profile, random: Random) {
    const [leastS, spreadS] = ALIGNMENT_S[profile];
    this.#alignedAtS = leastS + spreadS * random.uniform();
  }

  /** Writes what of the estimate is valid. */
  judge(situation: Situation): void {
    const { timeS, gnssFix, parameters, positionValid: inUse } = situation;
    if (gnssFix) this.#lastFixS = timeS;
    const unaidedS = timeS - this.#lastFixS;
    const [least, rate, growth] = UNAIDED;
    situation.horizontalErrorM =
      unaidedS === 0 ? AIDED_M : least + rate * unaidedS + growth * unaidedS * unaidedS;
    situation.aligned = timeS >= this.#alignedAtS;
    const limitM = parameters.at(COM_POS_FS_EPH) * (inUse ? IN_USE_FACTOR : 1);
    const exact = limitM < 0 || situation.horizontalErrorM < limitM;
    const aided = unaidedS * 1e6 <= parameters.at(EKF2_NOAID_TOUT);
    const good = situation.aligned && aided && exact;
    // Before it was ever in use there is nothing to be lost.
    if (!good && (inUse || Number.isFinite(this.#lostAtS))) this.#lostAtS = timeS;
    situation.positionValid = good && (inUse || timeS > this.#lostAtS + PROBATION_S);
    this.#trust.judge(situation);
  }
}
