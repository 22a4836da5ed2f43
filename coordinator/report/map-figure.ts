import { nedFromGeodetic } from '#protocols/frames.ts';
import type { GeoPolygon, Mission } from '#protocols/mission/mission.ts';
import { missionGeometry, type LonLat } from '../station/mission-geometry.ts';
import { markup, NOTHING, type Markup } from './markup.ts';
import { cellInk, droneDash, droneInk } from './palette.ts';
import { SILENCE_MS, type DroneEntry, type RunRecord } from './run-record.ts';

/** Page coordinates: metres, x east, y south. */
interface Point {
  x: number;
  y: number;
}

type Project = (lonDeg: number, latDeg: number) => Point;

const projection =
  ({ origin }: Mission): Project =>
  (lonDeg, latDeg) => {
    const ned = nedFromGeodetic(origin, { latDeg, lonDeg, altAmslM: origin.altAmslM });
    return { x: ned.y, y: -ned.x };
  };

const tenth = (metres: number): string => metres.toFixed(1);

const path = (points: readonly Point[], closed: boolean): string =>
  points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${tenth(x)} ${tenth(y)}`).join('') +
  (closed ? 'Z' : '');

const ringPath = (project: Project, rings: readonly (readonly LonLat[])[]): string =>
  rings
    .map((ring) =>
      path(
        ring.map(([lon, lat]) => project(lon, lat)),
        true,
      ),
    )
    .join('');

const polygonPath = (project: Project, polygon: GeoPolygon): string =>
  ringPath(project, polygon.coordinates);

/**
 * The flown mission as one inline SVG, north up: cells by what was last known of them, area, fence,
 * obstacles, trails, findings and, where the truth is known, what was hidden.
 */
export const mapFigure = (record: RunRecord): Markup => {
  const { mission } = record;
  if (mission === undefined) return markup`<p>The journal names no mission: no map.</p>`;
  const project = projection(mission);
  const outline = (mission.fence.polygon.coordinates[0] ?? []).map(([lon, lat]) =>
    project(lon, lat),
  );
  const frame = frameOf(outline);
  // Marks keep their size on the page whatever the size of the land.
  const unit = frame.width / 100;
  return markup`<svg class="map" viewBox="${frame.x} ${frame.y} ${frame.width} ${frame.height}" role="img" aria-label="Map of the mission" style="--unit: ${unit}px">
${cells(record, mission, project)}
<path class="area" d="${polygonPath(project, mission.area)}"/>
<path class="fence" d="${polygonPath(project, mission.fence.polygon)}"/>
${obstacles(mission, project)}
${[...record.tracks].map(([sysid, track]) => trail(sysid, track, project, unit))}
${record.targets.map(({ northM, eastM }) => cross({ x: eastM, y: -northM }, unit))}
${record.findings.map((found, index) => diamond(project(found.lonDeg, found.latDeg), index + 1, unit))}
${scaleBar(frame, unit)}
</svg>`;
};

interface Frame extends Point {
  width: number;
  height: number;
}

const MARGIN_M = 15;

const frameOf = (points: readonly Point[]): Frame => {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const x = Math.floor(Math.min(...xs)) - MARGIN_M;
  const y = Math.floor(Math.min(...ys)) - MARGIN_M;
  return {
    x,
    y,
    width: Math.ceil(Math.max(...xs)) + MARGIN_M - x,
    height: Math.ceil(Math.max(...ys)) + MARGIN_M - y,
  };
};

const cells = (record: RunRecord, mission: Mission, project: Project): Markup[] =>
  missionGeometry(mission).grid.map(({ row, column, ring }) => {
    const known = record.cells.get(`${row}:${column}`);
    const words =
      known === undefined || known.looks === 0
        ? 'not looked at'
        : `${(known.posterior * 100).toFixed(1)} % after ${known.looks} looks`;
    return markup`<path class="cell" fill="${cellInk(known)}" d="${ringPath(project, [ring])}"><title>${row}:${column}: ${words}</title></path>`;
  });

const obstacles = (mission: Mission, project: Project): Markup[] =>
  mission.obstacles.map((one) => {
    const { x, y } = project(one.lonDeg, one.latDeg);
    return markup`<circle class="obstacle" cx="${tenth(x)}" cy="${tenth(y)}" r="${one.radiusM}"><title>${one.name}, ${one.heightM} m</title></circle>`;
  });

const trail = (
  sysid: number,
  track: readonly DroneEntry[],
  project: Project,
  unit: number,
): Markup => {
  const last = track.at(-1);
  if (last === undefined) return NOTHING;
  const end = project(last.lonDeg, last.latDeg);
  const dash = droneDash(sysid)
    .split(' ')
    .filter((length) => length !== '')
    .map((length) => tenth((Number(length) * unit) / 8))
    .join(' ');
  return markup`<path class="trail" stroke="${droneInk(sysid)}" stroke-dasharray="${dash}" d="${stretches(
    track,
  ).map((part) =>
    path(
      part.map((entry) => project(entry.lonDeg, entry.latDeg)),
      false,
    ),
  )}"><title>${sysid} ${last.name}</title></path>
<circle cx="${tenth(end.x)}" cy="${tenth(end.y)}" r="${tenth(1.2 * unit)}" fill="${droneInk(sysid)}"/><text class="mark" x="${tenth(end.x)}" y="${tenth(end.y)}" fill="#fff">${sysid}</text>`;
};

/** Parts of a track without silence between: nobody knows where a drone was that was not heard. */
const stretches = (track: readonly DroneEntry[]): DroneEntry[][] => {
  const parts: DroneEntry[][] = [];
  let lastMs = -Infinity;
  for (const entry of track) {
    if (entry.unixMs - lastMs > SILENCE_MS) parts.push([]);
    parts.at(-1)!.push(entry);
    lastMs = entry.unixMs;
  }
  return parts;
};

const cross = ({ x, y }: Point, unit: number): Markup => {
  const arm = 1.1 * unit;
  return markup`<path class="target" d="M${tenth(x - arm)} ${tenth(y - arm)}L${tenth(x + arm)} ${tenth(y + arm)}M${tenth(x - arm)} ${tenth(y + arm)}L${tenth(x + arm)} ${tenth(y - arm)}"><title>hidden here</title></path>`;
};

const diamond = ({ x, y }: Point, number: number, unit: number): Markup => {
  const arm = 1.7 * unit;
  const corners = [
    { x, y: y - arm },
    { x: x + arm, y },
    { x, y: y + arm },
    { x: x - arm, y },
  ];
  return markup`<path class="finding" d="${path(corners, true)}"/><text class="mark" x="${tenth(x)}" y="${tenth(y)}">${number}</text>`;
};

/** A round length of about a fifth of the map. */
const scaleBar = (frame: Frame, unit: number): Markup => {
  const wanted = frame.width / 5;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const lengthM = [5, 2, 1].map((step) => step * power).find((length) => length <= wanted) ?? power;
  const x = frame.x + 2 * unit;
  const y = frame.y + frame.height - 2 * unit;
  return markup`<path class="scale" d="M${tenth(x)} ${tenth(y)}h${tenth(lengthM)}"/><text class="scale-text" x="${tenth(x)}" y="${tenth(y - unit)}">${lengthM} m</text>`;
};
