import { describe, expect, it } from 'vitest';
import { briefingOf } from '#agent/mind/plan/briefing.ts';
import { planFeeds, writeFeeds, type PlanFeeds } from '#agent/mind/plan/mppi/feeds.ts';
import { mppiGraph } from '#agent/mind/plan/mppi/graph.ts';
import { noiseBank } from '#agent/mind/plan/mppi/noise-bank.ts';
import { plainMppi } from '#agent/mind/plan/mppi/plain-mppi.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { yawAlong } from '#agent/mind/plan/yaw.ts';
import { kinematicsModel } from '#world/kinematics.ts';
import { createSession } from '#world/session.ts';
import { busyRequest } from './busy-request.ts';

const SAMPLES = 64;
const REQUESTS = 200;
const settings = { ...PLAN_SETTINGS, samples: SAMPLES };
const bank = noiseBank(settings, SAMPLES);

const feedsOf = (number: number): PlanFeeds => {
  const request = busyRequest(number);
  const { margins, reference, horizonSteps } = settings;
  const share = reference.accelerationShare;
  const briefing = briefingOf(request, margins, request.cruiseSpeedMps, share, settings);
  const yaw = yawAlong(request, briefing.reference.velocities, horizonSteps, settings.yaw);
  const feeds = planFeeds(settings, SAMPLES, false);
  writeFeeds(request, briefing, yaw, settings, bank, feeds);
  return feeds;
};

describe('plain loops over the analytic model', () => {
  it('score and move every candidate as the graph does, to single precision', async () => {
    const graph = await createSession(mppiGraph(kinematicsModel(settings.kinematics), settings));
    const plain = plainMppi(settings);
    let walls = 0;
    for (let number = 0; number < REQUESTS; number += 1) {
      const feeds = feedsOf(number);
      const one = await graph.run(feeds);
      const other = await plain.run(feeds);
      expect(other['disagreement']).toEqual(one['disagreement']);
      const scores = Array.from(one['scores'] as Float32Array);
      if (scores.some((score) => score > settings.cost.hard / settings.horizonSteps)) walls += 1;
      for (const [index, score] of scores.entries()) {
        const told = Number(other['scores']![index]);
        expect(Math.abs(told - score) / (1 + Math.abs(score))).toBeLessThan(2e-4);
      }
      for (const name of ['actions', 'positions', 'velocities']) {
        const from = one[name] as Float32Array;
        const to = other[name] as Float32Array;
        const most = from.reduce((sum, value, at) => Math.max(sum, Math.abs(value - to[at]!)), 0);
        expect(most).toBeLessThan(2e-3);
      }
    }
    expect(walls).toBeGreaterThan(3);
    await graph.release();
  });

  it('give the same bits for the same feeds, whatever was asked between', async () => {
    const plain = plainMppi(settings);
    const first = await plain.run(feedsOf(7));
    await plain.run(feedsOf(8));
    expect(await plain.run(feedsOf(7))).toEqual(first);
    expect(await plainMppi(settings).run(feedsOf(7))).toEqual(first);
  });

  it('let no number that is none reach the mean of the others', async () => {
    const feeds = feedsOf(5);
    feeds['state']![0] = Number.NaN;
    const { scores } = await plainMppi(settings).run(feeds);
    expect(Array.from(scores as Float32Array).every((score) => Number.isNaN(score))).toBe(true);
  });
});
