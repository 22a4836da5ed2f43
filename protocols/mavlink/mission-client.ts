import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Component } from './command.ts';
import type { Frame } from './framer.ts';
import { DownloadTransfer } from './mission-download.ts';
import type { MissionItem, PlanPart } from './mission-item.ts';
import {
  ClearTransfer,
  DEFAULT_TRANSFER_LIMITS,
  isTransferMessage,
  type Transfer,
  type TransferEnd,
  type TransferLimits,
  type TransferProgress,
} from './mission-transfer.ts';
import { UploadTransfer } from './mission-upload.ts';

/** Transfers that may wait. */
const CAPACITY = 16;

export type TransferOutcome = { id: number; part: PlanPart } & TransferEnd;

export interface MissionTick {
  send: MavLinkData[];
  outcomes: TransferOutcome[];
}

/**
 * Missions, fences and rally points to and from a vehicle (mavlink.io/en/services/mission.html),
 * without I/O. One transfer at a time, as PX4 wants it; the others wait.
 */
export class MissionClient {
  readonly #target: Component;
  readonly #self: Component;
  readonly #limits: TransferLimits;
  readonly #queue: { id: number; transfer: Transfer }[] = [];
  #nextId = 1;

  constructor(target: Component, self: Component, limits: Partial<TransferLimits> = {}) {
    this.#target = target;
    this.#self = self;
    this.#limits = { ...DEFAULT_TRANSFER_LIMITS, ...limits };
  }

  /** How far the transfer under way is. */
  get progress(): TransferProgress | undefined {
    return this.#queue[0]?.transfer.progress;
  }

  /**
   * Replaces what the vehicle holds; an empty list clears it. Items must pass `itemProblem`.
   * Undefined when too many transfers wait.
   */
  upload(part: PlanPart, items: readonly MissionItem[]): number | undefined {
    // PX4 takes a count of 0 as well, but answers it with an ack that older versions forget.
    if (items.length === 0) return this.clear(part);
    return this.#push(new UploadTransfer(this.#target, part, items, this.#limits));
  }

  download(part: PlanPart): number | undefined {
    return this.#push(new DownloadTransfer(this.#target, part, this.#limits));
  }

  clear(part: PlanPart): number | undefined {
    return this.#push(new ClearTransfer(this.#target, part, this.#limits));
  }

  /** Takes a message and its frame; those from or for anybody else are ignored. */
  hear(message: MavLinkData, frame: Pick<Frame, 'sysid' | 'compid'>): void {
    if (frame.sysid !== this.#target.sysid || frame.compid !== this.#target.compid) return;
    if (!isTransferMessage(message)) return;
    const { targetSystem, targetComponent } = message;
    if (targetSystem !== 0 && targetSystem !== this.#self.sysid) return;
    if (targetComponent !== 0 && targetComponent !== this.#self.compid) return;
    this.#queue[0]?.transfer.hear(message);
  }

  tick(nowMs: number): MissionTick {
    const tick: MissionTick = { send: [], outcomes: [] };
    for (let current = this.#queue[0]; current !== undefined; current = this.#queue[0]) {
      const next = current.transfer.tick(nowMs);
      if (next === undefined) break;
      if (!('result' in next)) {
        tick.send.push(next);
        break;
      }
      const farewell = current.transfer.farewell();
      if (farewell !== undefined) tick.send.push(farewell);
      tick.outcomes.push({ id: current.id, part: current.transfer.progress.part, ...next });
      this.#queue.shift();
    }
    return tick;
  }

  #push(transfer: Transfer): number | undefined {
    if (this.#queue.length >= CAPACITY) return undefined;
    const id = this.#nextId;
    this.#nextId += 1;
    this.#queue.push({ id, transfer });
    return id;
  }
}
