import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '#protocols/random.ts';
import { calibrate, quantile } from '#world/train/calibrate.ts';
import { auroc, coverageAt, innovationTripsPerHour } from '#world/train/evaluate.ts';
import type { Rollouts } from '#world/train/rollout-summary.ts';

/** Rollouts whose errors are normal with `factor` times the claimed deviation; flights of 300 windows. */
const madeRollouts = (count: number, factor: number, seed: number): Rollouts => {
  const random = seededRandom(seed);
  const horizon = 2;
  const cells = count * horizon * 3;
  const variance = Float32Array.from({ length: cells }, () => 0.01 * (0.5 + random.uniform()));
  return {
    count,
    horizon,
    variance,
    velocityError: variance.map((value) => factor * Math.sqrt(value) * random.normal()),
    positionError: variance.map((value) => 0.1 * Math.sqrt(value) * random.normal()),
    disagreement: Float32Array.from({ length: count }, () => random.uniform()),
    flightOf: Int32Array.from({ length: count }, (_, window) => Math.floor(window / 300)),
  };
};

const options = { coverage: 0.9, falseTripRate: 0.01, falseTripsPerHour: 6 };

describe('calibration', () => {
  it('makes an over-confident model honest on other flights', () => {
    const calibration = calibrate(madeRollouts(6000, 3, 1), options);
    const coverage = coverageAt(madeRollouts(6000, 3, 2), calibration, 1);
    for (const share of coverage.velocity) expect(share).toBeCloseTo(0.9, 1);
    // Three times the normal's 1.645.
    expect(calibration.velocityScale[0]![0]).toBeCloseTo(3 * 1.645, 0);
  });

  it('sets the disagreement threshold at the stated rate of false trips', () => {
    const calibration = calibrate(madeRollouts(6000, 1, 1), options);
    const nominal = madeRollouts(6000, 1, 2).disagreement;
    const tripped = nominal.filter((value) => value > calibration.disagreement.thresholdMps).length;
    expect(tripped / nominal.length).toBeGreaterThan(0.004);
    expect(tripped / nominal.length).toBeLessThan(0.02);
  });

  it('lets the innovation monitor trip rarely in nominal flight and often when errors double', () => {
    const calibration = calibrate(madeRollouts(36_000, 1, 1), options);
    expect(innovationTripsPerHour(madeRollouts(36_000, 1, 2), calibration)).toBeLessThan(30);
    expect(innovationTripsPerHour(madeRollouts(6000, 2, 3), calibration)).toBeGreaterThan(300);
  });
});

describe('quantile', () => {
  it('is never exceeded by more than it says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (values, share) => {
          const sorted = Float32Array.from(values);
          const limit = quantile(sorted, share);
          expect(values.filter((value) => value > limit).length).toBeLessThanOrEqual(
            (1 - share) * values.length,
          );
          expect(values).toContain(limit);
        },
      ),
    );
  });
});

describe('the area under the ROC curve', () => {
  const scores = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 30 });

  it('is the share of pairs in the right order, ties counting half', () => {
    fc.assert(
      fc.property(scores, scores, (nominal, strange) => {
        let wins = 0;
        for (const a of nominal) for (const b of strange) wins += b > a ? 1 : b === a ? 0.5 : 0;
        const wanted = wins / (nominal.length * strange.length);
        expect(auroc(Float32Array.from(nominal), Float32Array.from(strange))).toBeCloseTo(
          wanted,
          9,
        );
      }),
    );
  });
});
