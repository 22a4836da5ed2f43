import type { Feature, FeatureCollection } from 'geojson';
import type { ExpressionSpecification, GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl';

import { MAP_COLOURS } from './colours.ts';

/** Every source of the map, in the order in which their layers lie on each other. */
const SOURCES = ['cells', 'beyond', 'exclusion', 'area', 'obstacles', 'fence'] as const;
const MOVING_SOURCES = ['trails', 'tubes', 'intents'] as const;
export type SourceName = (typeof SOURCES)[number] | (typeof MOVING_SOURCES)[number];

const collection = (features: Feature[]): FeatureCollection => ({
  type: 'FeatureCollection',
  features,
});

/** Replaces what a source shows. */
export const setFeatures = (map: MapLibreMap, name: SourceName, features: Feature[]): void => {
  void map.getSource<GeoJSONSource>(name)?.setData(collection(features));
};

/** Cells are drawn once; what is known of them comes as feature state. */
const cellColour: ExpressionSpecification = [
  'case',
  ['!', ['to-boolean', ['feature-state', 'looks']]],
  MAP_COLOURS.unseen,
  [
    'interpolate',
    ['linear'],
    ['coalesce', ['feature-state', 'posterior'], 0],
    0,
    MAP_COLOURS.clear,
    0.02,
    MAP_COLOURS.clear,
    0.2,
    MAP_COLOURS.suspicious,
    1,
    MAP_COLOURS.certain,
  ],
];

/** Diagonal lines, so that a zone left out is known by more than its colour. */
const hatch = (size: number): ImageData => {
  const image = new ImageData(size, size);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const onLine = (x + y) % size < 2;
      image.data.set(onLine ? [136, 148, 163, 190] : [0, 0, 0, 0], 4 * (y * size + x));
    }
  }
  return image;
};

const HATCH_PX = 10;

/** Adds the sources and layers of the page to a map whose style has loaded. */
export const addLayers = (map: MapLibreMap): void => {
  for (const name of [...SOURCES, ...MOVING_SOURCES]) {
    map.addSource(name, { type: 'geojson', data: collection([]) });
  }
  map.addImage('hatch', hatch(HATCH_PX));
  addGround(map);
  addMoving(map);
};

const addGround = (map: MapLibreMap): void => {
  map.addLayer({
    id: 'cells',
    type: 'fill',
    source: 'cells',
    paint: { 'fill-color': cellColour, 'fill-outline-color': MAP_COLOURS.cellEdge },
  });
  map.addLayer({
    id: 'beyond',
    type: 'fill',
    source: 'beyond',
    paint: { 'fill-color': MAP_COLOURS.beyondFence, 'fill-opacity': 0.75 },
  });
  map.addLayer({
    id: 'exclusion',
    type: 'fill',
    source: 'exclusion',
    paint: { 'fill-pattern': 'hatch' },
  });
  addLine(map, 'area', MAP_COLOURS.area, 1.5);
  map.addLayer({
    id: 'obstacles',
    type: 'fill',
    source: 'obstacles',
    paint: { 'fill-color': MAP_COLOURS.obstacle, 'fill-outline-color': '#ffffff' },
  });
  addLine(map, 'fence', MAP_COLOURS.fence, 2, [4, 2]);
};

const addLine = (
  map: MapLibreMap,
  id: SourceName,
  colour: string,
  width: number,
  dash?: number[],
): void => {
  map.addLayer({
    id,
    type: 'line',
    source: id,
    layout: { 'line-join': 'round' },
    paint: {
      'line-color': colour,
      'line-width': width,
      ...(dash === undefined ? {} : { 'line-dasharray': dash }),
    },
  });
};

const addMoving = (map: MapLibreMap): void => {
  const colour: ExpressionSpecification = ['get', 'colour'];
  map.addLayer({
    id: 'trails',
    type: 'line',
    source: 'trails',
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': colour, 'line-width': 1.5, 'line-opacity': 0.6 },
  });
  map.addLayer({
    id: 'tubes',
    type: 'fill',
    source: 'tubes',
    paint: { 'fill-color': colour, 'fill-opacity': 0.3 },
  });
  map.addLayer({
    id: 'intents',
    type: 'line',
    source: 'intents',
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': colour, 'line-width': 3 },
  });
};
