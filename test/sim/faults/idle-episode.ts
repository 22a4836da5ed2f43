import { safePlanner } from '#agent/mind/plan/safe.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { loadMission } from '#coordinator/mission/load.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { seededRandom } from '#protocols/random.ts';
import { Episode } from '#sim/episode/episode.ts';
import type { Fault } from '#sim/faults/fault.ts';
import { Injector } from '#sim/faults/injector.ts';
import { scenarioSchema } from '#sim/scenario.ts';
import { swarmLayout } from '#sim/swarm/layout.ts';
import { scenarioOf } from '#sim/swarm/scenario-of.ts';

const CORNER = loadMission('missions/search-irchel-corner.yaml');

/** A swarm on the ground, its agents started and without a goal, that faults befall: quick to simulate. */
export const idleEpisode = (faults: readonly Fault[], drones = 2, seed = 1): Episode => {
  const layout = swarmLayout({
    runDir: 'none',
    stationSocket: 'none',
    drones,
    portOffset: 0,
    homeSpacingM: 10,
  });
  const { groundLink: _, ...scenario } = scenarioOf(CORNER, layout, seed);
  const episode = new Episode({
    seed,
    scenario: scenarioSchema.parse({ ...scenario, wind: {} }),
    radio: { base: 'P1', range: { edgeM: 2000, lostM: 3000 } },
    verify: verifySignature,
    safePlan: safePlanner(PLAN_SETTINGS),
    imagine: () => Promise.reject(new Error('nobody plans without a goal')),
    model: 'none@1',
  });
  const injector = new Injector(episode, faults, seededRandom(seed));
  episode.beforeStep = (nowMs) => injector.step(nowMs);
  return episode;
};
