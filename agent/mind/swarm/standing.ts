import { STANDING_DIRECTIVES } from '#protocols/channel/pilot-status.ts';
import { pilotPhaseOf } from '../flight/vehicle.ts';
import type { Mind } from '../state.ts';
import { isWorking } from './members.ts';

/** A payload that said nothing for so long is taken for dead. */
const PAYLOAD_SILENT_MS = 5000;

/** True while the own camera reports; without it no look counts, so no search task may be held. */
export const hasEyes = (mind: Mind, nowMs: number): boolean =>
  mind.options.hasPayload && nowMs - mind.payloadMs <= PAYLOAD_SILENT_MS;

/** True while an operator's hold is in force here: which of several operators counts, the pilot knows. */
export const isHeld = ({ vehicle }: Mind): boolean =>
  STANDING_DIRECTIVES[vehicle.status?.values.standing ?? 0] === 'hold' &&
  pilotPhaseOf(vehicle) === 'holding';

/** True while this drone may hold tasks itself. */
export const isSelfWorking = (mind: Mind, nowMs: number): boolean =>
  (mind.phase === 'queue' || mind.phase === 'climb' || mind.phase === 'work') &&
  mind.over === '' &&
  hasEyes(mind, nowMs);

/** Whether a member may hold tasks of the present goal. */
export const mayWin = (mind: Mind, member: number, nowMs: number): boolean => {
  const { goal, options, members } = mind;
  if (goal === null || !goal.fleet.includes(member) || mind.liars.has(member)) return false;
  return member === options.sysid
    ? isSelfWorking(mind, nowMs)
    : isWorking(members, member, goal.id, nowMs);
};
