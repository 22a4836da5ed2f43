import type { GoalId } from '#protocols/gossip/goal-id.ts';
import type { TaskState } from '#protocols/gossip/task-report.ts';

/** What the station knows of one drone; ages in seconds at the moment of the view. */
export interface DroneView {
  sysid: number;
  name: string;
  /** Seconds since anything was heard of it; null = never. */
  ageS: number | null;
  phase: string;
  armed: boolean;
  mode: string;
  latDeg: number;
  lonDeg: number;
  heightM: number;
  speedMps: number;
  batteryPercent: number;
  task: string | null;
  reason: string;
  /** What keeps it from flying, or soon may, the gravest first. */
  troubles: TroubleView[];
  planSource: string;
  model: string;
  goal: GoalId | null;
  /** Last directive obeyed: [issuer, number]. */
  directive: readonly [number, number] | null;
  taskDigest: number;
  logHead: string | null;
  /** The promised tube, [longitude, latitude, radius in m]. */
  intent: (readonly [number, number, number])[];
  /** Where it was, [longitude, latitude], oldest first, bounded. */
  trail: (readonly [number, number])[];
}

/** Something wrong with a drone, as said over the air. */
export interface TroubleView {
  /** For programs (protocols/trouble.ts). */
  code: string;
  severity: 'error' | 'warning';
  text: string;
  /** What to do about it, imperative. */
  remedy: string;
}

export interface CellView {
  row: number;
  column: number;
  posterior: number;
  looks: number;
  detections: number;
}

export interface FindingView {
  row: number;
  column: number;
  latDeg: number;
  lonDeg: number;
  confidence: number;
  looks: number;
  foundBy: string;
}

/** Everything that the station shows: the same for the map page, `skein status` and `skein watch`. */
export interface SwarmView {
  unixMs: number;
  swarm: string;
  station: string;
  mission: {
    name: string;
    goal: GoalId;
    /** Whose goal it is: who has the command. */
    operator: string;
    cancelled: boolean;
    elapsedS: number;
    cells: number;
    searchedFraction: number;
    complete: boolean;
  } | null;
  drones: DroneView[];
  tasks: Record<TaskState | 'open', number>;
  cells: CellView[];
  findings: FindingView[];
  link: { peers: number; bytesIn: number; bytesOut: number; rejected: number; lastReject: string };
  /** The last things that happened, newest last: times in Unix ms. */
  events: { unixMs: number; text: string }[];
}
