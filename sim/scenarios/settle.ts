import { groundPoint } from '#protocols/mission/ground.ts';
import { safetyEnvelopeOf } from '#protocols/mission/safety.ts';
import type { GroundPoint } from '#protocols/polygon.ts';
import { seededRandom } from '#protocols/random.ts';
import { overlay } from '../overlay.ts';
import type { Scenario, ScenarioVehicle } from '../scenario.ts';
import { safeParameters } from '../swarm/safe-parameters.ts';
import { fenceOf, hideTargets, knownObstacles } from '../swarm/scenario-of.ts';
import type { Obstacle } from '../world/obstacles.ts';
import { homesOf } from './homes.ts';
import { plantForest, type Planted } from './plant-forest.ts';
import type { ScenarioDocument } from './scenario-document.ts';

/** Limits are the mission's; no goal has been signed yet. */
const NO_GOAL = { issuer: 0, epoch: 0, sequence: 0 };

/** A forest of a document and what became of it. */
export interface SettledForest extends Planted {
  /** Its place in `world.obstacles`. */
  index: number;
}

export interface Settled {
  scenario: Scenario;
  forests: SettledForest[];
}

/**
 * The world and fleet of a document with everything that it leaves to its seed drawn: trees, targets,
 * homes, parameters. Says nothing of whether that makes sense: objections.ts does.
 */
export const settle = (document: ScenarioDocument): Settled => {
  const { mission, world, fleet } = document;
  const seed = world.seed ?? document.seed;
  const vehicles = vehiclesOf(document);
  const { obstacles, forests } = obstaclesOf(document, vehicles);
  const scenario: Scenario = {
    ...NO_WIRES,
    seed,
    profile: fleet.profile,
    rebootsOnCommand: fleet.rebootsOnCommand,
    origin: mission.origin,
    wind: world.wind,
    ...(world.windField === undefined ? {} : { windField: world.windField }),
    noGnssZones: world.noGnssZones,
    battery: fleet.battery,
    physics: fleet.physics,
    obstacles,
    targets:
      typeof world.targets === 'number'
        ? hideTargets(mission, world.targets, seededRandom(seed).fork('hidden'))
        : world.targets,
    pDetect: world.pDetect ?? mission.search?.pDetect ?? 0.9,
    pFalse: world.pFalse ?? mission.search?.pFalse ?? 0.01,
    fence: world.fence ?? fenceOf(mission),
    rates: fleet.rates,
    vehicles,
  };
  return { scenario, forests };
};

/** An episode has no sockets: these say nothing in it. */
const NO_WIRES = {
  vehiclePort: 14_580,
  companionPort: 14_540,
  displayPort: 19_410,
  display: false,
} as const;

const vehiclesOf = ({ mission, fleet }: ScenarioDocument): ScenarioVehicle[] => {
  const own = fleet.vehicles ?? alike(fleet);
  const sysids = own.map(({ sysid }) => sysid);
  const envelope = safetyEnvelopeOf(mission, NO_GOAL, sysids);
  return own.map((vehicle) => {
    const { sysid } = vehicle;
    const safe = fleet.safeParameters
      ? safeParameters(fleet.profile, sysid, envelope, mission.takeoff.heightM)
      : {};
    const mixed = fleet.mixed.filter(({ sysids: some }) => some.includes(sysid));
    const traits = <Name extends 'parameters' | 'physics' | 'battery'>(name: Name) =>
      mixed.map((one) => one[name]);
    return {
      ...vehicle,
      yawDeg: mixed.findLast(({ yawDeg }) => yawDeg !== undefined)?.yawDeg ?? vehicle.yawDeg,
      parameters: overlay(
        safe,
        fleet.parameters,
        ...traits('parameters'),
        vehicle.parameters,
      ) as Record<string, number>,
      physics: overlay<ScenarioVehicle['physics']>({}, ...traits('physics'), vehicle.physics),
      battery: overlay<ScenarioVehicle['battery']>({}, ...traits('battery'), vehicle.battery),
    };
  });
};

const alike = ({ count = 0, homes }: ScenarioDocument['fleet']): ScenarioVehicle[] => {
  const places = homes === undefined ? [] : homesOf(homes, count);
  return places.slice(0, count).map(({ northM, eastM }, index) => ({
    sysid: index + 1,
    homeNorthM: northM,
    homeEastM: eastM,
    yawDeg: 0,
    parameters: {},
    physics: {},
    battery: {},
  }));
};

/** Ends of the drones' ways in mission NED, by the order of the mission's goals. */
export const goalPlaces = ({ mission }: Pick<ScenarioDocument, 'mission'>): GroundPoint[] =>
  (mission.goals ?? []).map((goal) => groundPoint(mission.origin, goal));

const obstaclesOf = (
  document: ScenarioDocument,
  vehicles: readonly ScenarioVehicle[],
): { obstacles: Obstacle[]; forests: SettledForest[] } => {
  const { mission, world } = document;
  const keepClear = [
    ...vehicles.map(({ homeNorthM, homeEastM }) => ({ northM: homeNorthM, eastM: homeEastM })),
    ...goalPlaces(document),
    ...mission.rallyPoints.map((place) => groundPoint(mission.origin, place)),
  ];
  const obstacles: Obstacle[] = world.missionObstacles ? knownObstacles(mission) : [];
  const forests: SettledForest[] = [];
  // Buildings first: trees grow around them.
  for (const one of world.obstacles) if (one.kind !== 'forest') obstacles.push(one);
  for (const [index, forest] of world.obstacles.entries()) {
    if (forest.kind !== 'forest') continue;
    const random = seededRandom(forest.seed ?? document.seed).fork(`forest-${index}`);
    const planted = plantForest(forest, obstacles, keepClear, random);
    obstacles.push(...planted.trees);
    forests.push({ index, ...planted });
  }
  return { obstacles, forests };
};
