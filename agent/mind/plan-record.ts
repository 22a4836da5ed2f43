import { pack } from 'msgpackr';

import type { PlanAnswer } from './plan-port.ts';
import type { MindOutbox } from './state.ts';

/**
 * The record of a tick that set the drone a trajectory or heard from the planner: what flies, who
 * imagined it, how sure it was, what was rejected. Undefined for a tick without either.
 */
export const encodePlanRecord = (
  answer: PlanAnswer | null,
  outbox: MindOutbox,
): Uint8Array | undefined => {
  const { trajectory, note } = outbox;
  if (answer === null && trajectory === null) return undefined;
  return pack({
    planId: trajectory?.planId ?? answer?.requestId,
    source: trajectory?.source ?? 'none',
    flag: note.flag,
    planMs: answer?.planMs ?? 0,
    model: answer?.model ?? '',
    disagreement: answer?.disagreement ?? 0,
    threshold: answer?.threshold ?? 0,
    tripped: answer?.tripped ?? false,
    reason: answer?.reason ?? '',
    bestCost: answer?.bestCost ?? 0,
    rejectedCosts: answer?.rejected.map((rollout) => rollout.cost) ?? [],
    digest: answer?.digest ?? '',
  });
};
