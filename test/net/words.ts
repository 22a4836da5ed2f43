import type { PayloadByTopic } from '#protocols/channel/mesh-messages.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import { encodeKnots } from '#protocols/gossip/intent.ts';

import { seededRandom } from '#protocols/random.ts';
import { FIRST_OPERATOR } from './enrolment.ts';

/** Before any goal was heard. */
export const NO_GOAL: GoalId = { issuer: FIRST_OPERATOR, epoch: 0, sequence: 0 };
const KNOTS = 16;

/** A drone's promise of the next three seconds, on its way along a circle. */
export const intentAt = (
  goal: GoalId,
  self: number,
  planId: number,
  startMs: number,
): PayloadByTopic['intent'] => {
  const knots = Array.from({ length: KNOTS }, (_, index) => {
    const angle = (startMs / 1000 + 0.2 * index) / 5;
    return {
      x: 40 * Math.cos(angle) + 20 * self,
      y: 40 * Math.sin(angle),
      z: -20 - self,
      radiusM: 1 + 0.1 * index,
    };
  });
  return {
    goal,
    planId,
    startMs,
    knotMs: 200,
    ...encodeKnots(knots),
    considered: new Uint8Array(8),
  };
};

export const claimOf = (
  goal: GoalId,
  owner: number,
  task: string,
): PayloadByTopic['taskReport'] => ({
  goal,
  task,
  claimEpoch: 1,
  owner,
  state: 'claimed',
  evidence: '',
});

/** In place of a model's weights. */
export const drawnContent = (seed: number, length: number): Uint8Array => {
  const random = seededRandom(seed);
  return Uint8Array.from({ length }, () => 256 * random.uniform());
};

/** Of the list of tasks that all drones work on. */
export const commonTask = (index: number): string => `lane:0:${index}`;
