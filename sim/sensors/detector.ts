import { geodeticFromNed, nedFromGeodetic, type Origin } from '#protocols/frames.ts';
import type { Random } from '#protocols/random.ts';
import type { Vector3 } from '#protocols/vector.ts';
import type { HiddenTarget } from '../world/targets.ts';

/** The grid in which the agent counts looks: its mission's origin and cell size. */
export interface DetectorGrid {
  originLatDeg: number;
  originLonDeg: number;
  originAltAmslM: number;
  cellM: number;
  /** Radius on the ground within which the camera sees a cell's centre well enough. */
  footprintRadiusM: number;
}

/** One pass over one cell: what the camera made of it. Positions in mission NED. */
export interface Look {
  row: number;
  col: number;
  detected: boolean;
  confidence: number;
  northM: number;
  eastM: number;
  timeMs: number;
}

export interface DetectorChances {
  pDetect: number;
  pFalse: number;
}

/** True height above ground in which the camera resolves a target. */
const LEAST_HEIGHT_M = 5;
const MOST_HEIGHT_M = 40;
/** A pass has its closest approach behind it once the distance has grown by this much. */
const RECEDING_M = 0.1;
/** A cell may be looked at again after the vehicle was this many footprints away. */
const REARM_FOOTPRINTS = 1.5;
/** Spread of a true detection's position about the target. */
const POSITION_NOISE_M = 0.8;

interface Pass {
  row: number;
  col: number;
  leastM: number;
  looked: boolean;
}

const clampUnit = (value: number): number => Math.min(1, Math.max(0, value));

/**
 * Simulated camera and detector. A look happens at the closest approach to a cell's centre within the
 * footprint; it finds a hidden target in that cell with P_detect and imagines one with P_false.
 * Only cells near the vehicle are held, so memory is bounded by the footprint.
 */
export class Detector {
  readonly #targets: readonly HiddenTarget[];
  readonly #scenarioOrigin: Origin;
  readonly #chances: DetectorChances;
  readonly #random: Random;
  readonly #passes = new Map<string, Pass>();
  #grid: DetectorGrid | undefined;
  #missionOrigin: Origin | undefined;
  /** Mission and scenario count from one place, as far as a millimetre goes. */
  #isOneOrigin = false;
  #targetsByCell = new Map<string, Readonly<Vector3>>();

  constructor(
    targets: readonly HiddenTarget[],
    scenarioOrigin: Origin,
    chances: DetectorChances,
    random: Random,
  ) {
    this.#targets = targets;
    this.#scenarioOrigin = scenarioOrigin;
    this.#chances = chances;
    this.#random = random;
  }

  /** Starts looking in this grid; a new grid forgets unfinished passes. */
  configure(grid: DetectorGrid): void {
    this.#grid = grid;
    this.#passes.clear();
    this.#missionOrigin = {
      latDeg: grid.originLatDeg,
      lonDeg: grid.originLonDeg,
      altAmslM: grid.originAltAmslM,
    };
    const { latDeg, lonDeg, altAmslM } = this.#scenarioOrigin;
    this.#isOneOrigin =
      latDeg === grid.originLatDeg &&
      lonDeg === grid.originLonDeg &&
      altAmslM === grid.originAltAmslM;
    this.#targetsByCell = new Map(
      this.#targets.map((target) => {
        const ned = this.#toMission({ x: target.northM, y: target.eastM, z: 0 });
        return [cellKey(Math.floor(ned.x / grid.cellM), Math.floor(ned.y / grid.cellM)), ned];
      }),
    );
  }

  /** @param positionNed the vehicle's true position in the scenario's NED. Call at 10–50 Hz. */
  step(positionNed: Readonly<Vector3>, timeMs: number): Look[] {
    const grid = this.#grid;
    if (grid === undefined) return [];
    const here = this.#toMission(positionNed);
    const heightM = -positionNed.z;
    const looks: Look[] = [];
    if (heightM >= LEAST_HEIGHT_M && heightM <= MOST_HEIGHT_M) this.#approach(grid, here);
    for (const [key, pass] of this.#passes) {
      const gapM = centreDistance(grid, pass.row, pass.col, here);
      const over = gapM > pass.leastM + RECEDING_M || gapM > grid.footprintRadiusM;
      if (over && !pass.looked) {
        pass.looked = true;
        looks.push(this.#look(grid, pass, timeMs));
      }
      if (gapM > REARM_FOOTPRINTS * grid.footprintRadiusM) this.#passes.delete(key);
    }
    return looks;
  }

  #toMission(positionNed: Readonly<Vector3>): Readonly<Vector3> {
    if (this.#isOneOrigin) return positionNed;
    const geodetic = geodeticFromNed(this.#scenarioOrigin, positionNed);
    return nedFromGeodetic(this.#missionOrigin ?? this.#scenarioOrigin, geodetic);
  }

  #approach(grid: DetectorGrid, here: Readonly<Vector3>): void {
    const reach = Math.ceil(grid.footprintRadiusM / grid.cellM);
    const midRow = Math.floor(here.x / grid.cellM);
    const midCol = Math.floor(here.y / grid.cellM);
    for (let row = midRow - reach; row <= midRow + reach; row += 1) {
      for (let col = midCol - reach; col <= midCol + reach; col += 1) {
        const gapM = centreDistance(grid, row, col, here);
        if (gapM > grid.footprintRadiusM) continue;
        const key = cellKey(row, col);
        const pass = this.#passes.get(key);
        if (pass === undefined) this.#passes.set(key, { row, col, leastM: gapM, looked: false });
        else pass.leastM = Math.min(pass.leastM, gapM);
      }
    }
  }

  #look(grid: DetectorGrid, { row, col }: Pass, timeMs: number): Look {
    const target = this.#targetsByCell.get(cellKey(row, col));
    const chance = target === undefined ? this.#chances.pFalse : this.#chances.pDetect;
    const detected = this.#random.uniform() < chance;
    // All draws are made every time, so that one look's outcome does not shift the next one's.
    const spread = this.#random.normal();
    const offsetN = this.#random.uniform() - 0.5;
    const offsetE = this.#random.uniform() - 0.5;
    const mean = detected ? (target === undefined ? 0.65 : 0.85) : 0.1;
    const confidence = clampUnit(mean + 0.08 * spread);
    const centreN = (row + 0.5) * grid.cellM;
    const centreE = (col + 0.5) * grid.cellM;
    if (!detected) {
      return { row, col, detected, confidence, northM: centreN, eastM: centreE, timeMs };
    }
    const truly = target !== undefined;
    return {
      row,
      col,
      detected,
      confidence,
      northM: truly ? target.x + 2 * POSITION_NOISE_M * offsetN : centreN + grid.cellM * offsetN,
      eastM: truly ? target.y + 2 * POSITION_NOISE_M * offsetE : centreE + grid.cellM * offsetE,
      timeMs,
    };
  }
}

const cellKey = (row: number, col: number): string => `${row},${col}`;

const centreDistance = (
  { cellM }: DetectorGrid,
  row: number,
  col: number,
  here: Readonly<Vector3>,
): number => {
  const dn = (row + 0.5) * cellM - here.x;
  const de = (col + 0.5) * cellM - here.y;
  return Math.sqrt(dn * dn + de * de);
};
