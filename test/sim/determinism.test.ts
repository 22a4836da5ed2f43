import { describe, expect, it } from 'vitest';
import { Companion } from './companion.ts';

const bytesOfFlight = (seed: number): Buffer => {
  const companion = new Companion({
    scenario: {
      seed,
      wind: { meanNorthMps: 3, turbulenceMps: 1, gustsPerMinute: 6, gustMps: 4 },
      obstacles: [{ kind: 'cylinder', northM: 8, eastM: 2, radiusM: 1, heightM: 20 }],
    },
  });
  companion.takeOff();
  companion.flyOffboard(2, 1, 0);
  companion.run(10);
  return Buffer.concat(companion.datagrams);
};

describe('determinism', () => {
  it('gives the same bytes for the same seed, others for another', () => {
    const first = bytesOfFlight(4);
    expect(first.length).toBeGreaterThan(100_000);
    expect(bytesOfFlight(4).equals(first)).toBe(true);
    expect(bytesOfFlight(5).equals(first)).toBe(false);
  });
});
