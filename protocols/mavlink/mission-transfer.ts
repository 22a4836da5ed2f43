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
import type { Component } from './command.ts';
import { planPartCodeOf, type MissionItem, type PlanPart } from './mission-item.ts';
import { MISSION_ERROR, missionRefusalOf, type MissionRefusal } from './mission-result.ts';

export interface TransferLimits {
  /** Silence after which what was said last is said again. PX4 asks again after 260 ms. */
  retryMs: number;
  /** Retries in a row without an answer before a transfer is given up. */
  attempts: number;
  /** How long a vehicle may be busy: PX4 gives an abandoned transfer up after 5 s. */
  busyMs: number;
  /** Most items that are accepted from a vehicle. */
  maxItems: number;
}

export const DEFAULT_TRANSFER_LIMITS: TransferLimits = {
  retryMs: 600,
  attempts: 10,
  busyMs: 7000,
  maxItems: 5000,
};

export type TransferEnd =
  /** `opaqueId`: the vehicle's name for what it now holds; 0 when it gives none (before PX4 1.15). */
  | { result: 'uploaded'; count: number; opaqueId: number }
  | { result: 'downloaded'; items: readonly MissionItem[]; opaqueId: number }
  | { result: 'cleared' }
  /** `seq`: the item that was asked for last; undefined when the list itself was refused. */
  | { result: 'refused'; refusal: MissionRefusal; seq: number | undefined }
  | { result: 'silent' };

export interface TransferProgress {
  part: PlanPart;
  done: number;
  /** 0 until known. */
  count: number;
}

/** Messages of the mission protocol that a client hears. */
export type TransferMessage =
  | MissionCount
  | MissionItemInt
  | MissionRequest
  | MissionRequestInt
  | MissionAck;

export const isTransferMessage = (message: MavLinkData): message is TransferMessage =>
  message instanceof MissionCount ||
  message instanceof MissionItemInt ||
  message instanceof MissionRequest ||
  message instanceof MissionRequestInt ||
  message instanceof MissionAck;

/** One upload, download or clearing. Nothing is heard before it has spoken first. */
export interface Transfer {
  readonly progress: TransferProgress;
  /** Takes a message of this transfer's part of the plan. */
  hear(message: TransferMessage): void;
  /** The message to send now, if any, or how it ended. */
  tick(nowMs: number): MavLinkData | TransferEnd | undefined;
  /** What to say to the vehicle after the end; undefined for nothing. */
  farewell(): MavLinkData | undefined;
}

/** Times a transfer begins anew, for whatever reason, before it is given up. */
const MAX_RESTARTS = 16;

/** What all three have in common: who is addressed, silence and its end, refusals and patience. */
export abstract class BaseTransfer implements Transfer {
  readonly part: PlanPart;
  protected readonly target: Component;
  protected readonly limits: TransferLimits;
  protected end: TransferEnd | undefined;
  #begun = false;
  #nowMs = Number.NEGATIVE_INFINITY;
  #sentMs = Number.NEGATIVE_INFINITY;
  #heldUntilMs = Number.NEGATIVE_INFINITY;
  #busySinceMs: number | undefined;
  #attempts = 0;
  #restarts = 0;
  /** Something to say at once, past the wait for an answer. */
  #due = true;

  constructor(target: Component, part: PlanPart, limits: TransferLimits) {
    this.target = target;
    this.part = part;
    this.limits = limits;
  }

  abstract get progress(): TransferProgress;
  /** What to say now; called again when no answer comes. `attempt` counts from 1. */
  protected abstract say(attempt: number): MavLinkData;
  protected abstract take(message: TransferMessage): void;
  protected abstract lastSeq(): number | undefined;
  /** Forgets how far it was. */
  protected abstract rewind(): void;

  farewell(): MavLinkData | undefined {
    return undefined;
  }

  hear(message: TransferMessage): void {
    if (this.end !== undefined || !this.#begun) return;
    if (message.missionType !== planPartCodeOf(this.part)) return;
    this.take(message);
  }

  tick(nowMs: number): MavLinkData | TransferEnd | undefined {
    this.#nowMs = nowMs;
    if (this.end !== undefined) return this.end;
    if (nowMs < this.#heldUntilMs) return undefined;
    if (!this.#due && nowMs - this.#sentMs < this.limits.retryMs) return undefined;
    if (this.#attempts >= this.limits.attempts) return (this.end = { result: 'silent' });
    this.#begun = true;
    this.#due = false;
    this.#attempts += 1;
    this.#sentMs = nowMs;
    return this.say(this.#attempts);
  }

  /** The vehicle moved on: the next thing is due at once. */
  protected advance(): void {
    this.#due = true;
    this.#attempts = 0;
    this.#busySinceMs = undefined;
  }

  /** The vehicle asks for what it asked for before: say it again, at once. */
  protected repeat(): void {
    this.#due = true;
  }

  /** Back to the first message; too many times, and the transfer is over. */
  protected restart(): void {
    this.#restarts += 1;
    this.#attempts = 0;
    this.rewind();
    if (this.#restarts > MAX_RESTARTS) this.end = { result: 'silent' };
  }

  /** A busy vehicle is asked again until its patience with others must have ended. */
  protected refuse(code: number): void {
    this.#busySinceMs ??= this.#nowMs;
    if (code === MISSION_ERROR && this.#nowMs - this.#busySinceMs < this.limits.busyMs) {
      this.#heldUntilMs = this.#nowMs + this.limits.retryMs;
      this.#due = true;
      this.restart();
      return;
    }
    this.end = { result: 'refused', refusal: missionRefusalOf(code), seq: this.lastSeq() };
  }

  protected addressed<T extends { targetSystem: number; targetComponent: number }>(message: T): T {
    message.targetSystem = this.target.sysid;
    message.targetComponent = this.target.compid;
    return message;
  }
}

/** MISSION_CLEAR_ALL for one part of the plan. */
export class ClearTransfer extends BaseTransfer {
  get progress(): TransferProgress {
    return { part: this.part, done: 0, count: 0 };
  }

  protected say(): MavLinkData {
    const message = this.addressed(new MissionClearAll());
    message.missionType = planPartCodeOf(this.part);
    return message;
  }

  protected take(message: TransferMessage): void {
    if (!(message instanceof MissionAck)) return;
    if (message.type === 0) this.end = { result: 'cleared' };
    else this.refuse(message.type);
  }

  protected lastSeq(): undefined {
    return undefined;
  }

  protected rewind(): void {}
}

export const requestListMessage = (target: Component, part: PlanPart): MissionRequestList => {
  const message = new MissionRequestList();
  message.targetSystem = target.sysid;
  message.targetComponent = target.compid;
  message.missionType = planPartCodeOf(part);
  return message;
};
