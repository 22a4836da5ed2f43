import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { Neighbour } from '#protocols/channel/neighbours.ts';
import type { Estimate } from '../estimate/estimate.ts';
import type { Aircraft } from '../estimate/traffic.ts';
import type { Limits } from './limits.ts';

/**
 * All that the guard looks at in one tick. The pilot fills one object again and again; frames: mission
 * NED, times: monotonic ms of this machine, −∞ = never.
 */
export interface Situation {
  nowMs: number;
  /** Since the last tick, s, bounded. */
  dtS: number;
  estimate: Readonly<Estimate>;
  limits: Limits | undefined;
  /** What the accepted trajectory says for now; meaningless unless `planFresh`. */
  planVelocityNed: Vector3;
  planFresh: boolean;
  /** The operator's hold directive is in force. */
  operatorHold: boolean;
  /** When the mind was last heard (order or trajectory). */
  mindHeardMs: number;
  /** When the autopilot was last heard. */
  vehicleHeardMs: number;
  /** When an operator was last heard over the mesh, or the goal came, whichever is later. */
  operatorHeardMs: number;
  /** Share left, 0–1; NaN = not known. */
  batteryRemaining: number;
  /** Share per second, 1/s. */
  dischargePerS: number;
  neighbours: readonly Neighbour[];
  /** Aircraft by transponder. */
  traffic: readonly Aircraft[];
}

export const emptySituation = (estimate: Readonly<Estimate>): Situation => ({
  nowMs: 0,
  dtS: 0.02,
  estimate,
  limits: undefined,
  planVelocityNed: vector3(0, 0, 0),
  planFresh: false,
  operatorHold: false,
  mindHeardMs: Number.NEGATIVE_INFINITY,
  vehicleHeardMs: Number.NEGATIVE_INFINITY,
  operatorHeardMs: Number.NEGATIVE_INFINITY,
  batteryRemaining: Number.NaN,
  dischargePerS: 1 / 600,
  neighbours: [],
  traffic: [],
});
