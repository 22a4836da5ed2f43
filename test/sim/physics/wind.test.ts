import { describe, expect, it } from 'vitest';
import { seededRandom } from '#protocols/random.ts';
import { calmAir, Wind } from '#sim/physics/wind.ts';

const blow = (wind: Wind, seconds: number): number[] => {
  const north: number[] = [];
  for (let step = 0; step < seconds * 50; step += 1) {
    wind.step(0.02, 5);
    north.push(wind.velocityNed.x);
  }
  return north;
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('wind', () => {
  it('is the mean and nothing else without turbulence and gusts', () => {
    const wind = new Wind({ ...calmAir, meanNorthMps: 3, meanEastMps: -2 }, seededRandom(1));
    blow(wind, 5);
    expect(wind.velocityNed).toEqual({ x: 3, y: -2, z: 0 });
  });

  it('varies about the mean with the stated deviation, slowly', () => {
    const wind = new Wind({ ...calmAir, meanNorthMps: 4, turbulenceMps: 1.2 }, seededRandom(7));
    const north = blow(wind, 4000);
    const average = mean(north);
    const deviation = Math.sqrt(mean(north.map((value) => (value - average) ** 2)));
    expect(Math.abs(average - 4)).toBeLessThan(0.3);
    expect(deviation).toBeGreaterThan(1);
    expect(deviation).toBeLessThan(1.4);
    const jumps = north.slice(1).map((value, index) => Math.abs(value - north[index]!));
    expect(jumps.every((jump) => jump < 0.5)).toBe(true);
  });

  it('gusts come and pass, never above their peak', () => {
    const wind = new Wind({ ...calmAir, gustsPerMinute: 6, gustMps: 4, gustS: 3 }, seededRandom(5));
    const north = blow(wind, 600).map(Math.abs);
    expect(Math.max(...north)).toBeGreaterThan(2);
    expect(Math.max(...north)).toBeLessThanOrEqual(4);
    expect(north.filter((value) => value === 0).length).toBeGreaterThan(north.length / 3);
  });

  it('blows the same from the same seed', () => {
    const parameters = { ...calmAir, turbulenceMps: 1, gustsPerMinute: 4, gustMps: 3 };
    const first = blow(new Wind(parameters, seededRandom(9)), 20);
    expect(blow(new Wind(parameters, seededRandom(9)), 20)).toEqual(first);
    expect(blow(new Wind(parameters, seededRandom(10)), 20)).not.toEqual(first);
  });
});
