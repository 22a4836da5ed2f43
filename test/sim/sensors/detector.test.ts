import { describe, expect, it } from 'vitest';
import { geodeticFromNed } from '#protocols/frames.ts';
import { seededRandom } from '#protocols/random.ts';
import { vector3 } from '#protocols/vector.ts';
import { Detector, type DetectorGrid, type Look } from '#sim/sensors/detector.ts';

const origin = { latDeg: 47, lonDeg: 8, altAmslM: 400 };
const grid: DetectorGrid = {
  originLatDeg: 47,
  originLonDeg: 8,
  originAltAmslM: 400,
  cellM: 10,
  footprintRadiusM: 8,
};
const chances = { pDetect: 0.9, pFalse: 0.05 };

/** Flies north along a line at 6 m/s, 50 Hz; back and forth for each pass. */
const passOver = (
  detector: Detector,
  { eastM = 5, heightM = 20, fromM = -30, toM = 130, passes = 1 },
): Look[] => {
  const looks: Look[] = [];
  for (let pass = 0; pass < passes; pass += 1) {
    const steps = Math.round((toM - fromM) / 0.12);
    for (let step = 0; step <= steps; step += 1) {
      const along = fromM + step * 0.12;
      const north = pass % 2 === 0 ? along : toM + fromM - along;
      looks.push(...detector.step(vector3(north, eastM, -heightM), step * 20));
    }
  }
  return looks;
};

const detector = (targets: { northM: number; eastM: number }[], seed = 1): Detector =>
  new Detector(targets, origin, chances, seededRandom(seed));

describe('detector', () => {
  it('says nothing before it is told the grid', () => {
    expect(passOver(detector([]), {})).toEqual([]);
  });

  it('looks once at every cell that it passes, at the closest approach', () => {
    const unit = detector([]);
    unit.configure(grid);
    const looks = passOver(unit, {});
    const inColumn = looks.filter(({ col }) => col === 0).map(({ row }) => row);
    expect(inColumn.filter((row) => row >= 0 && row < 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(looks.every(({ col }) => col === 0)).toBe(true);
    const third = looks.find(({ row }) => row === 3)!;
    const northM = -30 + (third.timeMs / 20) * 0.12;
    expect(Math.abs(northM - 35)).toBeLessThan(2);
  });

  it('looks again at a cell only after it was well away', () => {
    const unit = detector([]);
    unit.configure(grid);
    const near = passOver(unit, { fromM: 33, toM: 39, passes: 10 });
    expect(near.filter(({ row }) => row === 3)).toHaveLength(1);
    const far = passOver(unit, { passes: 4 });
    expect(far.filter(({ row }) => row === 5)).toHaveLength(4);
  });

  it('is blind too low and too high', () => {
    const unit = detector([{ northM: 35, eastM: 5 }]);
    unit.configure(grid);
    expect(passOver(unit, { heightM: 3 })).toEqual([]);
    expect(passOver(unit, { heightM: 50 })).toEqual([]);
  });

  it('finds with P_detect, imagines with P_false, over many passes', () => {
    const unit = detector([{ northM: 37, eastM: 3 }], 9);
    unit.configure(grid);
    const looks = passOver(unit, { passes: 400 });
    const there = looks.filter(({ row }) => row === 3);
    const elsewhere = looks.filter(({ row }) => row !== 3);
    const share = (some: Look[]): number =>
      some.filter(({ detected }) => detected).length / some.length;
    expect(there).toHaveLength(400);
    expect(Math.abs(share(there) - 0.9)).toBeLessThan(0.05);
    expect(Math.abs(share(elsewhere) - 0.05)).toBeLessThan(0.012);
    const found = there.filter(({ detected }) => detected);
    expect(
      found.every(({ northM, eastM }) => Math.abs(northM - 37) < 2 && Math.abs(eastM - 3) < 2),
    ).toBe(true);
    expect(looks.every(({ confidence }) => confidence >= 0 && confidence <= 1)).toBe(true);
  });

  it('counts cells from the mission’s origin, which need not be the scenario’s', () => {
    const unit = detector([{ northM: 35, eastM: 5 }]);
    const moved = geodeticFromNed(origin, vector3(100, 0, 0));
    unit.configure({ ...grid, originLatDeg: moved.latDeg });
    const rows = passOver(unit, {}).map(({ row }) => row);
    expect(Math.min(...rows)).toBeLessThan(-10);
    expect(Math.max(...rows)).toBe(2);
  });
});
