import {
  MissionAck,
  MissionCount,
  MissionItemInt,
  MissionRequestInt,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { missionItemOf, planPartCodeOf, type MissionItem } from './mission-item.ts';
import { MISSION_ACCEPTED, MISSION_CANCELLED } from './mission-result.ts';
import {
  BaseTransfer,
  requestListMessage,
  type TransferMessage,
  type TransferProgress,
} from './mission-transfer.ts';

/** MISSION_REQUEST_LIST, then item by item, and an ack that tells the vehicle it is over. */
export class DownloadTransfer extends BaseTransfer {
  readonly #items: MissionItem[] = [];
  #count: number | undefined;
  #opaqueId = 0;

  get progress(): TransferProgress {
    return { part: this.part, done: this.#items.length, count: this.#count ?? 0 };
  }

  override farewell(): MavLinkData {
    const message = this.addressed(new MissionAck());
    message.type = this.end?.result === 'downloaded' ? MISSION_ACCEPTED : MISSION_CANCELLED;
    message.missionType = planPartCodeOf(this.part);
    return message;
  }

  protected say(): MavLinkData {
    if (this.#count === undefined) return requestListMessage(this.target, this.part);
    const message = this.addressed(new MissionRequestInt());
    message.seq = this.#items.length;
    message.missionType = planPartCodeOf(this.part);
    return message;
  }

  protected take(message: TransferMessage): void {
    if (message instanceof MissionCount) this.#counted(message);
    else if (message instanceof MissionItemInt) this.#item(message);
    else if (message instanceof MissionAck && message.type !== MISSION_ACCEPTED) {
      this.refuse(message.type);
    }
  }

  protected lastSeq(): number | undefined {
    return this.#count === undefined ? undefined : this.#items.length;
  }

  protected rewind(): void {
    this.#items.length = 0;
    this.#count = undefined;
  }

  #counted({ count, opaqueId }: MissionCount): void {
    if (this.#count !== undefined) return;
    this.#count = count;
    this.#opaqueId = opaqueId ?? 0;
    if (count > this.limits.maxItems) {
      const why = `it claims ${count} items, at most ${this.limits.maxItems} are accepted`;
      const refusal = { code: 4, name: 'noSpace', why };
      this.end = { result: 'refused', refusal, seq: undefined };
    } else this.#next();
  }

  #item(message: MissionItemInt): void {
    if (this.#count === undefined || message.seq !== this.#items.length) return;
    this.#items.push(missionItemOf(message));
    this.#next();
  }

  #next(): void {
    if (this.#items.length < this.#count!) this.advance();
    else this.end = { result: 'downloaded', items: this.#items, opaqueId: this.#opaqueId };
  }
}
