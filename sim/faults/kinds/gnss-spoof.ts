import { z } from 'zod';

import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { Vehicle } from '../../vehicle.ts';
import { faultKind, forMs, sysid, type ActiveFault, type FaultScene } from '../fault-kind.ts';
import { between, pick } from '../draws.ts';

const apartM = z.number().min(-10_000).max(10_000);
const speedMps = z.number().min(-50).max(50);

/** A false signal that is somewhere else at once: its Doppler is true. */
export const GNSS_STEP = faultKind(
  'gnss-step',
  { sysid, northM: apartM, eastM: apartM, forMs },
  {
    draw: ({ sysids }, random) => {
      const awayM = between(6, 60, random);
      const headingRad = 2 * Math.PI * random.uniform();
      return {
        sysid: pick(sysids, random),
        northM: awayM * Math.cos(headingRad),
        eastM: awayM * Math.sin(headingRad),
        forMs: between(5000, 40_000, random),
      };
    },
    begin: ({ sysid: id, northM, eastM }, scene) =>
      deceive(scene, id, () => [vector3(northM, eastM, 0), vector3(0, 0, 0)]),
  },
);

/** A false signal that draws away slowly, place and Doppler alike: no innovation shows it. */
export const GNSS_DRIFT = faultKind(
  'gnss-drift',
  { sysid, northMps: speedMps, eastMps: speedMps, forMs },
  {
    draw: ({ sysids }, random) => {
      const awayMps = 0.2 + 0.8 * random.uniform();
      const headingRad = 2 * Math.PI * random.uniform();
      return {
        sysid: pick(sysids, random),
        northMps: awayMps * Math.cos(headingRad),
        eastMps: awayMps * Math.sin(headingRad),
        forMs: between(5000, 40_000, random),
      };
    },
    begin: ({ sysid: id, northMps, eastMps, atMs }, scene) =>
      deceive(scene, id, (nowMs) => {
        const seconds = (nowMs - atMs) / 1000;
        return [vector3(northMps * seconds, eastMps * seconds, 0), vector3(northMps, eastMps, 0)];
      }),
  },
);

type Lie = (nowMs: number) => [offsetNed: Vector3, velocityNed: Vector3];

/** A receiver follows one false signal: of two the later. */
const deceive = ({ episode }: FaultScene, id: number, lieAt: Lie): ActiveFault => {
  const vehicle: Vehicle | undefined = episode.vehicle(id);
  let own: object | undefined;
  return {
    step: (nowMs) => {
      if (vehicle === undefined) return;
      const [offsetNed, velocityNed] = lieAt(nowMs);
      own = vehicle.sensorErrors.lie = { offsetNed, velocityNed };
    },
    end: () => {
      if (vehicle?.sensorErrors.lie === own && vehicle !== undefined) {
        vehicle.sensorErrors.lie = undefined;
      }
    },
  };
};
