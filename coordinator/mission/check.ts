import { areaNed, groundPoint, type AreaNed } from '#protocols/mission/ground.ts';
import type { GeoPolygon, Mission } from '#protocols/mission/mission.ts';
import {
  containsPoint,
  polygonAreaM2,
  segmentsMeet,
  selfCrossing,
  signedDistanceToEdge,
  type GroundPoint,
  type Polygon,
} from '#protocols/polygon.ts';
import { raiseFirst, type Locate, type Objection } from './objection.ts';
import type { Path } from './yaml-text.ts';

/**
 * What a schema cannot see: geometry that crosses itself, an area beyond the fence, heights that
 * cannot be flown. Throws Fault (exit usage) for the first objection.
 */
export const checkMission = (mission: Mission, locate: Locate): void => {
  raiseFirst(
    [...ringObjections(mission), ...fenceObjections(mission)].concat(
      heightObjections(mission),
      searchObjections(mission),
    ),
    locate,
  );
};

const edgesOf = (polygon: Polygon): [GroundPoint, GroundPoint][] =>
  polygon.map((vertex, index) => [vertex, polygon[(index + 1) % polygon.length]!]);

const edgesMeet = (a: Polygon, b: Polygon): boolean =>
  edgesOf(a).some(([p, q]) => edgesOf(b).some(([r, s]) => segmentsMeet(p, q, r, s)));

const ringsOf = ({ outline, holes }: AreaNed): Polygon[] => [outline, ...holes];

const polygonsOf = (mission: Mission): { path: string[]; polygon: GeoPolygon; area: AreaNed }[] => [
  {
    path: ['area'],
    polygon: mission.area,
    area: areaNed(mission.origin, mission.area),
  },
  {
    path: ['fence', 'polygon'],
    polygon: mission.fence.polygon,
    area: areaNed(mission.origin, mission.fence.polygon),
  },
];

const ringObjections = (mission: Mission): Objection[] =>
  polygonsOf(mission).flatMap(({ path, polygon, area }) => [
    ...polygon.coordinates.flatMap((ring, index) => unclosed(path, ring, index)),
    ...ringsOf(area).flatMap((ring, index) => crossing(path, ring, index)),
    ...area.holes.flatMap((hole, index) =>
      edgesMeet(hole, area.outline) || !containsPoint(area.outline, hole[0]!.northM, hole[0]!.eastM)
        ? [
            {
              code: 'mission-hole-outside',
              path,
              what: `hole ${index + 1} does not lie inside the outline`,
              remedy: 'Move the hole inside the outline or drop it.',
            },
          ]
        : [],
    ),
  ]);

const unclosed = (path: Path, ring: readonly (readonly [number, number])[], index: number) => {
  const [first, last] = [ring[0]!, ring.at(-1)!];
  if (first[0] === last[0] && first[1] === last[1]) return [];
  return [
    {
      code: 'mission-ring-open',
      path,
      what: `ring ${index + 1} is not closed: it ends at ${last.join(', ')}, not at ${first.join(', ')}`,
      remedy: 'Repeat the first position at the end of the ring.',
    },
  ];
};

const crossing = (path: Path, ring: Polygon, index: number): Objection[] => {
  const pair = selfCrossing(ring);
  if (pair === undefined && polygonAreaM2(ring) >= 1) return [];
  if (pair === undefined) {
    return [
      {
        code: 'mission-ring-empty',
        path,
        what: `ring ${index + 1} encloses no ground`,
        remedy: 'Give the ring at least three corners apart from each other.',
      },
    ];
  }
  return [
    {
      code: 'mission-self-crossing',
      path,
      what: `ring ${index + 1} crosses itself: its edge ${pair[0] + 1} meets its edge ${pair[1] + 1}`,
      remedy: 'Reorder or move the corners so that no two edges meet.',
      data: { ring: index + 1, edgeA: pair[0] + 1, edgeB: pair[1] + 1 },
    },
  ];
};

const fenceObjections = (mission: Mission): Objection[] => {
  const { outline: fence } = areaNed(mission.origin, mission.fence.polygon);
  const { outline } = areaNed(mission.origin, mission.area);
  const objections: Objection[] = [];
  const inside = (point: GroundPoint): boolean => containsPoint(fence, point.northM, point.eastM);
  const outside = outline.findIndex((vertex) => !inside(vertex));
  if (outside >= 0 || edgesMeet(outline, fence)) {
    objections.push({
      code: 'mission-area-outside-fence',
      path: ['area'],
      what:
        outside >= 0
          ? `corner ${outside + 1} lies ${Math.ceil(-signedDistanceToEdge(fence, outline[outside]!.northM, outline[outside]!.eastM))} m outside the fence`
          : 'its outline crosses the fence',
      remedy: 'Widen fence.polygon or shrink the area.',
      data: { corner: outside + 1 },
    });
  }
  if (!inside({ northM: 0, eastM: 0 })) {
    objections.push({
      code: 'mission-origin-outside-fence',
      path: ['origin'],
      what: 'the origin, where the drones start, lies outside the fence',
      remedy: 'Move the origin or widen fence.polygon.',
    });
  }
  const places = [...mission.rallyPoints, ...(mission.waypoints ?? []), ...(mission.goals ?? [])];
  if (!places.every((place) => inside(groundPoint(mission.origin, place)))) {
    objections.push({
      code: 'mission-place-outside-fence',
      path: ['rallyPoints'],
      what: 'a rally point, waypoint or goal lies outside the fence',
      remedy: 'Move it inside fence.polygon.',
    });
  }
  return objections;
};

const height = (path: Path, what: string, remedy: string, heightM: number): Objection => ({
  code: 'mission-height-unreachable',
  path,
  what,
  remedy,
  data: { value: heightM },
});

const heightObjections = (mission: Mission): Objection[] => {
  const { minHeightM, maxHeightM } = mission.fence;
  const between = `between fence.minHeightM ${minHeightM} and fence.maxHeightM ${maxHeightM}`;
  const heights: [Path, number][] = [
    [['heightM'], mission.heightM],
    [['takeoff', 'heightM'], mission.takeoff.heightM],
    [['rtl', 'baseHeightM'], mission.rtl.baseHeightM],
  ];
  return heights
    .filter(([, heightM]) => heightM <= minHeightM || heightM >= maxHeightM)
    .map(([path, heightM]) =>
      height(path, `${heightM} m cannot be reached`, `Choose a height ${between}.`, heightM),
    );
};

const searchObjections = (mission: Mission): Objection[] => {
  if (mission.kind === 'search' && mission.search === undefined) {
    return [
      {
        code: 'mission-search-missing',
        path: ['search'],
        what: 'a mission of kind search needs the block search',
        remedy: 'Add it, as in missions/search-irchel.yaml.',
      },
    ];
  }
  if (mission.kind === 'goto' && mission.waypoints === undefined && mission.goals === undefined) {
    return [
      {
        code: 'mission-waypoints-missing',
        path: ['waypoints'],
        what: 'a mission of kind goto needs waypoints or goals',
        remedy: 'Add at least one { latDeg, lonDeg }.',
      },
    ];
  }
  return [];
};
