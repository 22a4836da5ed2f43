import type { Situation } from '../situation.ts';

/** Disarms by itself: COM_DISARM_LAND after a landing, COM_DISARM_PRFLT when nobody takes off. */
export class AutoDisarm {
  hasFlown = false;
  #groundedSinceS = 0;

  armed(timeS: number): void {
    this.hasFlown = false;
    this.#groundedSinceS = timeS;
  }

  /** Whether it is time; called at each step while armed. */
  isDue({ timeS, landed, parameters }: Situation): boolean {
    if (!landed) {
      this.hasFlown = true;
      this.#groundedSinceS = timeS;
      return false;
    }
    const waitS = parameters.get(this.hasFlown ? 'COM_DISARM_LAND' : 'COM_DISARM_PRFLT');
    return waitS > 0 && timeS - this.#groundedSinceS >= waitS;
  }
}
