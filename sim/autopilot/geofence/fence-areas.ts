import { MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import type { PlanItem } from '../mission/plan-item.ts';

/** A polygon, or a circle around the one vertex. */
export interface FenceArea {
  /** The vehicle belongs inside; otherwise outside. */
  readonly inclusion: boolean;
  readonly vertices: readonly PlanItem[];
  /** Undefined for a polygon. */
  readonly radiusM: number | undefined;
}

const INCLUSION: ReadonlySet<number> = new Set([
  MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION,
  MavCmd.NAV_FENCE_CIRCLE_INCLUSION,
]);
const POLYGONS: ReadonlySet<number> = new Set([
  MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION,
  MavCmd.NAV_FENCE_POLYGON_VERTEX_EXCLUSION,
]);
const CIRCLES: ReadonlySet<number> = new Set([
  MavCmd.NAV_FENCE_CIRCLE_INCLUSION,
  MavCmd.NAV_FENCE_CIRCLE_EXCLUSION,
]);

/**
 * The areas of a fence plan. A polygon's first vertex says how many it has (parameter 1); one whose
 * vertices run out contains nothing. Other commands are passed over, as PX4 does.
 */
export const fenceAreasOf = (items: readonly PlanItem[]): FenceArea[] => {
  const areas: FenceArea[] = [];
  for (let index = 0; index < items.length;) {
    const item = items[index]!;
    const inclusion = INCLUSION.has(item.command);
    if (POLYGONS.has(item.command)) {
      const count = Math.max(1, Math.floor(item.params[0] + 0.5) || 0);
      const vertices = items.slice(index, index + count);
      const whole = vertices.length === count;
      areas.push({ inclusion, vertices: whole ? vertices : [], radiusM: undefined });
      index += count;
    } else {
      if (CIRCLES.has(item.command)) {
        areas.push({ inclusion, vertices: [item], radiusM: item.params[0] });
      }
      index += 1;
    }
  }
  return areas;
};
