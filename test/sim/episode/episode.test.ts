import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { mindReplayable } from '#agent/mind/replay.ts';
import { safePlanner } from '#agent/mind/plan/safe.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import type { OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { pilotReplayable } from '#agent/pilot/replay.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { readFlight } from '#protocols/log/reader.ts';
import { replayFlight } from '#protocols/log/replay.ts';
import { verifyFlight } from '#protocols/log/verify.ts';
import type { Episode } from '#sim/episode/episode.ts';
import { OPERATOR_MEMBER } from '#sim/episode/identities.ts';
import { allHome, CORNER, cornerEpisode, openCornerPlanner } from './corner.ts';

let planner: OpenPlanner;
beforeAll(async () => {
  planner = await openCornerPlanner();
});
afterAll(() => planner.close());

/** Past the stand-ins' alignment, which takes them up to 6 s. */
const GOAL_MS = 7000;

const begin = async (drones: number, seed: number): Promise<Episode> => {
  const episode = cornerEpisode(planner, drones, seed);
  await episode.run(GOAL_MS);
  episode.startMission(CORNER);
  return episode;
};

const doneTasks = (episode: Episode): Set<string> =>
  new Set(
    episode.operator.heard.flatMap(({ received }) =>
      received.topic === 'taskReport' && received.payload.state === 'done'
        ? [received.payload.task]
        : [],
    ),
  );

describe('a swarm in lockstep', () => {
  it('has one history for one seed, to the byte, and another for another', async () => {
    const digestOf = async (seed: number): Promise<string> => {
      const episode = await begin(2, seed);
      await episode.run(22_000);
      expect(episode.truth().vehicles.every(({ takeoffAtMs }) => takeoffAtMs !== null)).toBe(true);
      await episode.finish();
      return episode.digest();
    };
    const first = await digestOf(3);
    expect(await digestOf(3)).toBe(first);
    expect(await digestOf(4)).not.toBe(first);
  });

  it('searches, comes home, and leaves logs that verify and replay', async () => {
    const episode = await begin(2, 5);
    await episode.run(150_000, () => allHome(episode));
    await episode.finish();
    expect(allHome(episode)).toBe(true);
    expect(doneTasks(episode).size).toBeGreaterThanOrEqual(6);
    const truth = episode.truth();
    expect(truth.vehicleCollisions).toBe(0);
    expect(truth.leastSeparation!.metres).toBeGreaterThan(CORNER.minSeparationM);
    expect(truth.leastFenceMargin!.metres).toBeGreaterThan(0);
    for (const drone of episode.drones) {
      const { log } = drone.storage;
      expect(await verifyFlight(log)).toMatchObject({ status: 'verified', problems: [] });
      const pilot = await replayFlight(readFlight(log), pilotReplayable(verifySignature));
      expect(pilot).toMatchObject({ starts: 1, skipped: 0, divergence: undefined });
      expect(pilot.ticks).toBeGreaterThan(2000);
      const mind = mindReplayable(safePlanner(PLAN_SETTINGS));
      const thought = await replayFlight(readFlight(log), mind);
      expect(thought).toMatchObject({ starts: 1, skipped: 0, divergence: undefined });
    }
  });

  it('goes on when processes die and are started again, and loses no record', async () => {
    const episode = await begin(2, 8);
    await episode.run(20_000);
    const drone = episode.drone(2)!;
    drone.kill('mind');
    await episode.run(21_000);
    drone.kill('recorder');
    await episode.run(22_000);
    drone.kill('mesh');
    await episode.run(23_000);
    drone.kill('pilot');
    await episode.run(150_000, () => allHome(episode));
    await episode.finish();
    expect(allHome(episode)).toBe(true);
    expect(doneTasks(episode).size).toBeGreaterThanOrEqual(6);
    const { log } = drone.storage;
    const verification = await verifyFlight(log);
    expect(verification).toMatchObject({ status: 'verified', problems: [] });
    const pilot = await replayFlight(readFlight(log), pilotReplayable(verifySignature));
    expect(pilot).toMatchObject({ starts: 2, skipped: 0, divergence: undefined });
    const mind = mindReplayable(safePlanner(PLAN_SETTINGS));
    const thought = await replayFlight(readFlight(log), mind);
    expect(thought).toMatchObject({ starts: 2, skipped: 0, divergence: undefined });
  });

  it('flies home by PX4 alone when a whole agent is gone, while the others work on', async () => {
    const episode = await begin(2, 6);
    await episode.run(20_000);
    episode.drone(1)!.kill();
    await episode.run(200_000, () => allHome(episode));
    expect(allHome(episode)).toBe(true);
    const [lost] = episode.truth().vehicles;
    expect(lost!.modes.map(({ mode }) => mode)).toContain('AUTO_RTL');
    expect(episode.truth().vehicleCollisions).toBe(0);
    expect(doneTasks(episode).size).toBeGreaterThanOrEqual(6);
  });

  it('works on in a partition, and knows one truth again when it heals', async () => {
    const episode = await begin(2, 7);
    await episode.run(18_000);
    const apart = [2, OPERATOR_MEMBER];
    const each = (change: (from: number, to: number) => void): void => {
      for (const member of apart) {
        change(1, member);
        change(member, 1);
      }
    };
    const before = episode.truth().vehicles[0]!.flownM;
    each((from, to) => episode.field.cut(from, to, 'apart'));
    await episode.run(38_000);
    expect(episode.truth().vehicles[0]!.flownM - before).toBeGreaterThan(50);
    each((from, to) => episode.field.heal(from, to, 'apart'));
    await episode.run(160_000, () => allHome(episode));
    expect(allHome(episode)).toBe(true);
    expect(doneTasks(episode).size).toBeGreaterThanOrEqual(6);
    expect(episode.truth().vehicleCollisions).toBe(0);
  });
});
