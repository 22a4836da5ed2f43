import type { OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { safePlanner } from '#agent/mind/plan/safe.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import { seededRandom, type Random } from '#protocols/random.ts';
import { OPERATOR_MEMBER } from '../episode/identities.ts';
import type { JudgedOptions } from '../episode/judged-episode.ts';
import { drawFaults } from '../faults/draw-faults.ts';
import type { FaultName } from '../faults/fault.ts';
import type { ProfileName } from '../radio/profile.ts';
import { scenarioSchema } from '../scenario.ts';
import { swarmLayout } from '../swarm/layout.ts';
import { scenarioOf } from '../swarm/scenario-of.ts';

/** What all episodes of a run share; plain data, so that it can be handed to a worker. */
export interface FuzzSettings {
  mission: Mission;
  drones: number;
  /** Kinds of fault that may come; none: nominal flights over a good radio. */
  kinds: readonly FaultName[];
  /** Sequences that a planner imagines per plan. */
  samples: number;
  /** Ends every episode there, simulated ms; undefined: when all are home, or long after the mission's limit. */
  untilMs?: number | undefined;
}

/** Homes stand two separations apart, with room for GNSS noise. */
const HOME_SPACING_M = 10;
/** Faults come from the first take-offs until most of the work is done. */
const FAULTS_MS = { from: 12_000, until: 60_000 };
const MOST_FAULTS = 5;
const ABORT_SHARE = 0.25;
/** Beyond the fence's corners: distance plays its part. */
const RANGE = { edgeM: 400, lostM: 800 };
const JAMMER_REACH_M = 60;
/** From the mission's own limit to the last landing by a failsafe. */
const GRACE_MS = 120_000;

/** The episode of one seed: its world, its faults, its operator. The same arguments give the same one. */
export const fuzzEpisode = (
  seed: number,
  { mission, drones, kinds, untilMs }: FuzzSettings,
  planner: Pick<OpenPlanner, 'plan' | 'model'>,
): JudgedOptions => {
  const random = seededRandom(seed).fork('fuzz');
  const layout = swarmLayout({
    runDir: '',
    stationSocket: '',
    drones,
    portOffset: 0,
    homeSpacingM: Math.max(HOME_SPACING_M, 2 * mission.minSeparationM),
  });
  // Without a link to a ground station: nobody would listen.
  const { groundLink: _, ...scenario } = scenarioOf(mission, layout, seed);
  const faults = drawFaults(
    {
      sysids: layout.drones.map(({ sysid }) => sysid),
      others: [OPERATOR_MEMBER],
      fromMs: FAULTS_MS.from,
      untilMs: FAULTS_MS.until,
      kinds,
      most: MOST_FAULTS,
      reachM: JAMMER_REACH_M,
    },
    random.fork('faults'),
  );
  return {
    seed,
    scenario: scenarioSchema.parse(scenario),
    radio: { base: kinds.length === 0 ? 'P1' : drawBase(random.fork('radio')), range: RANGE },
    verify: verifySignature,
    safePlan: safePlanner(PLAN_SETTINGS),
    imagine: planner.plan,
    model: planner.model,
    mission,
    faults,
    abortAtMs: kinds.length === 0 ? undefined : drawAbort(random.fork('abort')),
    untilMs: untilMs ?? 1000 * mission.timeLimitS + GRACE_MS,
  };
};

const drawBase = (random: Random): ProfileName => {
  const draw = random.uniform();
  return draw < 0.5 ? 'P1' : draw < 0.8 ? 'P2' : 'P3';
};

const drawAbort = (random: Random): number | undefined => {
  const { from, until } = FAULTS_MS;
  const atMs = from + Math.round((until - from) * random.uniform());
  return random.uniform() < ABORT_SHARE ? atMs : undefined;
};
