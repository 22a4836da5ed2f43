import { geodeticFromNed, type LatLon, type Origin } from '#protocols/frames.ts';
import { LOST_LINK_ACTIONS } from '#protocols/gossip/safety-envelope.ts';
import type { GeoPolygon, Mission } from '#protocols/mission/mission.ts';
import type { GroundPoint } from '#protocols/polygon.ts';
import type { Random } from '#protocols/random.ts';
import { between, pick, shuffled, within } from '../faults/draws.ts';

/**
 * What a fuzzing run may be told to fly; without a word of it a seed draws one of them. A goto flies
 * waypoints in lanes side by side, a swap a way of its own for each drone across those of the others.
 */
export const MISSION_KINDS = ['search', 'goto', 'swap'] as const;
export type MissionKind = (typeof MISSION_KINDS)[number];

/** Where PX4's simulated home lies. */
const ORIGIN: Origin = { latDeg: 47.397742, lonDeg: 8.545594, altAmslM: 488 };
/** Room beside an outermost drone, m. */
const MARGIN_M = { least: 20, most: 45 };
/** Below this two drones over neighbouring homes hear of each other too late. */
const HOME_ROOM_M = 2;
const MAX_HEIGHT_ROOM_M = 8;
/** Cells for each drone of a search: some 10–30 s of flight. */
const CELLS_PER_DRONE = { least: 1, most: 3 };

interface Box {
  north: [number, number];
  east: [number, number];
}

/** A drawn mission, and where its drones stand. */
export interface DrawnMission {
  mission: Mission;
  /** By ascending sysid, m from the origin. */
  homes: GroundPoint[];
  /** Half the edge of the square in which the swarm works, m. */
  reachM: number;
}

/**
 * A small mission whose flight takes some 20–60 s: homes on a grid near the origin, the work beside or
 * above them, a fence around both, all limits drawn. One stream of randomness, one mission.
 */
export const drawMission = (kind: MissionKind, drones: number, random: Random): DrawnMission => {
  const minSeparationM = round(within(2, 3.5, random));
  const homes = drawHomes(drones, minSeparationM, random.fork('homes'));
  const centre = { northM: between(-25, 45, random), eastM: between(-35, 35, random) };
  const work = WORK[kind]({ drones, minSeparationM, centre }, random.fork('work'));
  const room = within(MARGIN_M.least, MARGIN_M.most, random);
  const fence = grown(boxOf([...homes, ...cornersOf(work.box), { northM: 0, eastM: 0 }]), room);
  const heights = drawHeights(drones, minSeparationM, random.fork('heights'));
  const speedMps = round(within(4.5, 9.5, random));
  const mission: Mission = {
    skein: 1,
    name: kind,
    kind: kind === 'search' ? 'search' : 'goto',
    origin: ORIGIN,
    area: polygonOf(cornersOf(work.box)),
    fence: {
      polygon: polygonOf(cornersOf(fence)),
      minHeightM: -3,
      maxHeightM: heights.highestM + MAX_HEIGHT_ROOM_M,
    },
    rallyPoints: [],
    obstacles: drawObstacles(work.box, homes, heights.heightM, random.fork('obstacles')),
    heightM: heights.heightM,
    cruiseSpeedMps: speedMps,
    minSeparationM,
    ...(work.search === undefined ? {} : { search: work.search }),
    ...(work.waypoints === undefined ? {} : { waypoints: work.waypoints.map(geoOf) }),
    ...(work.goals === undefined
      ? {}
      : { goals: work.goals.map((goal, index) => ({ sysid: index + 1, ...geoOf(goal) })) }),
    limits: {
      maxSpeedMps: Math.max(speedMps + 0.5, 5),
      maxClimbMps: 3,
      maxDescentMps: pick([1.5, 2, 3], random),
      maxAccelerationMps2: pick([3, 5, 8], random),
    },
    takeoff: { heightM: heights.takeoffM, intervalS: pick([0, 0, 0.5, 2], random) },
    landing: { intervalS: pick([0, 1, 2], random) },
    rtl: { baseHeightM: heights.returnM, layerM: heights.layerM },
    battery: { reserve: 0.2 },
    lostLink: { afterS: between(10, 120, random), action: pick(LOST_LINK_ACTIONS, random) },
    lostPosition: { afterS: between(2, 8, random), action: 'land' },
    timeLimitS: between(35, 70, random),
  };
  return { mission, homes, reachM: Math.max(...[...fence.north, ...fence.east].map(Math.abs)) };
};

/** To the decimetre: what a person would write into a file. */
const round = (value: number): number => Math.round(10 * value) / 10;

/** A grid wide enough for everyone's own way up and down, a little disorderly. */
const drawHomes = (drones: number, minSeparationM: number, random: Random): GroundPoint[] => {
  const spacingM = 2 * minSeparationM + HOME_ROOM_M + within(0, 10, random);
  const columns = between(1, drones, random);
  const rows = Math.ceil(drones / columns);
  const slackM = Math.min(1, (spacingM - 2 * minSeparationM) / 4);
  return Array.from({ length: drones }, (_, index) => ({
    northM: round(
      (Math.floor(index / columns) - (rows - 1) / 2) * spacingM + within(-slackM, slackM, random),
    ),
    eastM: round(
      ((index % columns) - (columns - 1) / 2) * spacingM + within(-slackM, slackM, random),
    ),
  }));
};

