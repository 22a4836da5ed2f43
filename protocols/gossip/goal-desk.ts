import type { PayloadByTopic } from '../channel/mesh-messages.ts';
import type { DirectiveKind } from './directive.ts';
import type { GoalId } from './goal-id.ts';
import type { MeshMember } from './mesh-member.ts';
import { queuePublish, signSafety } from './mesh-publish.ts';
import { MAX_ANSWERS, orderTag, type OrderTag } from './order-tag.ts';
import { entriesOf, isStopEntry, newestGoal } from './registers.ts';
import { memberById } from './roster.ts';
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
      const sequence = memberById(member.admission.roster, issuer)?.precedence ?? 0;
      const kept = newestGoal(member.admission.registers)?.goal;
      const epoch = 1 + Math.max(newest?.epoch ?? 0, kept?.epoch ?? 0);
      const id: GoalId = { issuer, epoch, sequence };
      const fleet = member.admission.roster.members
        .filter((one) => one.role === 'drone')
        .map((one) => one.id);
      const limits = { ...safetyEnvelopeOf(mission, id, fleet), answers: answersOf(member, nowMs) };
      const safety = signSafety(member, limits, nowMs);
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
      const directive = { kind, targets, confirmed, number, answers: answersOf(member, nowMs) };
      queuePublish(member, { topic: 'directive', payload: directive }, nowMs, true);
      return directive;
    },
  };
};

/** Sooner nobody reacts to what a station shows: an order given in that time was given at once with it. */
const NOTICED_AFTER_MS = 1000;

/**
 * The directives of other operators that no goal has ended, aborts and then the newest first: what is
 * ordered now is said over them.
 */
const answersOf = ({ admission: { registers, self } }: MeshMember, nowMs: number): OrderTag[] =>
  entriesOf(registers, 'directive')
    .filter(({ author, receivedMs }) => author !== self && nowMs - receivedMs >= NOTICED_AFTER_MS)
    .sort((a, b) => Number(isStopEntry(b)) - Number(isStopEntry(a)) || b.order - a.order)
    .slice(0, MAX_ANSWERS)
    .map(({ bytes }) => orderTag(bytes));
