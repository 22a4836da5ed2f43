import { areaNed } from '#protocols/mission/ground.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import { containsPoint, type GroundPoint } from '#protocols/polygon.ts';

/** Samples of the area at the most: one hectare at 2 m has 2500. */
const MOST_SAMPLES = 40_000;
const LEAST_SPACING_M = 1;

/** How much of a mission's area cameras have truly passed over, by sampling it. */
export class SweptArea {
  readonly #samples: GroundPoint[];
  readonly #seen: Uint8Array;
  readonly #radiusM: number;
  #count = 0;

  /** @param radiusM half the width of ground that one pass covers */
  constructor(mission: Mission, radiusM: number) {
    this.#radiusM = radiusM;
    this.#samples = samplesOf(mission);
    this.#seen = new Uint8Array(this.#samples.length);
  }

  pass(northM: number, eastM: number): void {
    for (const [index, sample] of this.#samples.entries()) {
      if (this.#seen[index] === 1) continue;
      const north = sample.northM - northM;
      const east = sample.eastM - eastM;
      if (north * north + east * east > this.#radiusM * this.#radiusM) continue;
      this.#seen[index] = 1;
      this.#count += 1;
    }
  }

  /** 0..1. */
  get share(): number {
    return this.#samples.length === 0 ? 1 : this.#count / this.#samples.length;
  }
}

const samplesOf = (mission: Mission): GroundPoint[] => {
  const { outline, holes } = areaNed(mission.origin, mission.area);
  const norths = outline.map(({ northM }) => northM);
  const easts = outline.map(({ eastM }) => eastM);
  const south = Math.min(...norths);
  const west = Math.min(...easts);
  const lengthNorthM = Math.max(...norths) - south;
  const lengthEastM = Math.max(...easts) - west;
  const spacingM = Math.max(
    LEAST_SPACING_M,
    Math.sqrt((lengthNorthM * lengthEastM) / MOST_SAMPLES),
  );
  const samples: GroundPoint[] = [];
  for (let north = spacingM / 2; north < lengthNorthM; north += spacingM) {
    for (let east = spacingM / 2; east < lengthEastM; east += spacingM) {
      const northM = south + north;
      const eastM = west + east;
      if (!containsPoint(outline, northM, eastM)) continue;
      if (!holes.some((hole) => containsPoint(hole, northM, eastM))) {
        samples.push({ northM, eastM });
      }
    }
  }
  return samples;
};
