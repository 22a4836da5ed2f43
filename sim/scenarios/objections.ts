import type { FaultData } from '#protocols/fault.ts';
import type { GroundPoint } from '#protocols/polygon.ts';
import { fenceMarginM } from '../world/fence.ts';
import { clearanceM } from '../world/obstacles.ts';
import { faultInWords } from '../faults/fault.ts';
import type { ScenarioDocument } from './scenario-document.ts';
import { goalPlaces, settle, type Settled } from './settle.ts';

/** What is wrong with a scenario that its schema cannot see, and where in the document. */
export interface ScenarioObjection {
  code: string;
  path: (string | number)[];
  what: string;
  remedy: string;
  data?: FaultData;
}

/** Half the breadth of a vehicle, m. */
const VEHICLE_RADIUS_M = 0.3;
/** Sums of decimal fractions are not exact. */
const SLACK_M = 1e-6;

/** Everything that cannot be in this world, the first causes first. */
export const objectionsTo = (document: ScenarioDocument): ScenarioObjection[] => {
  const fleet = fleetObjections(document);
  // Without a fleet there is nothing to settle.
  if (fleet.length > 0) return fleet;
  const settled = settle(document);
  return [
    ...forestObjections(document, settled),
    ...homeObjections(document, settled),
    ...goalObjections(document, settled),
    ...nameObjections(document, settled),
    ...successObjections(document),
  ];
};

const fleetObjections = ({ fleet, world }: ScenarioDocument): ScenarioObjection[] => {
  const { count, homes, vehicles } = fleet;
  const found: ScenarioObjection[] = [];
  const isAlike = count !== undefined && homes !== undefined;
  if (isAlike === (vehicles !== undefined) || (!isAlike && (count ?? homes) !== undefined)) {
    found.push({
      code: 'scenario-fleet-ambiguous',
      path: ['fleet'],
      what: 'it needs count and homes, or vehicles, and not both',
      remedy: 'Give how many and where they stand, or list every vehicle.',
    });
  } else if (isAlike && homes.kind === 'places' && homes.placesM.length !== count) {
    found.push({
      code: 'scenario-homes-miscounted',
      path: ['fleet', 'homes', 'placesM'],
      what: `${homes.placesM.length} places for ${count} drones`,
      remedy: 'List one place for each drone.',
      data: { places: homes.placesM.length, count },
    });
  }
  const sysids = vehicles?.map(({ sysid }) => sysid) ?? [];
  const twice = sysids.findIndex((sysid, index) => sysids.indexOf(sysid) < index);
  if (twice >= 0) {
    found.push({
      code: 'scenario-sysid-twice',
      path: ['fleet', 'vehicles', twice, 'sysid'],
      what: `${sysids[twice]} is another vehicle's sysid too`,
      remedy: 'Give every vehicle a sysid of its own.',
    });
  }
  for (const [index, one] of world.obstacles.entries()) {
    if (one.kind !== 'forest' || (one.count === undefined) !== (one.densityPerM2 === undefined)) {
      continue;
    }
    found.push({
      code: 'scenario-forest-unmeasured',
      path: ['world', 'obstacles', index],
      what: 'a forest needs count or densityPerM2, and not both',
      remedy: 'Say how many trees, or how many on a square metre.',
    });
  }
  return found;
};

const forestObjections = (_: ScenarioDocument, { forests }: Settled): ScenarioObjection[] =>
  forests
    .filter(({ trees, wanted }) => trees.length < wanted)
    .map(({ index, trees, wanted }) => ({
      code: 'scenario-forest-too-dense',
      path: ['world', 'obstacles', index],
      what: `of ${wanted} trees only ${trees.length} found room`,
      remedy: 'Plant fewer or thinner trees, or ask for smaller gaps.',
      data: { wanted, placed: trees.length },
    }));

const homeObjections = (document: ScenarioDocument, { scenario }: Settled): ScenarioObjection[] => {
  const found: ScenarioObjection[] = [];
  const least = 2 * document.mission.minSeparationM;
  const { vehicles, obstacles, fence } = scenario;
  const pathOf = (index: number): (string | number)[] =>
    document.fleet.vehicles === undefined ? ['fleet', 'homes'] : ['fleet', 'vehicles', index];
  for (const [index, { sysid, homeNorthM: north, homeEastM: east }] of vehicles.entries()) {
    const object = (code: string, what: string, remedy: string): void => {
      found.push({ code, path: pathOf(index), what, remedy, data: { sysid } });
    };
    if (clearanceM(obstacles, north, east, 0) < VEHICLE_RADIUS_M) {
      object(
        'scenario-home-in-obstacle',
        `drone ${sysid} would stand in an obstacle`,
        'Move its home or the obstacle.',
      );
    }
    if (fence !== undefined && fenceMarginM(fence, north, east, 0) <= 0) {
      object(
        'scenario-home-outside-fence',
        `drone ${sysid} would stand outside the fence`,
        'Move its home inside mission.fence.polygon.',
      );
    }
    const near = vehicles.slice(0, index).find((other) => {
      const gapM = Math.hypot(other.homeNorthM - north, other.homeEastM - east);
      return gapM < least - SLACK_M;
    });
    if (near !== undefined) {
      object(
        'scenario-homes-too-near',
        `drones ${near.sysid} and ${sysid} would stand nearer than twice the separation, ${least} m`,
        'Move the homes apart or lower mission.minSeparationM.',
      );
    }
  }
  return found;
};

