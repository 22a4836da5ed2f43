import type { GroundPoint } from '#protocols/polygon.ts';
import { radiansFromDegrees } from '#protocols/units.ts';
import type { Homes } from './fleet-part.ts';

/** Where `count` drones stand; fewer places only where they are listed. */
export const homesOf = (homes: Homes, count: number): GroundPoint[] => {
  if (homes.kind === 'places') return homes.placesM.map(([northM, eastM]) => ({ northM, eastM }));
  const { northM, eastM } = homes;
  const at = (north: number, east: number): GroundPoint => ({
    northM: northM + north,
    eastM: eastM + east,
  });
  return Array.from({ length: count }, (_, index) => {
    switch (homes.kind) {
      case 'row':
        return at(0, (index - (count - 1) / 2) * homes.spacingM);
      case 'grid': {
        const columns = Math.min(homes.columns, count);
        const rows = Math.ceil(count / columns);
        const row = Math.floor(index / columns);
        return at(
          (row - (rows - 1) / 2) * homes.spacingM,
          ((index % columns) - (columns - 1) / 2) * homes.spacingM,
        );
      }
      case 'circle': {
        const bearing = radiansFromDegrees(homes.fromDeg) + (2 * Math.PI * index) / count;
        return at(homes.radiusM * Math.cos(bearing), homes.radiusM * Math.sin(bearing));
      }
    }
  });
};
