import { describe, expect, it } from 'vitest';
import { briefingOf } from '#agent/mind/plan/briefing.ts';
import { planFeeds, writeFeeds, type PlanFeeds } from '#agent/mind/plan/mppi/feeds.ts';
import { mppiGraph } from '#agent/mind/plan/mppi/graph.ts';
import { learnedMppi } from '#agent/mind/plan/mppi/learned-mppi.ts';
import { noiseBank } from '#agent/mind/plan/mppi/noise-bank.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { yawAlong } from '#agent/mind/plan/yaw.ts';
import { seededRandom } from '#protocols/random.ts';
import { latentModel } from '#world/latent.ts';
import { initialParameters } from '#world/parameter-layout.ts';
import { createSession } from '#world/session.ts';
import { OBSERVATION_SIZE } from '#world/spaces.ts';
import { busyRequest } from './busy-request.ts';

/** No multiple of the members: rounded up to 65, thirteen each. */
const SAMPLES = 64;
const SEQUENCES = 65;
const REQUESTS = 100;
const settings = { ...PLAN_SETTINGS, samples: SAMPLES };
const bank = noiseBank(settings, SEQUENCES);

/** Every parameter off its starting value: members that disagree, turn and lean. */
const draws = seededRandom(12);
const content = {
  name: 'drawn',
  version: '1',
  normalisation: {
    observationMean: Array.from({ length: OBSERVATION_SIZE }, (_, index) => index / 10),
    observationDeviation: Array.from({ length: OBSERVATION_SIZE }, (_, index) => 2 + index / 10),
    changeDeviation: [0.05, 0.06, 0.03, 0.05, 0.02, 0.02, 0.02],
  },
  parameters: initialParameters(seededRandom(3)).map((one) => one + 0.05 * draws.normal()),
};

const feedsOf = (number: number): PlanFeeds => {
  const request = busyRequest(number);
  const { margins, reference, horizonSteps } = settings;
  const share = reference.accelerationShare;
  const briefing = briefingOf(request, margins, request.cruiseSpeedMps, share, settings);
  const yaw = yawAlong(request, briefing.reference.velocities, horizonSteps, settings.yaw);
  const feeds = planFeeds(settings, SEQUENCES, true);
  writeFeeds(request, briefing, yaw, settings, bank, feeds);
  return feeds;
};

const numbersOf = (outputs: Record<string, unknown>, name: string): number[] =>
  Array.from(outputs[name] as Float32Array);

/** Greatest difference, as a share of 1 + size. */
const worst = (one: readonly number[], other: readonly number[]): number => {
  expect(other).toHaveLength(one.length);
  return one.reduce(
    (most, value, at) => Math.max(most, Math.abs(value - other[at]!) / (1 + Math.abs(value))),
    0,
  );
};

describe('the learned model around a kernel of its own', () => {
  it('scores, moves and doubts every candidate as the graph does, to single precision', async () => {
    const graph = await createSession(mppiGraph(latentModel(content), settings));
    const plain = learnedMppi(content, settings);
    let disagreement = 0;
    for (let number = 0; number < REQUESTS; number += 1) {
      const feeds = feedsOf(number);
      const one = await graph.run(feeds);
      const other = await plain.run(feeds);
      for (const [name, tolerance] of Object.entries({
        scores: 1e-3,
        disagreement: 1e-4,
        actions: 2e-3,
        positions: 2e-3,
        velocities: 2e-3,
        velocityVariance: 1e-3,
      })) {
        expect(
          worst(numbersOf(one, name), numbersOf(other, name)),
          `${name} of ${number}`,
        ).toBeLessThan(tolerance);
      }
      disagreement = Math.max(disagreement, ...numbersOf(one, 'disagreement'));
    }
    expect(disagreement).toBeGreaterThan(0.05);
    await graph.release();
  });

  it('gives the same bits for the same feeds, whatever was asked between', async () => {
    const plain = learnedMppi(content, settings);
    const first = await plain.run(feedsOf(7));
    await plain.run(feedsOf(8));
    expect(await plain.run(feedsOf(7))).toEqual(first);
    expect(await learnedMppi(content, settings).run(feedsOf(7))).toEqual(first);
  });

  it('lets no number that is none pass for a score', async () => {
    const feeds = feedsOf(5);
    feeds['history']![3] = Number.NaN;
    const { scores } = await learnedMppi(content, settings).run(feeds);
    expect(Array.from(scores as Float32Array).every((score) => Number.isNaN(score))).toBe(true);
  });
});
