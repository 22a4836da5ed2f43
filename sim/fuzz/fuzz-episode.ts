import type { OpenPlanner, PlannerModel } from '#agent/mind/plan/open-planner.ts';
import { safePlanner } from '#agent/mind/plan/safe.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import type { GroundPoint } from '#protocols/polygon.ts';
import { seededRandom, type Random } from '#protocols/random.ts';
import { OPERATOR_MEMBER } from '../episode/identities.ts';
import { GOAL_MS, type JudgedOptions } from '../episode/judged-episode.ts';
import { drawFaults } from '../faults/draw-faults.ts';
import { between, pick } from '../faults/draws.ts';
import { endOf, type Fault, type FaultName } from '../faults/fault.ts';
import type { ProfileName } from '../radio/profile.ts';
import { scenarioSchema, type Scenario } from '../scenario.ts';
import { swarmLayout } from '../swarm/layout.ts';
import { scenarioOf } from '../swarm/scenario-of.ts';
import { drawMission, MISSION_KINDS, type MissionKind } from './draw-mission.ts';
import { drawOrders } from './draw-orders.ts';
import { drawVehicle, drawWind } from './draw-vehicles.ts';

/** What all episodes of a run share; plain data, so that it can be handed to a worker. */
export interface FuzzSettings {
  /** A whole mission, or a kind of which each seed draws its own; undefined: the kind is drawn too. */
  mission?: Mission | MissionKind | undefined;
  /** Undefined: each seed draws it. */
  drones?: number | undefined;
  /** Kinds of fault that may come; none: nominal flights over a good radio, and no orders. */
  kinds: readonly FaultName[];
  /** Sequences that the analytic planner imagines per plan. */
  samples: number;
  /** Share of seeds that fly with a learned model, and which; undefined: none. */
  learned?: { share: number; model: PlannerModel } | undefined;
  /** Faults and orders begin before this, simulated ms; undefined: before most of the work is done. */
  troubleUntilMs?: number | undefined;
  /**
   * Share of the seeds that fly until all are home, or long after the mission's limit; the others are cut
   * off 20 to 60 s after the goal. Undefined: all.
   */
  wholeShare?: number | undefined;
  /** Cuts every episode off there, simulated ms. */
  untilMs?: number | undefined;
}

/** Which planner an episode is flown with. */
export interface PlannerChoice {
  kind: 'analytic' | 'learned';
  samples: number;
}

/** An episode as its seed draws it: plain data. */
export interface DrawnEpisode {
  episode: Omit<JudgedOptions, 'verify' | 'safePlan' | 'imagine' | 'model' | 'sabotage'>;
  planner: PlannerChoice;
}

const DRONES = { least: 3, most: 12 };
/** Of a mission that was not drawn: homes stand two separations apart, with room for GNSS noise. */
const HOME_SPACING_M = 10;
/** Faults and orders come from just after the goal until most of the work is done; none outlasts it by much. */
const TROUBLE_MS = { from: 7500, until: 42_000, end: 75_000 };
/** From the goal to the end of an episode that does not fly to its own. */
const CUT_MS = { least: 20_000, most: 60_000 };
/** What comes later than this before the end has no time to show. */
const TROUBLE_BEFORE_CUT_MS = 6000;
const MOST_FAULTS = 5;
/** Beyond the fence's corners: distance plays its part. */
const RANGE = { edgeM: 400, lostM: 800 };
const JAMMER_REACH_M = 60;
/** From the mission's own limit to the last landing by a failsafe. */
const GRACE_MS = 120_000;
/** Futures of the learned planner: a quarter of what a companion computer has time for. */
const LEARNED_SAMPLES = 64;

/** The episode of one seed: its mission, world, fleet, faults, operator. The same arguments give the same one. */
export const drawEpisode = (seed: number, settings: FuzzSettings): DrawnEpisode => {
  const { kinds, samples, learned } = settings;
  const random = seededRandom(seed).fork('fuzz');
  const { mission, homes, reachM, isDrawn } = missionOf(settings, random);
  const sysids = homes.map((_, index) => index + 1);
  const { from: fromMs } = TROUBLE_MS;
  const wholeMs = 1000 * mission.timeLimitS + GRACE_MS;
  const cutMs = drawCut(settings, random.fork('length')) ?? wholeMs;
  // Of the drawn end, not of one that somebody asks for: what is seen up to there must not change by it.
  const untilMs =
    settings.troubleUntilMs ?? Math.min(TROUBLE_MS.until, cutMs - TROUBLE_BEFORE_CUT_MS);
  const endMs = Math.min(settings.untilMs ?? wholeMs, cutMs);
  const orders = { mission: isDrawn ? mission : undefined, sysids, fromMs, untilMs };
  const faults = drawFaults(
    {
      sysids,
      others: [OPERATOR_MEMBER],
      fromMs,
      untilMs,
      kinds,
      most: MOST_FAULTS,
      reachM: Math.min(reachM, JAMMER_REACH_M),
    },
    random.fork('faults'),
  ).map(shortened);
  const isLearned = random.fork('planner').uniform() < (learned?.share ?? 0);
  return {
    planner: isLearned
      ? { kind: 'learned', samples: LEARNED_SAMPLES }
      : { kind: 'analytic', samples },
    episode: {
      seed,
      scenario: worldOf(mission, homes, seed, isDrawn ? random.fork('world') : undefined),
      radio: { base: kinds.length === 0 ? 'P1' : drawBase(random.fork('radio')), range: RANGE },
      mission,
      faults,
      orders: kinds.length === 0 ? [] : drawOrders(orders, random.fork('orders')),
      untilMs: endMs,
      isCut: endMs < wholeMs,
    },
  };
};

