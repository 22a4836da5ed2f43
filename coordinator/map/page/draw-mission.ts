import type { Feature, Geometry, Position } from 'geojson';
import { Marker, type Map as MapLibreMap } from 'maplibre-gl';

import type { MissionGeometry } from '../../station/mission-geometry.ts';
import { textElement } from './elements.ts';
import { boundsOf, circleRing } from './ground-shapes.ts';
import { setFeatures } from './layers.ts';

/** Far enough round the fence to darken whatever the window shows of the outside. */
const WORLD: Position[] = [
  [-180, -85],
  [180, -85],
  [180, 85],
  [-180, 85],
  [-180, -85],
];

export const feature = (
  geometry: Geometry,
  properties: Feature['properties'] = {},
  id?: number,
): Feature => ({
  type: 'Feature',
  geometry,
  properties,
  ...(id === undefined ? {} : { id }),
});

const polygon = (...coordinates: Position[][]): Geometry => ({ type: 'Polygon', coordinates });

let placeMarks: Marker[] = [];

const mark = (map: MapLibreMap, place: Position, className: string, text: string): Marker =>
  new Marker({ element: textElement('div', className, text) })
    .setLngLat([place[0]!, place[1]!])
    .addTo(map);

/** What does not move: cells, area, exclusions, fence, obstacles, home and rally points. */
export const drawMission = (map: MapLibreMap, { mission, grid }: MissionGeometry): void => {
  const { area, fence, obstacles, origin, rallyPoints } = mission;
  const outline = fence.polygon.coordinates[0] ?? [];
  map.removeFeatureState({ source: 'cells' });
  setFeatures(
    map,
    'cells',
    grid.map((cell, index) => feature(polygon(cell.ring), {}, index)),
  );
  setFeatures(map, 'beyond', [feature(polygon(WORLD, outline))]);
  const [, ...holes] = area.coordinates;
  setFeatures(
    map,
    'exclusion',
    holes.map((hole) => feature(polygon(hole))),
  );
  setFeatures(map, 'area', [feature(area)]);
  setFeatures(map, 'fence', [feature(fence.polygon)]);
  setFeatures(
    map,
    'obstacles',
    obstacles.map((one) => feature(polygon(circleRing([one.lonDeg, one.latDeg], one.radiusM)))),
  );
  for (const one of placeMarks) one.remove();
  placeMarks = [
    ...obstacles.map((one) =>
      mark(map, [one.lonDeg, one.latDeg], 'obstacle', `${one.name} ${one.heightM} m`),
    ),
    ...rallyPoints.map((one) => mark(map, [one.lonDeg, one.latDeg], 'place', 'R')),
    mark(map, [origin.lonDeg, origin.latDeg], 'place', 'H'),
  ];
};

/** Below this width, px, the map has no room beside what lies over it. */
const NARROW_PX = 700;

/** Brings the whole fence into view, clear of the height tape and the legend where there is room. */
export const fitMission = (map: MapLibreMap, { mission }: MissionGeometry): void => {
  const outline = mission.fence.polygon.coordinates[0] ?? [];
  const narrow = map.getContainer().clientWidth < NARROW_PX;
  const padding = narrow
    ? { top: 16, bottom: 48, left: 40, right: 16 }
    : { top: 28, bottom: 28, left: 110, right: 210 };
  map.fitBounds(boundsOf(outline), { padding, animate: false });
};
