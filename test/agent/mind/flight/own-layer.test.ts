import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { JudgedEpisode } from '#sim/episode/judged-episode.ts';
import { fuzzEpisode } from '#sim/fuzz/fuzz-episode.ts';
import { CORNER, openCornerPlanner } from '../../../sim/episode/corner.ts';

let planner: OpenPlanner;
beforeAll(async () => {
  planner = await openCornerPlanner();
});
afterAll(() => planner.close());

const SPLIT_MS = 24_000;
/** Three seconds until silence counts, and a climb of twelve metres. */
const SORTED_MS = SPLIT_MS + 9000;
const HEALED_MS = 50_000;

describe('a mesh that is split while all are in the air', () => {
  it('has each part work on in a layer of its own', async () => {
    const settings = { mission: CORNER, drones: 2, kinds: [], samples: 32 };
    const judge = new JudgedEpisode({
      ...fuzzEpisode(4, settings, planner),
      verify: verifySignature,
      faults: [
        {
          kind: 'split',
          atMs: SPLIT_MS,
          groups: [[1], [2, 1000]],
          healOverMs: 0,
          forMs: HEALED_MS - SPLIT_MS,
        },
      ],
    });
    const { episode } = judge;
    const heights = (): number[] =>
      [1, 2].map((sysid) => episode.vehicle(sysid)!.quadrotor.heightM());
    const apartM = (): number => Math.abs(heights()[0]! - heights()[1]!);
    const modes = (): string[] =>
      [1, 2].map((sysid) => episode.vehicle(sysid)!.autopilot.commander.mode);
    await episode.run(SPLIT_MS);
    expect(modes()).toEqual(['OFFBOARD', 'OFFBOARD']);
    expect(apartM()).toBeLessThan(2);
    let leastM = Number.POSITIVE_INFINITY;
    for (let ms = SORTED_MS; ms <= HEALED_MS; ms += 500) {
      await episode.run(ms);
      if (modes().every((mode) => mode === 'OFFBOARD')) leastM = Math.min(leastM, apartM());
    }
    expect(leastM).toBeGreaterThan(CORNER.minSeparationM);
    expect(leastM).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(judge.checker.violations).toEqual([]);
  });
});
