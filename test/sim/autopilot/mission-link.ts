import {
  MavCmd,
  MavMissionResult,
  MissionAck,
  type MavMissionType,
  type MissionCount,
  type MissionItem,
  type MissionItemInt,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { MissionTransfer } from '#sim/autopilot/mission/mission-transfer.ts';
import { NoticeBoard } from '#sim/autopilot/notice-board.ts';
import { PlanStore } from '#sim/autopilot/mission/plan-store.ts';
import {
  ackMessage,
  answerUpload,
  countMessage,
  listMessage,
  requestMessage,
  type ItemSketch,
} from './mission-client.ts';

export const CLIENT = { sysid: 245, compid: 191 };
export const OTHER = { sysid: 255, compid: 190 };
export const waypoint = (z: number): ItemSketch => ({
  command: MavCmd.NAV_WAYPOINT,
  params: [0, 2, 0, Number.NaN],
  x: 473_977_000,
  y: 85_456_000,
  z,
});

/** Through bytes and back, as every message comes. */
const overWire = (message: MavLinkData): MavLinkData => {
  const framer = new Framer();
  framer.push(new Encoder(1, 1).encode(message));
  return decode(framer.next()!)!;
};

/** The vehicle's side of one link with its clock in the test's hands. */
export class Link {
  readonly plans: PlanStore;
  readonly sent: MavLinkData[] = [];
  readonly notices = new NoticeBoard();
  readonly transfer: MissionTransfer;
  nowMs = 0;

  constructor(plans = new PlanStore()) {
    this.plans = plans;
    this.transfer = new MissionTransfer({
      sysid: 7,
      compid: 1,
      plans,
      send: (message) => this.sent.push(overWire(message)),
      notices: this.notices,
    });
  }

  tell(message: MavLinkData, from = CLIENT): void {
    this.transfer.receive(overWire(message), from);
  }

  pass(ms: number): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs;) {
      this.nowMs += 4;
      this.transfer.step(this.nowMs);
    }
  }

  take(): MavLinkData[] {
    return this.sent.splice(0);
  }

  upload(items: readonly ItemSketch[], type: MavMissionType): MissionAck {
    this.tell(countMessage(items.length, type));
    for (let turn = 0; turn <= items.length; turn += 1) {
      const message = this.take().at(-1);
      if (message instanceof MissionAck) return message;
      const answer = message && answerUpload(message, items);
      if (answer !== undefined) this.tell(answer);
    }
    throw new Error('the upload did not end');
  }

  download(type: MavMissionType): (MissionItem | MissionItemInt)[] {
    this.tell(listMessage(type));
    const { count } = this.take().at(-1) as MissionCount;
    const items = Array.from({ length: count }, (_, seq) => {
      this.tell(requestMessage(seq, type));
      return this.take().at(-1) as MissionItemInt;
    });
    this.tell(ackMessage(MavMissionResult.ACCEPTED, type));
    return items;
  }
}
