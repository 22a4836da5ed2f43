import {
  MissionAck,
  MissionCount,
  MissionRequest,
  MissionRequestInt,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Component } from './command.ts';
import {
  missionItemMessage,
  planPartCodeOf,
  type MissionItem,
  type PlanPart,
} from './mission-item.ts';
import { MISSION_ACCEPTED, MISSION_CANCELLED } from './mission-result.ts';
import {
  BaseTransfer,
  type TransferLimits,
  type TransferMessage,
  type TransferProgress,
} from './mission-transfer.ts';

/** Times a vehicle may ask for items that it had before it counts as stuck. */
const MAX_REPEATS = 40;

/** Times an item is sent again into silence before the upload begins anew: some 4 s. */
const RESENDS = 6;

/**
 * MISSION_COUNT, then each item as the vehicle asks for it. PX4's first question after boot is the
 * old MISSION_REQUEST, all later ones MISSION_REQUEST_INT; both are answered with
 * MISSION_ITEM_INT, which PX4 takes. When it stops asking, the upload begins anew: PX4 may have
 * given up, or its ack got lost.
 */
export class UploadTransfer extends BaseTransfer {
  readonly #items: readonly MissionItem[];
  /** The item asked for and not yet sent, or sent last. */
  #seq: number | undefined;
  #furthest = -1;
  #repeats = 0;

  constructor(
    target: Component,
    part: PlanPart,
    items: readonly MissionItem[],
    limits: TransferLimits,
  ) {
    super(target, part, limits);
    this.#items = items;
  }

  get progress(): TransferProgress {
    return { part: this.part, done: this.#furthest + 1, count: this.#items.length };
  }

  override farewell(): MavLinkData | undefined {
    if (this.end?.result !== 'silent') return undefined;
    const message = this.addressed(new MissionAck());
    message.type = MISSION_CANCELLED;
    message.missionType = planPartCodeOf(this.part);
    return message;
  }

  protected say(attempt: number): MavLinkData {
    // PX4 asks again by itself for what got lost; an item that it has already does no harm.
    if (this.#seq !== undefined && attempt > RESENDS) this.restart();
    if (this.#seq !== undefined) {
      return missionItemMessage(this.target, this.part, this.#seq, this.#items[this.#seq]!);
    }
    const message = this.addressed(new MissionCount());
    message.count = this.#items.length;
    message.missionType = planPartCodeOf(this.part);
    return message;
  }

  protected take(message: TransferMessage): void {
    if (message instanceof MissionRequest || message instanceof MissionRequestInt) {
      this.#asked(message.seq);
    } else if (message instanceof MissionAck) this.#acknowledged(message);
  }

  protected lastSeq(): number | undefined {
    return this.#seq;
  }

  protected rewind(): void {
    this.#seq = undefined;
    this.#furthest = -1;
    this.#repeats = 0;
  }

  #asked(seq: number): void {
    if (seq >= this.#items.length) return;
    this.#seq = seq;
    if (seq > this.#furthest) {
      this.#furthest = seq;
      this.#repeats = 0;
      this.advance();
      return;
    }
    this.#repeats += 1;
    if (this.#repeats > MAX_REPEATS) this.end = { result: 'silent' };
    else this.repeat();
  }

  #acknowledged(ack: MissionAck): void {
    if (ack.type !== MISSION_ACCEPTED) this.refuse(ack.type);
    else if (this.#furthest === this.#items.length - 1) {
      const { opaqueId } = ack;
      this.end = { result: 'uploaded', count: this.#items.length, opaqueId: opaqueId ?? 0 };
    }
  }
}
