import type { PayloadByTopic } from '../channel/mesh-messages.ts';
import type { DirectiveKind } from './directive.ts';
import type { GoalId } from './goal-id.ts';
import { compareGoalIds } from './goal-order.ts';
import type { MeshMember } from './mesh-member.ts';
import { queuePublish, signSafety } from './mesh-publish.ts';
import type { Mission } from '../mission/mission.ts';
import { safetyEnvelopeOf } from '../mission/safety.ts';

/** Long enough for a drone that is switched on late; a goal is not for tomorrow. */
const EXPIRES_AFTER_S = 3600;

/** Directive numbers start here: tenths of a second since 2020 grow across restarts and fit 32 bits. */
const DECISECONDS_2020 = 15_778_368_000;

/** Writes goals and directives in the operator's name, each newer than any known. */
export interface GoalDesk {
  /** Signs and queues; returns the goal so that the station hears itself. */
  start(mission: Mission, newest: GoalId | undefined, nowMs: number): PayloadByTopic['goal'];
  direct(
    kind: DirectiveKind,
    targets: number[],
    confirmed: boolean,
    nowMs: number,
  ): PayloadByTopic['directive'];
}

export const createGoalDesk = (member: MeshMember, unixMs: number): GoalDesk => {
  let number = Math.floor(unixMs / 100) - DECISECONDS_2020;
  return {
    start: (mission, newest, nowMs) => {
      const issuer = member.admission.self;
      let id: GoalId = { issuer, epoch: 1, sequence: 0 };
      if (newest !== undefined && compareGoalIds(id, newest) <= 0) {
        id = { issuer, epoch: newest.epoch + 1, sequence: 0 };
      }
      const fleet = member.admission.roster.members
        .filter((one) => one.role === 'drone')
        .map((one) => one.id);
      const safety = signSafety(member, safetyEnvelopeOf(mission, id, fleet), nowMs);
      const goal = {
        id,
        expiresAfterS: EXPIRES_AFTER_S,
        cancelled: false,
        mission,
        safety: Uint8Array.from(safety),
      };
      queuePublish(member, { topic: 'goal', payload: goal }, nowMs, true);
      return goal;
    },
    direct: (kind, targets, confirmed, nowMs) => {
      number += 1;
      const directive = { kind, targets, confirmed, number };
      queuePublish(member, { topic: 'directive', payload: directive }, nowMs, true);
      return directive;
    },
  };
};
