import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { WindFieldSettings } from '../scenario.ts';
import { zoneShare } from './zone.ts';

/** The height at which weather stations measure wind (WMO No. 8): the mean holds there. */
const REFERENCE_M = 10;
/** Below this the power law of the surface layer says nothing: the air among the grass. */
const LEAST_HEIGHT_M = 0.5;
/** The outer share of a zone's radius over which its wind fades. */
const BORDER = 0.2;

/** Where the mean wind is not the same everywhere: what to add to it at a place. */
export class WindField {
  readonly #settings: WindFieldSettings;
  readonly #meanNed: Vector3;

  /** @param meanNed the mean at 10 m, m/s. */
  constructor(settings: WindFieldSettings, meanNed: Readonly<Vector3>) {
    this.#settings = settings;
    this.#meanNed = vector3(meanNed.x, meanNed.y, meanNed.z);
  }

  /** Adds what the place has beyond the mean to a wind, m/s NED. */
  blow(velocityNed: Vector3, { x: northM, y: eastM, z }: Readonly<Vector3>): void {
    const heightM = 0 - z;
    const { shearExponent, zones } = this.#settings;
    const grown = (Math.max(LEAST_HEIGHT_M, heightM) / REFERENCE_M) ** shearExponent - 1;
    velocityNed.x += grown * this.#meanNed.x;
    velocityNed.y += grown * this.#meanNed.y;
    for (const zone of zones) {
      const inside = (1 - zoneShare(zone, northM, eastM, heightM)) / BORDER;
      const share = Math.min(1, Math.max(0, inside));
      velocityNed.x += share * zone.northMps;
      velocityNed.y += share * zone.eastMps;
      velocityNed.z += share * zone.downMps;
    }
  }
}
