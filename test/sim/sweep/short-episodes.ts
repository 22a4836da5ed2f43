import { loadMission } from '#coordinator/mission/load.ts';
import type { FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';

/** One drone that is still on its way up: a second of work. */
export const SHORT: FuzzSettings = {
  mission: loadMission('missions/search-irchel-corner.yaml'),
  drones: 1,
  kinds: ['kill', 'gnss'],
  samples: 32,
  untilMs: 9000,
};

export const SWEEP = '0123456789abcdef';
