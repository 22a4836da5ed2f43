import { hexFromBytes } from '#protocols/gossip/identity.ts';
import { generateSigningKey } from '#protocols/gossip/signing.ts';
import { seededRandom } from '#protocols/random.ts';
import { CHANGES, initialParameters, PARAMETER_BLOCKS } from '#world/parameter-layout.ts';
import type { ReleaseContent } from '#world/release/manifest.ts';
import { sealRelease, type ReleaseFiles } from '#world/release/release.ts';
import { OBSERVATION_SIZE } from '#world/spaces.ts';

const filled = (count: number, value: number): number[] =>
  Array.from({ length: count }, () => value);

const content: ReleaseContent = {
  name: 'test-quad',
  version: 3,
  createdUtc: '2026-01-01T00:00:00.000Z',
  normalisation: {
    observationMean: filled(OBSERVATION_SIZE, 0),
    observationDeviation: filled(OBSERVATION_SIZE, 3),
    changeDeviation: filled(CHANGES, 0.2),
  },
  calibration: {
    coverage: 0.9,
    velocityScale: [filled(3, 1.6)],
    positionScale: [filled(3, 1.6)],
    disagreement: { falseTripRate: 0.001, thresholdMps: 0.3 },
    innovation: { scale: filled(3, 1), allowance: 1.5, threshold: 20, falseTripsPerHour: 1 },
  },
  baseline: {
    horizontal: { ratePerS: 1.3, gain: 1 },
    vertical: { ratePerS: 1.5, gain: 1 },
    horizontalVariance: 0.02,
    verticalVariance: 0.01,
  },
  metrics: {
    velocityRmsMps: 0.4,
    velocityRmsBaselineMps: 0.9,
    velocityRmsConstantMps: 2.9,
    positionRmsM: 0.24,
    positionRmsBaselineM: 0.58,
    positionRmsConstantM: 1.5,
    errorRatio: 0.444,
    coverageVelocity: filled(3, 0.9),
    coveragePosition: filled(3, 0.9),
    aurocExcitation2x: 0.91,
    aurocExcitation3x: 0.97,
    innovationTripsPerHour: 1,
  },
  data: { source: 'tests', flights: 1, testFlights: 1, transitions: 1, hours: 1, seed: 1 },
  training: { steps: 1, bestStep: 1, batch: 1, horizon: 1, peakRate: 1e-3 },
};

const { key } = generateSigningKey();

/** Hex of the key that signs the releases here. */
export const signerHex = hexFromBytes(key.publicKey);

/**
 * A signed release that nobody trained: its members are a physics step plus `residual` of a random network. A little of
 * it flies; much of it is ruined weights, on which no two members agree.
 */
export const untrainedRelease = (residual: number): ReleaseFiles => {
  const parameters = initialParameters(seededRandom(5));
  const output = PARAMETER_BLOCKS.find(({ name }) => name === 'outputWeights')!;
  for (let index = output.offset; index < output.offset + output.length; index += 1) {
    parameters[index] = residual * parameters[index]!;
  }
  return sealRelease(content, parameters, key);
};