const goalObjections = (document: ScenarioDocument, { scenario }: Settled): ScenarioObjection[] => {
  const { goals = [], heightM, minSeparationM } = document.mission;
  const places = goalPlaces(document);
  const sysids = new Set(scenario.vehicles.map(({ sysid }) => sysid));
  const found: ScenarioObjection[] = [];
  const object = (index: number, code: string, what: string, remedy: string): void => {
    const { sysid } = goals[index]!;
    found.push({ code, path: ['mission', 'goals', index], what, remedy, data: { sysid } });
  };
  for (const [index, { northM, eastM }] of places.entries()) {
    const { sysid } = goals[index]!;
    if (!sysids.has(sysid)) {
      object(index, 'scenario-goal-of-nobody', `there is no drone ${sysid}`, 'Drop the goal.');
    }
    if (clearanceM(scenario.obstacles, northM, eastM, heightM) < VEHICLE_RADIUS_M) {
      object(
        index,
        'scenario-goal-in-obstacle',
        `the goal of drone ${sysid} lies in an obstacle`,
        'Move the goal or the obstacle.',
      );
    }
    const near = places
      .slice(0, index)
      .findIndex((other) => isNear(other, { northM, eastM }, minSeparationM));
    if (near >= 0) {
      object(
        index,
        'scenario-goals-too-near',
        `it is nearer to the goal of drone ${goals[near]!.sysid} than the separation, ${minSeparationM} m`,
        'Move the goals apart.',
      );
    }
  }
  return found;
};

const isNear = (a: GroundPoint, b: GroundPoint, leastM: number): boolean =>
  Math.hypot(a.northM - b.northM, a.eastM - b.eastM) < leastM - SLACK_M;

/** Drones that are spoken of and are not there. */
const nameObjections = (document: ScenarioDocument, { scenario }: Settled): ScenarioObjection[] => {
  const sysids = new Set(scenario.vehicles.map(({ sysid }) => sysid));
  const unknown = (spoken: readonly number[]): number | undefined =>
    spoken.find((sysid) => !sysids.has(sysid));
  const stranger = (path: (string | number)[], sysid: number, who: string): ScenarioObjection => ({
    code: 'scenario-drone-unknown',
    path,
    what: `${who} names drone ${sysid}, which the fleet has not`,
    remedy: `Name one of ${scenario.vehicles.length} vehicles of the fleet.`,
    data: { sysid },
  });
  const found: ScenarioObjection[] = [];
  for (const [index, fault] of document.faults.entries()) {
    const sysid = 'sysid' in fault ? unknown([fault.sysid]) : undefined;
    if (sysid !== undefined) {
      found.push(stranger(['faults', index], sysid, faultInWords(fault)));
    }
  }
  for (const [index, order] of document.orders.entries()) {
    const sysid = order.order === 'goal' ? undefined : unknown(order.sysids);
    if (sysid !== undefined) found.push(stranger(['orders', index, 'sysids'], sysid, 'the order'));
  }
  for (const [index, { sysids: spoken }] of document.fleet.mixed.entries()) {
    const sysid = unknown(spoken);
    if (sysid !== undefined) {
      found.push(stranger(['fleet', 'mixed', index, 'sysids'], sysid, 'the list'));
    }
  }
  return found;
};

/** What is asked for and cannot be told. */
const successObjections = (document: ScenarioDocument): ScenarioObjection[] => {
  const { success, mission, world, limits } = document;
  const found: ScenarioObjection[] = [];
  const object = (field: string, what: string, remedy: string): void => {
    found.push({ code: 'scenario-success-undecidable', path: ['success', field], what, remedy });
  };
  for (const field of ['goalsReached', 'meanTravelS'] as const) {
    if (success[field] !== undefined && (mission.goals ?? []).length === 0) {
      object(field, 'the mission gives no drone a goal', 'Add mission.goals.');
    }
  }
  const hidden = typeof world.targets === 'number' ? world.targets : world.targets.length;
  if (success.targetsFound !== undefined && (mission.search === undefined || hidden === 0)) {
    object('targetsFound', 'nothing is searched for, or nothing is hidden', 'Add world.targets.');
  }
  if (success.coverage !== undefined && mission.search === undefined) {
    object('coverage', 'no camera is flown', 'Add mission.search.');
  }
  if (success.withinS !== undefined && 1000 * success.withinS > limits.untilMs) {
    object('withinS', 'the episode ends before', 'Raise limits.untilMs.');
  }
  return found;
};
