import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PlanAnswer, PlanRequest } from '#agent/mind/plan-port.ts';
import { openPlanner } from '#agent/mind/plan/open-planner.ts';
import { startPlanner, type StartedPlanner } from '#agent/mind/plan/start-planner.ts';
import type { Fault } from '#protocols/fault.ts';
import { vector3 } from '#protocols/vector.ts';
import { writeReleaseFiles } from '#world/release/release-file.ts';
import { HISTORY_STEPS, OBSERVATION, OBSERVATION_SIZE } from '#world/spaces.ts';
import { hovering, requestOf } from './plant.ts';
import { signerHex, untrainedRelease } from './release-fixture.ts';

const directory = mkdtempSync(join(tmpdir(), 'skein-plan-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const releaseDir = (name: string, residual: number): string => {
  const path = join(directory, name);
  writeReleaseFiles(path, untrainedRelease(residual));
  return path;
};

/** A second of hovering. */
const history = new Float32Array(HISTORY_STEPS * OBSERVATION_SIZE);
for (let row = 0; row < HISTORY_STEPS; row += 1) {
  history[row * OBSERVATION_SIZE + OBSERVATION.thrust] = 0.5;
}

const start = (modelDir: string | null, faults: Fault[] = []): StartedPlanner =>
  startPlanner({ modelDir, keys: { modelSignersHex: [signerHex] } }, (fault) => faults.push(fault));

const answerTo = (planner: StartedPlanner, request: PlanRequest): Promise<PlanAnswer> =>
  new Promise((resolve) => {
    planner.onAnswer((answer) => {
      if (answer.requestId === request.requestId) resolve(answer);
    });
    planner.request(request);
  });

describe('the planner in its thread', () => {
  it('answers a request, and drops older ones that were waiting for the newest', async () => {
    const planner = start(null);
    const heard: number[] = [];
    planner.onAnswer(({ requestId }) => heard.push(requestId));
    expect(await planner.ready).toBe('kinematics@1+p2');
    for (let requestId = 1; requestId <= 9; requestId += 1) {
      planner.request(requestOf({ requestId }));
    }
    const last = await answerTo(planner, requestOf({ requestId: 10 }));
    planner.close();
    expect(last.trajectory.source).toBe('analytic');
    expect(last.planMs).toBeGreaterThan(0);
    expect(heard).toEqual([1, 10]);
  });

  it('gives the very bits that the same request gives in another process', async () => {
    const planner = start(releaseDir('good', 0.02));
    expect(await planner.ready).toBe('test-quad@3+p2');
    const request = requestOf({ history });
    const { planMs, ...answer } = await answerTo(planner, request);
    planner.close();
    const modelDir = join(directory, 'good');
    const again = await openPlanner({ modelDir, modelSignersHex: [signerHex] });
    expect(planMs).toBeGreaterThan(0);
    expect(await again.plan(request)).toEqual(answer);
    await again.close();
  });

  it('flies by the analytic model and says why when the release was tampered with', async () => {
    const path = releaseDir('tampered', 0.02);
    writeFileSync(join(path, 'weights.bin'), new Uint8Array(64));
    const faults: Fault[] = [];
    const planner = start(path, faults);
    expect(await planner.ready).toBe('kinematics@1+p2');
    const answer = await answerTo(planner, requestOf({ history }));
    planner.close();
    expect(answer.trajectory.source).toBe('analytic');
    expect(faults.map(({ code }) => code)).toEqual(['release-digest-mismatch']);
    expect(faults[0]!.remedy).toContain('release');
  });

  it('does not take a release of a stranger', async () => {
    const modelDir = releaseDir('stranger', 0.02);
    const planner = await openPlanner({ modelDir, modelSignersHex: ['00'.repeat(32)] });
    await planner.close();
    expect(planner.model).toBe('kinematics@1+p2');
    expect(planner.fault?.code).toBe('release-key-untrusted');
  });
});

describe('a learned model', () => {
  it('flies while its members agree, and says how much they do not', async () => {
    const planner = await openPlanner({
      modelDir: releaseDir('agreeing', 0.02),
      modelSignersHex: [signerHex],
    });
    const answer = await planner.plan(requestOf({ history }));
    await planner.close();
    expect(answer).toMatchObject({ model: 'test-quad@3+p2', threshold: 0.3, tripped: false });
    expect(answer.trajectory.source).toBe('model');
    expect(answer.disagreement).toBeGreaterThan(0);
    expect(answer.disagreement).toBeLessThan(0.3);
    const { sigmaM } = answer.trajectory;
    expect(sigmaM[0]).toBe(0);
    for (let step = 1; step < sigmaM.length; step += 1) {
      expect(sigmaM[step]).toBeGreaterThanOrEqual(sigmaM[step - 1]!);
    }
  });

  it('gives way to the safe planner when its weights are ruined', async () => {
    const planner = await openPlanner({
      modelDir: releaseDir('ruined', 30),
      modelSignersHex: [signerHex],
    });
    const request = requestOf({
      history,
      vehicle: { ...hovering(vector3(0, 0, -20)), velocityNed: vector3(3, 0, 0) },
    });
    const answer = await planner.plan(request);
    await planner.close();
    expect(answer).toMatchObject({ tripped: true, reason: 'disagreement' });
    expect(answer.disagreement).toBeGreaterThan(answer.threshold);
    expect(answer.trajectory.source).toBe('safe');
  });

  it('does not fly before it has seen a second of flight', async () => {
    const planner = await openPlanner({
      modelDir: join(directory, 'agreeing'),
      modelSignersHex: [signerHex],
    });
    const answer = await planner.plan(requestOf({ history: null }));
    await planner.close();
    expect(answer).toMatchObject({ tripped: false, reason: 'no history' });
    expect(answer.trajectory.source).toBe('safe');
  });
});
