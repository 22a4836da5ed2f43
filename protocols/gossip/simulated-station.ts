import { createDialPlan, type DialPlan } from './dial-plan.ts';
import type { MeshHandlers } from './mesh.ts';
import type { Roster } from './roster.ts';
import { SimulatedGossip } from './simulated-gossip.ts';

/** One member on the simulated air. */
export interface Station {
  member: number;
  roster: Roster;
  handlers: MeshHandlers;
  gossip: SimulatedGossip;
  linked: Set<number>;
  dials: DialPlan;
  dialling: Set<number>;
  count: { bytesIn: number; bytesOut: number };
}

export const newStation = (member: number, roster: Roster, handlers: MeshHandlers): Station => ({
  member,
  roster,
  handlers,
  gossip: new SimulatedGossip(),
  linked: new Set(),
  dials: createDialPlan(),
  dialling: new Set(),
  count: { bytesIn: 0, bytesOut: 0 },
});
