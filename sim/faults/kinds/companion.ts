import { z } from 'zod';

import { faultKind, forMs, sysid } from '../fault-kind.ts';
import { between, pick } from '../draws.ts';

const PROCESSES = ['pilot', 'mind', 'mesh', 'recorder'] as const;

/** SIGKILL; the supervisor starts it again. */
export const KILL = faultKind(
  'kill',
  { sysid, process: z.enum(PROCESSES) },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      process: pick(PROCESSES, random),
    }),
    begin: (fault, { episode }) => {
      const drone = episode.drone(fault.sysid);
      if (drone?.isRunning(fault.process) === true) drone.kill(fault.process);
    },
  },
);

/** The companion computer is gone for good: burnt, or the supervisor with all it started. */
export const LOST_COMPANION = faultKind(
  'lost-companion',
  { sysid },
  {
    draw: ({ sysids }, random) => ({ sysid: pick(sysids, random) }),
    begin: (fault, { episode }) => episode.drone(fault.sysid)?.kill(),
  },
);

/** The planner's thread takes this much longer for as long. */
export const STALL = faultKind(
  'stall',
  { sysid, byMs: z.int().min(1).max(60_000), forMs },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      byMs: between(100, 5000, random),
      forMs: between(500, 5000, random),
    }),
    begin: ({ sysid: id, byMs }, { episode, name }) => {
      episode.drone(id)?.stallPlanner(name, byMs);
      return { end: () => episode.drone(id)?.stallPlanner(name, 0) };
    },
  },
);

/** The camera falls silent for good. */
export const CAMERA = faultKind(
  'camera',
  { sysid },
  {
    draw: ({ sysids }, random) => ({ sysid: pick(sysids, random) }),
    begin: (fault, { episode }) => episode.drone(fault.sysid)?.loseCamera(),
  },
);

/** The wall clock of a companion is set on or back. */
export const CLOCK = faultKind(
  'clock',
  { sysid, byMs: z.int().min(-31_536_000_000).max(31_536_000_000) },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      byMs: between(-3_600_000, 3_600_000, random),
    }),
    begin: ({ sysid: id, byMs }, { episode }) => episode.drone(id)?.clock.shiftWallClock(byMs),
  },
);
