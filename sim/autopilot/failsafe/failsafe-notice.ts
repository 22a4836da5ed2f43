import { MavSeverity } from 'mavlink-mappings/dist/lib/common.js';
import { customModeOf } from '#protocols/mavlink/modes.ts';
import { FAILSAFE_EVENTS as EVENTS } from '../events/event-kinds.ts';
import type { RaisedEvent } from '../events/raised-event.ts';
import type { NoticeBoard } from '../notice-board.ts';
import type { FailsafeNews } from './failsafe.ts';
import { actionNumber } from './response.ts';
import type { Cause } from './troubles.ts';

/** PX4's failsafe_cause; what it has no number for is generic. */
const CAUSES: Readonly<Partial<Record<Cause, number>>> = {
  gcsLost: 2,
  batteryLow: 3,
  batteryCritical: 4,
  batteryEmergency: 5,
};

const GENERIC = 0;

const warning = ({ cause, intendedMode }: FailsafeNews): RaisedEvent => {
  const number = cause === undefined ? GENERIC : (CAUSES[cause] ?? GENERIC);
  if (cause === 'batteryLow') return EVENTS.batteryLow();
  if (cause === 'batteryCritical') return EVENTS.batteryCritical();
  if (cause === 'batteryEmergency') return EVENTS.batteryEmergency();
  const mode = customModeOf(intendedMode);
  return number === GENERIC ? EVENTS.genericWarn(mode) : EVENTS.warn(mode, number);
};

const eventOf = (news: FailsafeNews, delayS: number): RaisedEvent => {
  const { action, putOff, cause, intendedMode } = news;
  if (action === 'warn') return warning(news);
  const mode = customModeOf(intendedMode);
  const number = cause === undefined ? GENERIC : (CAUSES[cause] ?? GENERIC);
  const chosen = actionNumber(putOff === 'none' ? action : putOff);
  if (putOff === 'none') {
    return number === GENERIC ? EVENTS.genericAct(mode, chosen) : EVENTS.act(mode, chosen, number);
  }
  return number === GENERIC
    ? EVENTS.genericHover(mode, chosen, delayS)
    : EVENTS.hover(mode, chosen, delayS, number);
};

/** Says what a failsafe does and why. */
export const announceFailsafe = (
  notices: NoticeBoard,
  news: FailsafeNews,
  delayS: number,
): void => {
  if (news.kind === 'takenOver') {
    notices.raise(EVENTS.takenOver());
    return;
  }
  const text =
    news.putOff === 'none'
      ? 'Failsafe activated'
      : `Failsafe activated: entering Hold for ${delayS} seconds`;
  notices.say(MavSeverity.CRITICAL, text, eventOf(news, delayS));
};
