import { z } from 'zod';

import { vector3 } from '#protocols/vector.ts';
import { faultKind, forMs, sysid } from '../fault-kind.ts';
import { around, between, pick } from '../draws.ts';
import { rampUp } from '../ramp.ts';

const windMps = z.number().min(-40).max(40);

/** How long a front takes to arrive and to pass, ms. */
const FRONT_MS = 1500;

/** More wind for everyone, on top of the scenario's: a squall, or weather that nobody trained for. */
export const WIND = faultKind(
  'wind',
  { northMps: windMps, eastMps: windMps, downMps: windMps, forMs },
  {
    draw: (_scene, random) => {
      const speedMps = between(4, 12, random);
      const headingRad = 2 * Math.PI * random.uniform();
      return {
        northMps: speedMps * Math.cos(headingRad),
        eastMps: speedMps * Math.sin(headingRad),
        downMps: around(1.5, random),
        // Half of them are gusts.
        forMs: random.uniform() < 0.5 ? between(3000, 6000, random) : between(6000, 40_000, random),
      };
    },
    begin: ({ northMps, eastMps, downMps, atMs, forMs: lastsMs }, { episode, name }) => ({
      step: (nowMs) => {
        const sinceMs = nowMs - atMs;
        const share = Math.min(rampUp(sinceMs, FRONT_MS), rampUp(lastsMs - sinceMs, FRONT_MS));
        const front = vector3(share * northMps, share * eastMps, share * downMps);
        for (const { sysid: id } of episode.drones) episode.vehicle(id)?.wind.setFront(name, front);
      },
      end: () => {
        for (const { sysid: id } of episode.drones) {
          episode.vehicle(id)?.wind.setFront(name, undefined);
        }
      },
    }),
  },
);

/** The vehicle takes something up or lets it fall: its mass is this share of the airframe's from now on. */
export const PAYLOAD = faultKind(
  'payload',
  { sysid, massShare: z.number().min(0.3).max(3) },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      massShare: 1 + around(0.3, random),
    }),
    begin: ({ sysid: id, massShare }, { episode }) => {
      const quadrotor = episode.vehicle(id)?.quadrotor;
      if (quadrotor !== undefined) quadrotor.massKg = massShare * quadrotor.parameters.massKg;
    },
  },
);

/** One motor loses thrust for good: a chipped propeller, a worn bearing. */
export const MOTOR = faultKind(
  'motor',
  { sysid, motor: z.int().min(1).max(4), health: z.number().min(0).max(1) },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      motor: between(1, 4, random),
      health: 0.65 + 0.3 * random.uniform(),
    }),
    begin: ({ sysid: id, motor, health }, { episode }) => {
      const motors = episode.vehicle(id)?.quadrotor.motorHealth;
      if (motors !== undefined) motors[motor - 1] = Math.min(health, motors[motor - 1]!);
    },
  },
);
