import { TRANSFER_EVENTS } from '../events/event-kinds.ts';
import type { NoticeBoard } from '../notice-board.ts';

/** What PX4's texts say of what its events say too. */
const TEXTS: Readonly<Record<Complaint, string>> = {
  timeout: 'Operation timeout',
  downloadIgnored: 'Mission download request ignored, already active',
  requestFromOther: 'WPM: REJ. CMD: partner id mismatch',
  requestWhileBusy: 'WPM: REJ. CMD: Busy',
  unexpectedRequest: 'WPM: REJ. CMD: Req. WP was unexpected',
  countWhileBusy: 'WPM: REJ. CMD: Busy',
  itemFromOther: 'REJ. MIS ITEM: partner id mismatch',
  itemWhileBusy: 'IGN MISSION_ITEM: Busy',
  itemWithoutTransfer: 'IGN MISSION_ITEM: No transfer',
  invalidItem: 'IGN MISSION_ITEM: Invalid item',
  ackFromOther: 'REJ. WP CMD: partner id mismatch',
  clearWhileBusy: 'WPM: IGN CLEAR CMD: Busy',
  currentWhileBusy: 'WPM: IGN WP CURR CMD: Busy',
  currentNotThere: 'WPM: WP CURR CMD: Not in list',
};

/** What can be wrong with a message of a mission transfer. */
export type Complaint =
  | Exclude<keyof typeof TRANSFER_EVENTS, 'wrongPartner'>
  | 'itemFromOther'
  | 'ackFromOther';

/** Tells everybody. */
export const complain = (notices: NoticeBoard, complaint: Complaint): void => {
  const fromOther = complaint === 'itemFromOther' || complaint === 'ackFromOther';
  const event = TRANSFER_EVENTS[fromOther ? 'wrongPartner' : complaint]();
  if (complaint === 'downloadIgnored') notices.inform(TEXTS[complaint], event);
  else notices.complain(TEXTS[complaint], event);
};
