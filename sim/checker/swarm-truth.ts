import type { FlightMode } from '#protocols/mavlink/modes.ts';
import type { Vector3 } from '#protocols/vector.ts';
import type { Fence } from '../world/fence.ts';
import type { AgentTruth, GossipedHead, RevokedWord } from './agent-truth.ts';

/** One drone as it truly is at one moment: what no agent is asked for. */
export interface DroneTruth {
  sysid: number;
  /** Mission NED, m and m/s. */
  positionNed: Readonly<Vector3>;
  velocityNed: Readonly<Vector3>;
  onGround: boolean;
  mode: FlightMode;
  armed: boolean;
  /** 0..1. */
  batteryRemaining: number;
  /** When its pilot process last began; undefined while there is none. */
  pilotSinceMs: number | undefined;
  /** When its flight controller last began. */
  controllerSinceMs: number;
  /**
   * The setpoint that its agent sent last, when it came, and how old it then was by its
   * pilot's clock, ms; undefined before the first.
   */
  setpoint: { atMs: number; velocityNed: Readonly<Vector3>; ageMs: number } | undefined;
  /** Its GNSS receiver works, and has for {@link GNSS_SETTLED_MS}. */
  positionKnown: boolean;
  /** Task that it works on, from its own mind; null = none. */
  task: string | null;
  /** Its pilot has been given the abort that stands. */
  knowsAbort: boolean;
}

/** After GNSS comes back an estimator needs about as long until its position is the true one again. */
export const GNSS_SETTLED_MS = 10_000;

/** The limits that the operator signed. */
export interface SignedLimits {
  minSeparationM: number;
  maxSpeedMps: number;
  maxClimbMps: number;
  maxDescentMps: number;
  fence: Fence;
}

/** The whole swarm at one moment of an episode. */
export interface SwarmTruth {
  /** Simulated ms since the start. */
  nowMs: number;
  limits: SignedLimits;
  drones: readonly DroneTruth[];
  /** When an operator last ordered all to come home, and no goal since; undefined otherwise. */
  abortedMs: number | undefined;
  /** Who has had a usable path to the operator at every moment since then. */
  reachable: ReadonlySet<number>;
  /** Twice a second; undefined in between: looking into the agents costs more than looking at vehicles. */
  agents?: readonly AgentTruth[] | undefined;
  /** Members that have turned, and when: their word may be false. */
  liars?: ReadonlyMap<number, number> | undefined;
  /** Since the last look at the agents. */
  revokedWords?: readonly RevokedWord[] | undefined;
  heads?: readonly GossipedHead[] | undefined;
}
