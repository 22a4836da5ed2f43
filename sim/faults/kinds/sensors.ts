import { z } from 'zod';

import { radiansFromDegrees } from '#protocols/units.ts';
import type { SensorError } from '../../sensors/sensor-errors.ts';
import { faultKind, forMs, sysid, type ActiveFault, type FaultScene } from '../fault-kind.ts';
import { around, between, pick } from '../draws.ts';
import { rampUp } from '../ramp.ts';

/** An estimator follows a sensor that goes wrong within about this, ms. */
const FOLLOWS_MS = 2000;

/** The barometer's height is off, as when pressure changes or air blows past its port. */
export const BAROMETER = faultKind(
  'barometer',
  { sysid, downM: z.number().min(-100).max(100), forMs },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      downM: around(4, random),
      forMs: between(5000, 40_000, random),
    }),
    begin: ({ sysid: id, downM, atMs }, scene) =>
      disturb(scene, id, (nowMs) => {
        const share = rampUp(nowMs - atMs, FOLLOWS_MS);
        const grows = share < 1 ? (1000 * downM) / FOLLOWS_MS : 0;
        return { downM: share * downM, downMps: grows };
      }),
  },
);

/** The magnetometer is drawn aside, as beside a steel roof. */
export const MAGNETOMETER = faultKind(
  'magnetometer',
  { sysid, yawDeg: z.number().min(-180).max(180), forMs },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      yawDeg: around(40, random),
      forMs: between(5000, 40_000, random),
    }),
    begin: ({ sysid: id, yawDeg, atMs }, scene) =>
      disturb(scene, id, (nowMs) => ({
        yawRad: radiansFromDegrees(yawDeg) * rampUp(nowMs - atMs, FOLLOWS_MS),
      })),
  },
);

const speedMps = z.number().min(-20).max(20);

/** An accelerometer's bias, as far as it stays in the estimator's velocity. */
export const ACCELEROMETER = faultKind(
  'accelerometer',
  { sysid, northMps: speedMps, eastMps: speedMps, downMps: speedMps, forMs },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      northMps: around(0.6, random),
      eastMps: around(0.6, random),
      downMps: around(0.3, random),
      forMs: between(5000, 40_000, random),
    }),
    begin: ({ sysid: id, northMps, eastMps, downMps, atMs }, scene) =>
      disturb(scene, id, (nowMs) => {
        const share = rampUp(nowMs - atMs, FOLLOWS_MS);
        return { northMps: share * northMps, eastMps: share * eastMps, downMps: share * downMps };
      }),
  },
);

const FAILURES = ['blind', 'stuck', 'ghosts'] as const;

/** The ring of ranges sees nothing, the same for ever, or what is not there. */
export const RANGE = faultKind(
  'range',
  { sysid, failure: z.enum(FAILURES), forMs },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      failure: pick(FAILURES, random),
      forMs: between(5000, 40_000, random),
    }),
    begin: ({ sysid: id, failure }, { episode, hold }) => {
      const ring = episode.vehicle(id)?.ring;
      if (ring === undefined) return;
      const release = hold(`range-${id}`);
      ring.failure = failure;
      return {
        end: () => {
          if (release()) ring.failure = undefined;
        },
      };
    },
  },
);

const disturb = (
  { episode, name }: FaultScene,
  id: number,
  errorAt: (nowMs: number) => SensorError,
): ActiveFault => {
  const errors = episode.vehicle(id)?.sensorErrors;
  return {
    step: (nowMs) => errors?.set(name, errorAt(nowMs)),
    end: () => errors?.set(name, undefined),
  };
};
