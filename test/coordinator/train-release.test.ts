import { describe, expect, it } from 'vitest';
import { quickTraining, trainRelease } from '#coordinator/train-release.ts';
import type { TrainReleaseProgress } from '#coordinator/train-release.ts';
import { hexFromBytes } from '#protocols/gossip/identity.ts';
import { generateSigningKey, verifySignature } from '#protocols/gossip/signing.ts';
import { loadRelease } from '#world/release/release.ts';

const tiny = {
  ...quickTraining,
  name: 'tiny',
  flights: 16,
  flightS: 16,
  training: { ...quickTraining.training, steps: 60, batch: 16, horizon: 4, validateEvery: 60 },
};

describe('training a release', { timeout: 60_000 }, () => {
  it('goes from nothing to a signed release that loads, the same weights for the same seed', async () => {
    const { key } = generateSigningKey();
    const reports: TrainReleaseProgress[] = [];
    let nowMs = 0;
    const tools = {
      key,
      clock: { monotonicMs: () => (nowMs += 5), unixUs: () => 1_767_225_600_000_000n },
      onProgress: (progress: TrainReleaseProgress) => reports.push(progress),
    };
    const trained = await trainRelease(tiny, tools);
    const release = loadRelease(trained.files, [hexFromBytes(key.publicKey)], verifySignature);
    expect(release.manifest).toMatchObject({
      name: 'tiny',
      createdUtc: '2026-01-01T00:00:00.000Z',
      data: { flights: 16, seed: 1 },
    });
    expect(release.manifest.metrics.velocityRmsBaselineMps).toBeGreaterThan(0.1);
    expect(trained.elapsedS).toBeGreaterThan(0);
    expect(reports.filter(({ stage }) => stage === 'fly')).toHaveLength(16);
    expect(reports.at(-1)).toMatchObject({ stage: 'train', step: 60, leftS: 0 });

    const again = await trainRelease(tiny, tools);
    expect(again.files.get('weights.bin')).toEqual(trained.files.get('weights.bin'));
    const other = await trainRelease({ ...tiny, seed: 2 }, tools);
    expect(other.files.get('weights.bin')).not.toEqual(trained.files.get('weights.bin'));
  });
});
