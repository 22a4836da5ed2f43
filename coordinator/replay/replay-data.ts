import type { TraceData } from '#sim/episode/episode-trace.ts';

/** One thing that happened, for the list. */
export interface Happening {
  atMs: number;
  kind: 'violation' | 'fault' | 'operator' | 'mode' | 'task' | 'finding';
  text: string;
  /** Whom it befell or who did it. */
  sysids: readonly number[];
}

/** Something that held for a while: drawn over the slider, and on the map where it has a place. */
export interface Trouble {
  atMs: number;
  endMs: number;
  text: string;
  place?: { northM: number; eastM: number; radiusM: number } | undefined;
}

interface Spot {
  northM: number;
  eastM: number;
}

/** All that a replay's page shows; metres from the mission's origin, simulated ms. */
export interface ReplayData {
  title: string;
  seed: number;
  /** What to type to see the same. */
  command: string;
  digest: string;
  endMs: number;
  fence: Spot[];
  ceilingM: number;
  area: Spot[][];
  obstacles: (Spot & {
    heightM: number;
    radiusM?: number;
    northSideM?: number;
    eastSideM?: number;
  })[];
  targets: Spot[];
  homes: (Spot & { sysid: number })[];
  trace: TraceData;
  troubles: Trouble[];
  happenings: Happening[];
}