/** A drawn episode with what flies it. */
export const withPlanner = (
  { episode }: DrawnEpisode,
  planner: Pick<OpenPlanner, 'plan' | 'model'>,
): JudgedOptions => ({
  ...episode,
  verify: verifySignature,
  safePlan: safePlanner(PLAN_SETTINGS),
  imagine: planner.plan,
  model: planner.model,
});

/** As {@link drawEpisode}, flown with this planner whatever the seed would choose. */
export const fuzzEpisode = (
  seed: number,
  settings: FuzzSettings,
  planner: Pick<OpenPlanner, 'plan' | 'model'>,
): JudgedOptions => withPlanner(drawEpisode(seed, settings), planner);

interface Chosen {
  mission: Mission;
  homes: GroundPoint[];
  reachM: number;
  isDrawn: boolean;
}

const missionOf = (settings: FuzzSettings, random: Random): Chosen => {
  const count = settings.drones ?? drawSize(random.fork('drones'));
  if (typeof settings.mission === 'object') {
    const { mission } = settings;
    const spacingM = Math.max(HOME_SPACING_M, 2 * mission.minSeparationM);
    const homes = Array.from({ length: count }, (_, index) => ({
      northM: 0,
      eastM: (index - (count - 1) / 2) * spacingM,
    }));
    return { mission, homes, reachM: JAMMER_REACH_M, isDrawn: false };
  }
  const kind = settings.mission ?? pick(MISSION_KINDS, random.fork('kind'));
  return { ...drawMission(kind, count, random.fork('mission')), isDrawn: true };
};

/** @param random for wind and vehicles; undefined: a breezy day and vehicles all alike. */
const worldOf = (
  mission: Mission,
  homes: readonly GroundPoint[],
  seed: number,
  random: Random | undefined,
): Scenario => {
  const layout = swarmLayout({
    runDir: '',
    stationSocket: '',
    drones: homes.length,
    portOffset: 0,
    homeSpacingM: HOME_SPACING_M,
  });
  for (const [index, { northM, eastM }] of homes.entries()) {
    layout.drones[index]!.homeNorthM = northM;
    layout.drones[index]!.homeEastM = eastM;
  }
  // Without a link to a ground station: nobody would listen.
  const { groundLink: _, ...scenario } = scenarioOf(mission, layout, seed);
  if (random === undefined) return scenarioSchema.parse(scenario);
  return scenarioSchema.parse({
    ...scenario,
    wind: drawWind(random.fork('wind')),
    vehicles: scenario.vehicles.map((vehicle) => ({
      ...vehicle,
      yawDeg: Math.round(360 * random.fork(`yaw-${vehicle.sysid}`).uniform()),
      ...drawVehicle(random.fork(`vehicle-${vehicle.sysid}`)),
    })),
  });
};

/** What would go on long after everyone is home ends with the rest. */
const shortened = (fault: Fault): Fault =>
  endOf(fault) > TROUBLE_MS.end && 'forMs' in fault
    ? { ...fault, forMs: TROUBLE_MS.end - fault.atMs }
    : fault;

/** Small swarms more often: a third are of three, one in twenty of twelve, at a tenth of the price. */
const drawSize = (random: Random): number =>
  DRONES.least + Math.floor((DRONES.most - DRONES.least + 1) * random.uniform() ** 2);

/** When an episode is cut off, simulated ms; undefined: it is flown to its own end. */
const drawCut = ({ wholeShare = 1 }: FuzzSettings, random: Random): number | undefined =>
  random.uniform() < wholeShare ? undefined : GOAL_MS + between(CUT_MS.least, CUT_MS.most, random);

const drawBase = (random: Random): ProfileName => {
  const draw = random.uniform();
  return draw < 0.5 ? 'P1' : draw < 0.8 ? 'P2' : 'P3';
};
