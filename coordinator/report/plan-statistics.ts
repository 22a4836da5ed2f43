import { createHistogram } from 'node:perf_hooks';

import { unpackRecord } from '#protocols/log/record-pack.ts';
import * as z from 'zod';

/** What the record of one plan says, as far as the summary needs it. */
const planSchema = z.looseObject({
  source: z.enum(['model', 'analytic', 'safe', 'none']),
  planMs: z.number().nonnegative(),
  tripped: z.boolean(),
});

export type PlanFacts = z.infer<typeof planSchema>;

/** Trajectories flown and plans heard by one drone or by all. */
export interface PlanStatistics {
  readonly plans: number;
  /** Plans on which the model's disagreement or residual test tripped. */
  readonly trips: number;
  add(plan: PlanFacts): void;
  /** Null without any plan. */
  percentileMs(share: number): number | null;
  /** Share of the plans that the learned model made. */
  modelShare(): number | null;
}

/** Undefined for a payload that is no plan. */
export const readPlan = (payload: Uint8Array): PlanFacts | undefined =>
  planSchema.safeParse(unpackRecord(payload)).data;

const US_PER_MS = 1000;

export const emptyPlanStatistics = (): PlanStatistics => {
  const times = createHistogram();
  let plans = 0;
  let byModel = 0;
  let trips = 0;
  return {
    get plans() {
      return plans;
    },
    get trips() {
      return trips;
    },
    add: (plan) => {
      if (plan.tripped) trips += 1;
      if (plan.source !== 'none') plans += 1;
      if (plan.source === 'model') byModel += 1;
      // A safe plan has no planning time worth the name.
      if (plan.planMs > 0) times.record(Math.max(1, Math.round(plan.planMs * US_PER_MS)));
    },
    percentileMs: (share) => (times.count === 0 ? null : times.percentile(share * 100) / US_PER_MS),
    modelShare: () => (plans === 0 ? null : byModel / plans),
  };
};
