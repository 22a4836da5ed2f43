import type { Situation } from '../situation.ts';

/** Disarms by itself: COM_DISARM_LAND after a landing, COM_DISARM_PRFLT when nobody takes off. */
export class AutoDisarm {
  #flown = false;
  #groundedSinceS = 0;

  armed(timeS: number): void {
    this.#flown = false;
    this.#groundedSinceS = timeS;
  }

  /** Whether it is time; called at each step while armed. */
  isDue({ timeS, landed, parameters }: Situation): boolean {
    if (!landed) {
      this.#flown = true;
      this.#groundedSinceS = timeS;
      return false;
    }
    const waitS = parameters.get(this.#flown ? 'COM_DISARM_LAND' : 'COM_DISARM_PRFLT');
    return waitS > 0 && timeS - this.#groundedSinceS >= waitS;
  }
}
