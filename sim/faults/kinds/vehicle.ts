import { z } from 'zod';

import { faultKind, forMs, sysid } from '../fault-kind.ts';
import { around, between, pick } from '../draws.ts';

/** The GNSS receiver is dead for a while. */
export const GNSS = faultKind(
  'gnss',
  { sysid, forMs },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      forMs: between(1000, 30_000, random),
    }),
    begin: ({ sysid: id }, { episode, hold }) => {
      const release = hold(`gnss-${id}`);
      episode.vehicle(id)?.injure({ kind: 'gnss', works: false });
      return {
        end: () => {
          if (release()) episode.vehicle(id)?.injure({ kind: 'gnss', works: true });
        },
      };
    },
  },
);

/** The pack drops to this charge, 0..1; it never gains any. */
export const BATTERY = faultKind(
  'battery',
  { sysid, remaining: z.number().min(0).max(1) },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      remaining: 0.05 + 0.5 * random.uniform(),
    }),
    begin: (fault, { episode }) => {
      const vehicle = episode.vehicle(fault.sysid);
      const remaining = Math.min(vehicle?.battery.remaining() ?? 1, fault.remaining);
      vehicle?.injure({ kind: 'battery', remaining });
    },
  },
);

/** The flight controller starts anew: motors off for as long. */
export const REBOOT = faultKind(
  'reboot',
  { sysid },
  {
    draw: ({ sysids }, random) => ({ sysid: pick(sysids, random) }),
    begin: (fault, { episode }) => episode.vehicle(fault.sysid)?.injure({ kind: 'reboot' }),
  },
);

/** Bits flip on the serial line between flight controller and companion, both ways. */
export const SERIAL_NOISE = faultKind(
  'serial-noise',
  { sysid, bitErrorRate: z.number().min(1e-7).max(0.5), forMs },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      // Every order of magnitude alike.
      bitErrorRate: 10 ** (-4 + 2 * random.uniform()),
      forMs: between(1000, 30_000, random),
    }),
    begin: ({ sysid: id, bitErrorRate }, { episode, random, hold }) => {
      const release = hold(`line-${id}`);
      episode.setLineNoise(id, bitErrorRate, random);
      return {
        end: () => {
          if (release()) episode.setLineNoise(id, 0, random);
        },
      };
    },
  },
);

const jumpM = z.number().min(-1000).max(1000);

/** The estimator's frame jumps; the vehicle does not. */
export const ESTIMATOR = faultKind(
  'estimator',
  { sysid, northM: jumpM, eastM: jumpM, downM: jumpM },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      northM: around(20, random),
      eastM: around(20, random),
      downM: around(5, random),
    }),
    begin: ({ sysid: id, northM, eastM, downM }, { episode }) =>
      episode.vehicle(id)?.injure({
        kind: 'estimateReset',
        northM,
        eastM,
        downM,
        yawDeg: 0,
        origin: 'moves',
      }),
  },
);
