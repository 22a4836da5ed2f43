import type { Feature } from 'geojson';
import { Marker, type Map as MapLibreMap } from 'maplibre-gl';

import type { MissionGeometry } from '../../station/mission-geometry.ts';
import type { CellView, SwarmView } from '../../station/view.ts';
import { droneColour } from './colours.ts';
import { feature } from './draw-mission.ts';
import { DroneMarks } from './drone-marks.ts';
import { textElement } from './elements.ts';
import { tubeRings } from './ground-shapes.ts';
import { setFeatures } from './layers.ts';

const cellName = ({ row, column }: { row: number; column: number }): string => `${row}:${column}`;

/** What moves: the colours of cells, trails, intents, drones, findings. */
export class SwarmPicture {
  readonly #map: MapLibreMap;
  readonly #marks: DroneMarks;
  /** Feature id of a cell, and what is shown of it. */
  #cells = new Map<string, { id: number; shown: string }>();
  #findings: { marks: Marker[]; shown: string } = { marks: [], shown: '[]' };

  constructor(map: MapLibreMap) {
    this.#map = map;
    this.#marks = new DroneMarks(map);
  }

  /** A new mission: nothing is known of its cells yet. */
  setGrid(grid: MissionGeometry['grid']): void {
    this.#cells = new Map(grid.map((cell, id) => [cellName(cell), { id, shown: '' }]));
  }

  draw(view: SwarmView): void {
    for (const cell of view.cells) this.#drawCell(cell);
    setFeatures(this.#map, 'trails', trails(view));
    setFeatures(this.#map, 'tubes', tubes(view));
    setFeatures(this.#map, 'intents', intents(view));
    this.#drawFindings(view.findings);
    this.#marks.draw(view.drones);
  }

  /** Only what changed: a map may have thousands of cells and several pictures a second. */
  #drawCell(cell: CellView): void {
    const known = this.#cells.get(cellName(cell));
    const { posterior, looks } = cell;
    const shown = `${posterior} ${looks}`;
    if (known === undefined || known.shown === shown) return;
    known.shown = shown;
    this.#map.setFeatureState({ source: 'cells', id: known.id }, { posterior, looks });
  }

  #drawFindings(findings: SwarmView['findings']): void {
    const shown = JSON.stringify(findings);
    if (shown === this.#findings.shown) return;
    for (const mark of this.#findings.marks) mark.remove();
    const marks = findings.map(({ lonDeg, latDeg }, index) =>
      new Marker({ element: textElement('div', 'finding', `${index + 1}`) })
        .setLngLat([lonDeg, latDeg])
        .addTo(this.#map),
    );
    this.#findings = { marks, shown };
  }
}

const trails = (view: SwarmView): Feature[] =>
  view.drones
    .filter((drone) => drone.trail.length > 1)
    .map((drone) =>
      feature(
        { type: 'LineString', coordinates: drone.trail.map((place) => [...place]) },
        { colour: droneColour(drone.sysid) },
      ),
    );

/** A silent drone's promise stays on the map: the others still keep clear of it. */
const tubes = (view: SwarmView): Feature[] =>
  view.drones.flatMap((drone) =>
    tubeRings(drone.intent).map((ring) =>
      feature({ type: 'Polygon', coordinates: [ring] }, { colour: droneColour(drone.sysid) }),
    ),
  );

const intents = (view: SwarmView): Feature[] =>
  view.drones
    .filter((drone) => drone.intent.length > 1)
    .map((drone) =>
      feature(
        {
          type: 'LineString',
          coordinates: drone.intent.map(([lonDeg, latDeg]) => [lonDeg, latDeg]),
        },
        { colour: droneColour(drone.sysid) },
      ),
    );
