import {
  MavMissionResult,
  MavMissionType,
  MissionAck,
  MissionClearAll,
  MissionCount,
  MissionItem,
  MissionItemInt,
  MissionRequest,
  MissionRequestInt,
  MissionRequestList,
  MissionSetCurrent,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { NoticeBoard } from '../notice-board.ts';
import type { PlanItem } from './plan-item.ts';
import { isPlanKind, MOST_ITEMS, type PlanStore } from './plan-store.ts';
import { PlanUpload } from './plan-upload.ts';
import { complain, type Complaint } from './transfer-complaints.ts';
import {
  ackMessage,
  countMessage,
  isAddressedTo,
  itemMessage,
  requestMessage,
  type Partner,
} from './transfer-messages.ts';

/** A request without an answer is repeated: PX4 means 250 ms, its loop of 10 ms makes 0.26 s of it. */
const RETRY_MS = 260;
/** A partner silent for this long has gone: the transfer ends without a word to it. */
const SILENCE_MS = 5000;
/** What a client is being given; it asks for the items one by one. */
interface Download {
  readonly type: number;
  readonly items: readonly PlanItem[];
  nextSeq: number;
}
export interface MissionTransferPorts {
  sysid: number;
  compid: number;
  plans: PlanStore;
  send: (message: MavLinkData) => void;
  notices: NoticeBoard;
}

/**
 * The vehicle's side of the mission protocol on one link, as PX4 v1.15 and v1.18 play it: one
 * transfer at a time, with one partner; uploads take effect as a whole with their last item. Nothing
 * that comes in can be too much: a list never grows beyond the greatest count of its kind.
 */
export class MissionTransfer {
  readonly #ports: MissionTransferPorts;
  #transfer: PlanUpload | Download | undefined;
  #partner: Partner = { sysid: 0, compid: 0 };
  /** Type, length and id of the upload that ended last: its last item may come again. */
  #finished = { type: -1, count: 0, id: 0 };
  /** Integer messages; a link begins with MISSION_REQUEST until a client shows that it knows them. */
  #integers = false;
  #nowMs = 0;
  #askedMs = 0;
  #heardMs = 0;

  constructor(ports: MissionTransferPorts) {
    this.#ports = ports;
  }

  /** Takes a message of the mission protocol; false for any other. What is for others is ignored. */
  receive(message: MavLinkData, from: Partner): boolean {
    const take = this.#taker(message);
    if (take === undefined) return false;
    const { sysid, compid } = this.#ports;
    if (isAddressedTo(message, sysid, compid)) take(from);
    return true;
  }

  /** What to do with the messages that PX4 takes; partial lists are not among them. */
  #taker(message: MavLinkData): ((from: Partner) => void) | undefined {
    if (message instanceof MissionRequestList) return (from) => this.#requestList(message, from);
    if (message instanceof MissionRequest || message instanceof MissionRequestInt) {
      return (from) => {
        this.#integers = message instanceof MissionRequestInt;
        this.#request(message, from);
      };
    }
    if (message instanceof MissionItem || message instanceof MissionItemInt) {
      return (from) => {
        this.#integers = message instanceof MissionItemInt;
        this.#item(message, from);
      };
    }
    if (message instanceof MissionCount) return (from) => this.#count(message, from);
    if (message instanceof MissionAck) return (from) => this.#acknowledged(message, from);
    if (message instanceof MissionClearAll) return (from) => this.#clearAll(message, from);
    if (message instanceof MissionSetCurrent) return () => this.#setCurrent(message);
    return undefined;
  }

  /** Repeats what was not answered and gives up on partners that fell silent. */
  step(nowMs: number): void {
    this.#nowMs = nowMs;
    const transfer = this.#transfer;
    if (transfer instanceof PlanUpload && nowMs - this.#askedMs >= RETRY_MS) {
      this.#ask(transfer);
    } else if (transfer !== undefined && nowMs - this.#heardMs > SILENCE_MS) {
      this.#complain('timeout');
      this.#end();
    }
  }

  #isPartner({ sysid, compid }: Partner): boolean {
    return sysid === this.#partner.sysid && compid === this.#partner.compid;
  }

  #requestList({ missionType: type }: MissionRequestList, from: Partner): void {
    const { plans, send } = this.#ports;
    const now = this.#transfer;
    const download = now instanceof PlanUpload ? undefined : now;
    // All items have been handed out and only the acknowledgement was lost.
    const done = download !== undefined && download.nextSeq === download.items.length;
    const again = download?.type === type && this.#isPartner(from);
    if (now !== undefined && !done && !again) {
      this.#complain('downloadIgnored');
      return;
    }
    const plan = isPlanKind(type) ? plans.plan(type) : undefined;
    const items = plan?.items ?? [];
    this.#heardMs = this.#nowMs;
    this.#partner = { sysid: from.sysid, compid: from.compid };
    this.#transfer = { type, items, nextSeq: 0 };
    send(countMessage(from, items.length, type, plan?.id ?? 0));
  }

  #request({ seq, missionType }: MissionRequest | MissionRequestInt, from: Partner): void {
    const transfer = this.#transfer;
    if (!this.#isPartner(from)) {
      this.#complain('requestFromOther');
    } else if (transfer instanceof PlanUpload) {
      this.#complain('requestWhileBusy');
    } else if (transfer !== undefined && transfer.type === missionType) {
      this.#heardMs = this.#nowMs;
      this.#hand(transfer, seq, from);
    }
  }

  /** The item after the one before, or that one again; any other seq ends the download. */
  #hand(download: Download, seq: number, from: Partner): void {
    const { type, items, nextSeq } = download;
    if (seq === nextSeq && seq < items.length) download.nextSeq += 1;
    const item = seq === download.nextSeq - 1 ? items[seq] : undefined;
    if (item === undefined) {
      this.#end();
      this.#acknowledge(from, MavMissionResult.ERROR, type);
      this.#complain('unexpectedRequest');
      return;
    }
    const current = seq === this.#ports.plans.currentSeq;
    this.#ports.send(itemMessage(from, item, { seq, type, current, integers: this.#integers }));
  }

  #count({ count, missionType: type }: MissionCount, from: Partner): void {
    const { plans } = this.#ports;
    if (this.#transfer !== undefined) {
      this.#countWhileBusy(this.#transfer, from);
      return;
    }
    if (plans.uploading) {
      this.#acknowledge(from, MavMissionResult.ERROR, type);
      return;
    }
    this.#partner = { sysid: from.sysid, compid: from.compid };
    this.#heardMs = this.#nowMs;
    if (count > (isPlanKind(type) ? MOST_ITEMS[type] : 0)) {
      this.#acknowledge(from, MavMissionResult.NO_SPACE, type);
    } else if (count === 0) {
      if (isPlanKind(type)) plans.clear(type);
      this.#acknowledge(from, MavMissionResult.ACCEPTED, type);
    } else {
      plans.uploading = true;
      const upload = new PlanUpload(type, count);
      this.#transfer = upload;
      this.#ask(upload);
    }
  }

  /** The same client may ask again as long as it has sent nothing. */
  #countWhileBusy(transfer: PlanUpload | Download, from: Partner): void {
    if (transfer instanceof PlanUpload) {
      this.#heardMs = this.#nowMs;
      if (this.#isPartner(from) && transfer.nextSeq === 0) {
        this.#ask(transfer);
        return;
      }
    }
    this.#complain('countWhileBusy');
    this.#acknowledge(from, MavMissionResult.ERROR, transfer.type);
  }

  #ask({ nextSeq, type }: PlanUpload): void {
    this.#askedMs = this.#nowMs;
    this.#ports.send(requestMessage(this.#partner, nextSeq, type, this.#integers));
  }

  #item(message: MissionItem | MissionItemInt, from: Partner): void {
    const transfer = this.#transfer;
    if (!this.#isPartner(from)) {
      this.#complain('itemFromOther');
    } else if (transfer === undefined) {
      this.#itemWhileIdle(message, from);
    } else if (transfer.type !== message.missionType) {
      this.#acknowledge(from, MavMissionResult.ERROR, transfer.type);
    } else if (transfer instanceof PlanUpload) {
      this.#heardMs = this.#nowMs;
      if (message.seq === transfer.nextSeq) this.#take(transfer, message, from);
    } else {
      this.#complain('itemWhileBusy');
      this.#acknowledge(from, MavMissionResult.ERROR, transfer.type);
    }
  }

  /** The last item of an upload comes again when the acknowledgement was lost. */
  #itemWhileIdle({ seq, missionType }: MissionItem | MissionItemInt, from: Partner): void {
    const { type, count, id } = this.#finished;
    if (missionType === type && seq + 1 === count) {
      this.#acknowledge(from, MavMissionResult.ACCEPTED, type, id);
      return;
    }
    this.#complain('itemWithoutTransfer');
    this.#acknowledge(from, MavMissionResult.ERROR, missionType);
  }

  #take(upload: PlanUpload, message: MissionItem | MissionItemInt, from: Partner): void {
    const result = upload.take(message);
    if (result !== MavMissionResult.ACCEPTED) {
      this.#end();
      this.#complain('invalidItem');
      this.#acknowledge(from, result, upload.type);
    } else if (upload.complete) {
      const { type, count, id } = upload;
      upload.store(this.#ports.plans);
      this.#finished = { type, count, id };
      this.#end();
      this.#acknowledge(from, result, type, id);
    } else {
      this.#ask(upload);
    }
  }

  #acknowledged({ type: result, missionType }: MissionAck, from: Partner): void {
    const transfer = this.#transfer;
    if (!this.#isPartner(from)) {
      this.#complain('ackFromOther');
    } else if (!(transfer instanceof PlanUpload)) {
      if (transfer?.type === missionType) this.#end();
    } else if (result === MavMissionResult.UNSUPPORTED) {
      this.#integers = !this.#integers;
      this.#ask(transfer);
    } else if (result === MavMissionResult.OPERATION_CANCELLED) {
      this.#end();
    }
  }

  #clearAll({ missionType: type }: MissionClearAll, from: Partner): void {
    const { plans } = this.#ports;
    if (this.#transfer !== undefined) {
      this.#complain('clearWhileBusy');
      return;
    }
    if (isPlanKind(type)) plans.clear(type);
    if (type === MavMissionType.ALL) {
      plans.clear(MavMissionType.MISSION);
      plans.clear(MavMissionType.FENCE);
      plans.clear(MavMissionType.RALLY);
    }
    this.#acknowledge(from, MavMissionResult.ACCEPTED, type);
  }

  #setCurrent({ seq }: MissionSetCurrent): void {
    const { plans } = this.#ports;
    if (this.#transfer !== undefined) this.#complain('currentWhileBusy');
    else if (seq < plans.mission.items.length) plans.setCurrent(seq);
    else this.#complain('currentNotThere');
  }

  #end(): void {
    if (this.#transfer instanceof PlanUpload) this.#ports.plans.uploading = false;
    this.#transfer = undefined;
  }

  #acknowledge(to: Partner, result: MavMissionResult, type: number, opaqueId = 0): void {
    this.#ports.send(ackMessage(to, result, type, opaqueId));
  }

  #complain(complaint: Complaint): void {
    complain(this.#ports.notices, complaint);
  }
}