/** A return climbs to a layer of its own, the lowest above everything that stands there. */
const drawHeights = (drones: number, minSeparationM: number, random: Random) => {
  const heightM = between(7, 14, random);
  const returnM = heightM + between(1, 4, random);
  const layerM = round(minSeparationM + within(0.5, 1.5, random));
  const takeoffM = between(3, 6, random);
  return { heightM, returnM, layerM, takeoffM, highestM: returnM + layerM * (drones - 1) };
};

interface WorkScene {
  drones: number;
  minSeparationM: number;
  centre: GroundPoint;
}

interface Work {
  box: Box;
  search?: Mission['search'];
  waypoints?: GroundPoint[];
  goals?: GroundPoint[];
}

const searchPart = ({ drones, centre }: WorkScene, random: Random): Work => {
  const cellM = between(10, 18, random);
  const cells = drones * within(CELLS_PER_DRONE.least, CELLS_PER_DRONE.most, random);
  const northCells = Math.max(2, Math.round(Math.sqrt(cells) * within(0.6, 1.6, random)));
  const eastCells = Math.max(2, Math.round(cells / northCells));
  return {
    box: boxAround(centre, northCells * cellM, eastCells * cellM),
    search: {
      cellM,
      footprintRadiusM: round(0.56 * cellM),
      pDetect: 0.9,
      pFalse: 0.01,
      expectedTargets: between(1, 3, random),
      declareAt: 0.95,
      dismissAt: 0.1,
      searchedFraction: 0.98,
    },
  };
};

/** One to four waypoints; everyone flies them in a lane of its own, lanes lie side by side. */
const gotoPart = ({ drones, minSeparationM, centre }: WorkScene, random: Random): Work => {
  const sideM = within(15, 45, random);
  const waypoints = Array.from({ length: between(1, 4, random) }, () => ({
    northM: round(centre.northM + within(-sideM, sideM, random)),
    eastM: round(centre.eastM + within(-sideM, sideM, random)),
  }));
  return { box: grown(boxOf(waypoints), (drones - 1) * minSeparationM + 1), waypoints };
};

/** Goals on a grid two separations and more apart, dealt out at random: ways cross. */
const swapPart = ({ drones, minSeparationM, centre }: WorkScene, random: Random): Work => {
  const spacingM = 2 * minSeparationM + within(0.5, 12, random);
  const columns = between(1, drones, random);
  const places = Array.from({ length: drones }, (_, index) => ({
    northM: round(centre.northM + Math.floor(index / columns) * spacingM),
    eastM: round(centre.eastM + ((index % columns) - (columns - 1) / 2) * spacingM),
  }));
  return { box: grown(boxOf(places), 5), goals: shuffled(places, random) };
};

const WORK: Readonly<Record<MissionKind, (scene: WorkScene, random: Random) => Work>> = {
  search: searchPart,
  goto: gotoPart,
  swap: swapPart,
};

/** Trees and masts that the mission knows, below the lowest return, apart from the homes. */
const drawObstacles = (
  { north, east }: Box,
  homes: readonly GroundPoint[],
  heightM: number,
  random: Random,
): Mission['obstacles'] => {
  const count = Math.max(0, between(-2, 4, random));
  const obstacles: Mission['obstacles'] = [];
  for (let index = 0; index < count; index += 1) {
    const place = {
      northM: round(within(...north, random)),
      eastM: round(within(...east, random)),
    };
    const radiusM = round(within(0.5, 4, random));
    const isClear = homes.every(
      (home) => Math.hypot(home.northM - place.northM, home.eastM - place.eastM) > radiusM + 8,
    );
    const topM = between(4, heightM, random);
    if (!isClear) continue;
    obstacles.push({ name: `obstacle-${index}`, ...geoOf(place), radiusM, heightM: topM });
  }
  return obstacles;
};

const boxAround = ({ northM, eastM }: GroundPoint, tallM: number, wideM: number): Box => ({
  north: [northM - tallM / 2, northM + tallM / 2],
  east: [eastM - wideM / 2, eastM + wideM / 2],
});

const boxOf = (points: readonly GroundPoint[]): Box => {
  const norths = points.map(({ northM }) => northM);
  const easts = points.map(({ eastM }) => eastM);
  return {
    north: [Math.min(...norths), Math.max(...norths)],
    east: [Math.min(...easts), Math.max(...easts)],
  };
};

const grown = ({ north, east }: Box, byM: number): Box => ({
  north: [north[0] - byM, north[1] + byM],
  east: [east[0] - byM, east[1] + byM],
});

const cornersOf = ({ north, east }: Box): GroundPoint[] => [
  { northM: north[0], eastM: east[0] },
  { northM: north[0], eastM: east[1] },
  { northM: north[1], eastM: east[1] },
  { northM: north[1], eastM: east[0] },
];

const geoOf = ({ northM, eastM }: GroundPoint): LatLon => {
  const { latDeg, lonDeg } = geodeticFromNed(ORIGIN, { x: northM, y: eastM, z: 0 });
  return { latDeg, lonDeg };
};

const polygonOf = (corners: readonly GroundPoint[]): GeoPolygon => ({
  type: 'Polygon',
  coordinates: [
    [...corners, corners[0]!].map((corner) => {
      const { latDeg, lonDeg } = geoOf(corner);
      return [lonDeg, latDeg];
    }),
  ],
});
