import { z } from 'zod';

import { faultKind, forMs, sysid } from '../fault-kind.ts';
import { around, between, pick } from '../draws.ts';

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

/** SIGKILL, and the next start takes long: a slow card, no compiled code in the cache. */
export const SLOW_RESTART = faultKind(
  'slow-restart',
  { sysid, process: z.enum(PROCESSES), byMs: z.int().min(1).max(600_000) },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      process: pick(PROCESSES, random),
      byMs: between(1000, 15_000, random),
    }),
    begin: (fault, { episode }) => {
      const drone = episode.drone(fault.sysid);
      if (drone?.isRunning(fault.process) !== true) return;
      drone.holdUp(fault.process, fault.byMs);
      drone.kill(fault.process);
    },
  },
);

/** From the power's return to the supervisor's start: a small computer's boot, ms. */
const BOOT_MS = { least: 4000, spread: 8000 };

/**
 * The companion computer loses its power, and what its disk had not synced; `forMs` later the power is
 * back and it boots.
 */
export const POWER = faultKind(
  'power',
  { sysid, forMs },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      forMs: between(BOOT_MS.least, 20_000, random),
    }),
    begin: (fault, { episode, random, hold }) => {
      const drone = episode.drone(fault.sysid);
      const release = hold(`power-${fault.sysid}`);
      drone?.losePower(random);
      return {
        end: () => {
          if (release()) drone?.boot(BOOT_MS.least + BOOT_MS.spread * random.uniform());
        },
      };
    },
  },
);

/** Nothing more can be written to the companion's disk. */
export const DISK_FULL = faultKind(
  'disk-full',
  { sysid, forMs },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      forMs: between(2000, 60_000, random),
    }),
    begin: (fault, { episode, hold }) => {
      const storage = episode.drone(fault.sysid)?.storage;
      if (storage === undefined) return;
      const release = hold(`disk-${fault.sysid}`);
      storage.isFull = true;
      return {
        end: () => {
          if (release()) storage.isFull = false;
        },
      };
    },
  },
);

/** The companion's crystal runs fast or slow by this from now on. */
export const SKEW = faultKind(
  'skew',
  { sysid, skewPpm: z.number().min(-1000).max(1000) },
  {
    draw: ({ sysids }, random) => ({ sysid: pick(sysids, random), skewPpm: around(200, random) }),
    begin: ({ sysid: id, skewPpm }, { episode }) => episode.drone(id)?.clock.setSkew(skewPpm),
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
