import { areaNed, groundPoint } from '#protocols/mission/ground.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import { safetyEnvelopeOf } from '#protocols/mission/safety.ts';
import { containsPoint, type GroundPoint } from '#protocols/polygon.ts';
import { seededRandom, type Random } from '#protocols/random.ts';
import type { Scenario, ScenarioInput } from '../scenario.ts';
import type { Cylinder } from '../world/obstacles.ts';
import type { SwarmLayout } from './layout.ts';
import { safeParameters } from './safe-parameters.ts';

const TRIES = 10_000;

const PROFILE = '1.18';

/** Limits are the mission's; no goal has been signed yet. */
const NO_GOAL = { issuer: 0, epoch: 0, sequence: 0 };

/**
 * A world for a mission: its known obstacles stand where it says, a seeded wind blows, and as many
 * targets as the mission expects are hidden in its area. One seed gives one world.
 */
export const scenarioOf = (mission: Mission, layout: SwarmLayout, seed: number): ScenarioInput => {
  const random = seededRandom(seed).fork('scenario');
  const first = layout.drones[0]!;
  const fleet = layout.drones.map(({ sysid }) => sysid);
  const envelope = safetyEnvelopeOf(mission, NO_GOAL, fleet);
  return {
    seed,
    profile: PROFILE,
    origin: mission.origin,
    vehiclePort: first.vehiclePort,
    companionPort: first.agentPort,
    displayPort: layout.displayPort,
    groundLink: { port: layout.groundPort, vehiclePort: layout.vehicleGroundPort },
    wind: windOf(random.fork('wind')),
    obstacles: knownObstacles(mission),
    targets:
      mission.search === undefined
        ? []
        : hideTargets(mission, mission.search.expectedTargets, random.fork('targets')),
    ...(mission.search === undefined
      ? {}
      : { pDetect: mission.search.pDetect, pFalse: mission.search.pFalse }),
    fence: fenceOf(mission),
    vehicles: layout.drones.map((drone) => ({
      sysid: drone.sysid,
      homeNorthM: drone.homeNorthM,
      homeEastM: drone.homeEastM,
      parameters: safeParameters(PROFILE, drone.sysid, envelope, mission.takeoff.heightM),
    })),
  };
};

/** What a mission knows to stand there. */
export const knownObstacles = ({ origin, obstacles }: Mission): Cylinder[] =>
  obstacles.map((one) => ({
    kind: 'cylinder',
    ...groundPoint(origin, one),
    radiusM: one.radiusM,
    heightM: one.heightM,
  }));

export const fenceOf = ({ origin, fence }: Mission): NonNullable<Scenario['fence']> => ({
  polygon: [...areaNed(origin, fence.polygon).outline],
  minHeightM: fence.minHeightM,
  maxHeightM: fence.maxHeightM,
});

/** A breezy day: 1–4 m/s from anywhere, with turbulence and a gust now and then. */
const windOf = (random: Random): NonNullable<ScenarioInput['wind']> => {
  const speedMps = 1 + 3 * random.uniform();
  const towardsRad = 2 * Math.PI * random.uniform();
  return {
    meanNorthMps: speedMps * Math.cos(towardsRad),
    meanEastMps: speedMps * Math.sin(towardsRad),
    turbulenceMps: 0.6,
    verticalTurbulenceMps: 0.3,
    gustsPerMinute: 2,
    gustMps: 3,
    gustS: 4,
  };
};

/** Anywhere in the mission's area; fewer only where the area is hardly there. */
export const hideTargets = (mission: Mission, count: number, random: Random): GroundPoint[] => {
  const { outline, holes } = areaNed(mission.origin, mission.area);
  const norths = outline.map((vertex) => vertex.northM);
  const easts = outline.map((vertex) => vertex.eastM);
  const between = (values: number[]): number => {
    const low = Math.min(...values);
    return low + random.uniform() * (Math.max(...values) - low);
  };
  const targets: GroundPoint[] = [];
  for (let tries = 0; tries < TRIES && targets.length < count; tries += 1) {
    const point = { northM: between(norths), eastM: between(easts) };
    const inside =
      containsPoint(outline, point.northM, point.eastM) &&
      !holes.some((hole) => containsPoint(hole, point.northM, point.eastM));
    if (inside) targets.push(point);
  }
  return targets;
};
