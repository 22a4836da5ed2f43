import { describe, expect, it } from 'vitest';
import { seededRandom } from '#protocols/random.ts';
import { InnovationMonitor, positionSigmas } from '#world/uncertainty.ts';
import type { Calibration } from '#world/uncertainty.ts';

const calibration: Calibration = {
  coverage: 0.9,
  velocityScale: [[1, 1, 1]],
  positionScale: [
    [1.6448536, 1, 1],
    [3.2897073, 1, 1],
  ],
  disagreement: { falseTripRate: 0.001, thresholdMps: 0.2 },
  innovation: { scale: [1, 1, 1], allowance: 1.5, threshold: 20, falseTripsPerHour: 1 },
};

describe('deviations of predicted positions', () => {
  it('integrate the velocity, scale by lead, keep the worse axis and the start', () => {
    const out = new Float32Array(4);
    const variance = Float32Array.of(0.04, 0.01, 9, 0.04, 0.01, 9, 0.04, 0.01, 9);
    positionSigmas(calibration, variance, 0.3, out);
    // 0.2 m/s for 0.1, 0.2, 0.3 s; factors 1 and 2 standard deviations, the last held on.
    const wanted = [0, 0.02, 0.08, 0.12].map((sigma) => Math.hypot(0.3, sigma));
    expect([...out]).toEqual(wanted.map((value) => expect.closeTo(value, 5)));
  });
});

describe('the innovation monitor', () => {
  const variance = [0.01, 0.01, 0.01];
  const noise = (random: ReturnType<typeof seededRandom>, factor: number): number[] =>
    [0, 1, 2].map(() => 0.1 * factor * random.normal());

  it('stays quiet while innovations are what the model claims', () => {
    const monitor = new InnovationMonitor(calibration.innovation);
    const random = seededRandom(1);
    for (let step = 0; step < 3000; step += 1) {
      monitor.push(noise(random, 1), variance);
      expect(monitor.tripped).toBe(false);
    }
  });

  it('trips within two seconds when they are twice as large', () => {
    const monitor = new InnovationMonitor(calibration.innovation);
    const random = seededRandom(2);
    let steps = 0;
    while (!monitor.tripped && steps < 100) {
      monitor.push(noise(random, 2), variance);
      steps += 1;
    }
    expect(steps).toBeLessThanOrEqual(20);
    monitor.reset();
    expect(monitor.level).toBe(0);
  });

  it('forgives a single outlier', () => {
    const tolerant = new InnovationMonitor({ ...calibration.innovation, threshold: 10 });
    tolerant.push([50, 50, 50], variance);
    expect(tolerant.tripped).toBe(false);
  });
});
