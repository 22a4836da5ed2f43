import { MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import {
  degreesFromE7,
  e7FromDegrees,
  FRAME_AMSL,
  FRAME_RELATIVE,
  type MissionItem,
} from './mission-item.ts';

export interface GeoPoint {
  latDeg: number;
  lonDeg: number;
}

export interface FencePolygon {
  /** Stay inside; false: stay outside. */
  inclusion: boolean;
  /** At least three corners, in order, not closed. */
  corners: readonly GeoPoint[];
}

export interface FenceCircle {
  inclusion: boolean;
  center: GeoPoint;
  radiusM: number;
}

/** The fence that PX4 enforces by itself (GF_ACTION); heights are parameters (GF_MAX_VER_DIST). */
export interface Geofence {
  polygons: readonly FencePolygon[];
  circles: readonly FenceCircle[];
}

/** A place to go to instead of home, altitude above home in m. */
export interface RallyPoint extends GeoPoint {
  altM: number;
}

const item = (command: MavCmd, param1: number, point: GeoPoint): MissionItem => ({
  command,
  frame: FRAME_AMSL,
  params: [param1, 0, 0, 0],
  x: e7FromDegrees(point.latDeg),
  y: e7FromDegrees(point.lonDeg),
  z: 0,
  autocontinue: true,
});

/** Polygons corner by corner, each with its polygon's number of corners; then circles. */
export const fenceItems = (fence: Geofence): MissionItem[] => [
  ...fence.polygons.flatMap(({ inclusion, corners }) =>
    corners.map((corner) =>
      item(
        inclusion
          ? MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION
          : MavCmd.NAV_FENCE_POLYGON_VERTEX_EXCLUSION,
        corners.length,
        corner,
      ),
    ),
  ),
  ...fence.circles.map(({ inclusion, center, radiusM }) =>
    item(
      inclusion ? MavCmd.NAV_FENCE_CIRCLE_INCLUSION : MavCmd.NAV_FENCE_CIRCLE_EXCLUSION,
      radiusM,
      center,
    ),
  ),
];

const pointOf = ({ x, y }: MissionItem): GeoPoint => ({
  latDeg: degreesFromE7(x),
  lonDeg: degreesFromE7(y),
});

/**
 * The fence in a list of items, or in words what is wrong with it: PX4 acknowledges a polygon of two
 * corners too.
 */
export const fenceOfItems = (items: readonly MissionItem[]): Geofence | string => {
  const polygons: FencePolygon[] = [];
  const circles: FenceCircle[] = [];
  for (let at = 0; at < items.length;) {
    const first = items[at]!;
    const [size] = first.params;
    const isVertex =
      first.command === MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION ||
      first.command === MavCmd.NAV_FENCE_POLYGON_VERTEX_EXCLUSION;
    const isCircle =
      first.command === MavCmd.NAV_FENCE_CIRCLE_INCLUSION ||
      first.command === MavCmd.NAV_FENCE_CIRCLE_EXCLUSION;
    if (isVertex) {
      const corners = items.slice(at, at + size);
      const whole =
        Number.isInteger(size) &&
        size >= 3 &&
        corners.length === size &&
        corners.every((one) => one.command === first.command && one.params[0] === size);
      if (!whole) return `the polygon that begins at item ${at} is not whole`;
      polygons.push({
        inclusion: first.command === MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION,
        corners: corners.map(pointOf),
      });
      at += size;
    } else if (isCircle) {
      if (!(size > 0)) return `the circle of item ${at} has the radius ${size}`;
      circles.push({
        inclusion: first.command === MavCmd.NAV_FENCE_CIRCLE_INCLUSION,
        center: pointOf(first),
        radiusM: size,
      });
      at += 1;
    } else return `item ${at} has the command ${first.command}, which is no fence`;
  }
  return { polygons, circles };
};

export const rallyItems = (points: readonly RallyPoint[]): MissionItem[] =>
  points.map((point) => ({
    ...item(MavCmd.NAV_RALLY_POINT, 0, point),
    frame: FRAME_RELATIVE,
    z: point.altM,
  }));

/** The rally points in a list of items; anything else in it is left out. */
export const rallyOfItems = (items: readonly MissionItem[]): RallyPoint[] =>
  items
    .filter(({ command }) => command === MavCmd.NAV_RALLY_POINT)
    .map((one) => ({ ...pointOf(one), altM: one.z }));
