import type { Geofence, RallyPoint } from '../geofence.ts';
import type { MissionItem } from '../mission-item.ts';

/** Everything that a `.plan` file gives to a vehicle. */
export interface Plan {
  mission: readonly MissionItem[];
  fence: Geofence;
  rally: readonly RallyPoint[];
  /** Where the author meant to take off; a vehicle takes its own home. Altitude AMSL in m. */
  plannedHome: { latDeg: number; lonDeg: number; altM: number };
  /** Speed that the planning assumed, m/s; it commands nothing. */
  hoverSpeedMps: number;
  cruiseSpeedMps: number;
}
