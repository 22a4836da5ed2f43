import { openPlanner, type OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { safePlanner } from '#agent/mind/plan/safe.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { loadMission } from '#coordinator/mission/load.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { Episode } from '#sim/episode/episode.ts';
import { scenarioSchema } from '#sim/scenario.ts';
import { swarmLayout } from '#sim/swarm/layout.ts';
import { scenarioOf } from '#sim/swarm/scenario-of.ts';

export const CORNER = loadMission('missions/search-irchel-corner.yaml');

/** A tenth of what a companion computer has time for: enough to fly, and quick to simulate. */
const SAMPLES = 32;

export const openCornerPlanner = (): Promise<OpenPlanner> =>
  openPlanner({ modelDir: null, modelSignersHex: [] }, { ...PLAN_SETTINGS, samples: SAMPLES });

/** Far beyond the corner: distance plays no part unless a test moves it in. */
const RANGE = { edgeM: 2000, lostM: 3000 };

/** A swarm above the corner beside the campus, with its agents started and no goal yet. */
export const cornerEpisode = (planner: OpenPlanner, drones: number, seed: number): Episode => {
  const layout = swarmLayout({
    runDir: 'none',
    stationSocket: 'none',
    drones,
    portOffset: 0,
    homeSpacingM: 10,
  });
  // Without a link to a ground station: nobody would listen.
  const { groundLink: _, ...scenario } = scenarioOf(CORNER, layout, seed);
  return new Episode({
    seed,
    scenario: scenarioSchema.parse(scenario),
    radio: { base: 'P1', range: RANGE },
    verify: verifySignature,
    safePlan: safePlanner(PLAN_SETTINGS),
    imagine: planner.plan,
    model: planner.model,
  });
};

/** Every drone has flown and its motors are off again. */
export const allHome = (episode: Episode): boolean =>
  episode.truth().vehicles.every(({ landedAtMs }) => landedAtMs !== null) &&
  episode.drones.every(({ sysid }) => !episode.vehicle(sysid)!.autopilot.commander.armed);
