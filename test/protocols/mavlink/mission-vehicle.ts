import {
  MissionAck,
  MissionClearAll,
  MissionCount,
  MissionItemInt,
  MissionRequest,
  MissionRequestInt,
  MissionRequestList,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { MissionClient, type TransferOutcome } from '#protocols/mavlink/mission-client.ts';
import type { TransferLimits } from '#protocols/mavlink/mission-transfer.ts';

export const VEHICLE = { sysid: 1, compid: 1 };
export const SELF = { sysid: 245, compid: 191 };

const ASK_AGAIN_MS = 260;
const GIVE_UP_MS = 5000;

interface Upload {
  part: number;
  count: number;
  items: MissionItemInt[];
  sinceMs: number;
  askedMs: number;
}

/**
 * The vehicle's side of the mission protocol, written from its description and PX4's habits: asks
 * again each 0.26 s, gives up after 5 s, is busy meanwhile, begins with the old request.
 */
export class MissionVehicle {
  readonly plans = new Map<number, MissionItemInt[]>();
  /** Commands that it does not know. */
  readonly unknown = new Set<number>();
  loses: () => boolean = () => false;
  #upload: Upload | undefined;
  #asked = false;
  #out: MavLinkData[] = [];

  receive(message: MavLinkData, nowMs: number): void {
    if (this.loses()) return;
    if (message instanceof MissionCount) this.#counted(message, nowMs);
    else if (message instanceof MissionItemInt) this.#item(message, nowMs);
    else if (message instanceof MissionRequestList) {
      const answer = new MissionCount();
      answer.count = this.plans.get(message.missionType)?.length ?? 0;
      answer.missionType = message.missionType;
      this.#say(answer);
    } else if (message instanceof MissionRequestInt) {
      const item = this.plans.get(message.missionType)?.[message.seq];
      if (item !== undefined) this.#say(Object.assign(new MissionItemInt(), item));
    } else if (message instanceof MissionClearAll) {
      this.plans.delete(message.missionType);
      this.#acknowledge(message.missionType, 0);
    }
  }

  take(nowMs: number): MavLinkData[] {
    const upload = this.#upload;
    if (upload !== undefined && nowMs - upload.sinceMs > GIVE_UP_MS) this.#upload = undefined;
    else if (upload !== undefined && nowMs - upload.askedMs >= ASK_AGAIN_MS) this.#ask(nowMs);
    const out = this.#out.filter(() => !this.loses());
    this.#out = [];
    return out;
  }

  #counted({ count, missionType }: MissionCount, nowMs: number): void {
    if (this.#upload !== undefined && this.#upload.part !== missionType) {
      this.#acknowledge(missionType, 1);
      return;
    }
    this.#upload = { part: missionType, count, items: [], sinceMs: nowMs, askedMs: nowMs };
    this.#ask(nowMs);
  }

  #item(item: MissionItemInt, nowMs: number): void {
    const upload = this.#upload;
    if (upload === undefined) this.#acknowledge(item.missionType, 1);
    else if (item.seq === upload.items.length && item.missionType === upload.part) {
      upload.sinceMs = nowMs;
      if (this.unknown.has(item.command)) {
        this.#upload = undefined;
        this.#acknowledge(upload.part, 3);
        return;
      }
      upload.items.push(item);
      if (upload.items.length < upload.count) this.#ask(nowMs);
      else {
        this.plans.set(upload.part, upload.items);
        this.#upload = undefined;
        this.#acknowledge(upload.part, 0);
      }
    }
  }

  #ask(nowMs: number): void {
    const upload = this.#upload!;
    const request = this.#asked ? new MissionRequestInt() : new MissionRequest();
    this.#asked = true;
    request.seq = upload.items.length;
    request.missionType = upload.part;
    upload.askedMs = nowMs;
    this.#say(request);
  }

  #acknowledge(part: number, type: number): void {
    const ack = new MissionAck();
    ack.type = type;
    ack.missionType = part;
    this.#say(ack);
  }

  #say<T extends MavLinkData & { targetSystem: number; targetComponent: number }>(m: T): void {
    m.targetSystem = SELF.sysid;
    m.targetComponent = SELF.compid;
    this.#out.push(m);
  }
}

/** A client and a vehicle that hear each other every 20 ms. */
export class MissionRig {
  readonly client: MissionClient;
  readonly vehicle = new MissionVehicle();
  readonly outcomes: TransferOutcome[] = [];
  nowMs = 0;

  constructor(limits: Partial<TransferLimits> = {}) {
    this.client = new MissionClient(VEHICLE, SELF, limits);
  }

  /** Until nothing is under way, at most `limitS` of made time; returns the last outcome. */
  settle(limitS = 120): TransferOutcome | undefined {
    const endMs = this.nowMs + limitS * 1000;
    do {
      const { send, outcomes } = this.client.tick(this.nowMs);
      this.outcomes.push(...outcomes);
      for (const message of send) this.vehicle.receive(message, this.nowMs);
      this.nowMs += 20;
      for (const message of this.vehicle.take(this.nowMs)) this.client.hear(message, VEHICLE);
    } while (this.client.progress !== undefined && this.nowMs < endMs);
    return this.outcomes.at(-1);
  }
}
