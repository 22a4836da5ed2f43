import { cellCentre, cellFromKey, cellKey } from '#agent/mind/mission/grid.ts';
import type { Look } from '#agent/mind/state.ts';
import type { SearchTerms } from '#agent/mind/belief/posterior.ts';
import type { Random } from '#protocols/random.ts';
import type { Vector3 } from '#protocols/vector.ts';

/** Below this share of the mission's height the camera sees too little for a look. */
const MIN_HEIGHT_SHARE = 0.7;

/** Reports a look over a cell when the drone has left it, as a payload with some inertia would. */
export class FakeCamera {
  readonly #search: SearchTerms;
  readonly #targets: ReadonlySet<number>;
  readonly #random: Random;
  readonly #minHeightM: number;
  #over = -1;
  working = true;

  constructor(search: SearchTerms, targets: Set<number>, heightM: number, random: Random) {
    this.#search = search;
    this.#targets = targets;
    this.#random = random;
    this.#minHeightM = MIN_HEIGHT_SHARE * heightM;
  }

  see(position: Vector3): Look[] {
    const { cellM, pDetect, pFalse } = this.#search;
    const high = -position.z >= this.#minHeightM;
    const row = Math.floor(position.x / cellM);
    const column = Math.floor(position.y / cellM);
    const under = high ? cellKey(row, column) : -1;
    const left = this.#over;
    this.#over = under;
    if (left === under || left < 0 || !this.working) return [];
    const cell = cellFromKey(left);
    const chance = this.#targets.has(left) ? pDetect : pFalse;
    const detected = this.#random.uniform() < chance;
    return [{ ...cell, detected, ...cellCentre(cellM, cell) }];
  }
}
