import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { EVENTS_KEPT, type EventLog, type LoggedEvent } from '../events/event-log.ts';
import {
  CurrentEventSequence,
  EventMessage,
  ResponseEventError,
} from '../messages/event-messages.ts';
import { isFor, type MessageService, type ServiceContext } from './message-service.ts';

const REQUEST_EVENT = { msgid: 412, bytes: 6 };
/** Between two CURRENT_EVENT_SEQUENCE. */
const CURRENT_PERIOD_MS = 3000;
/** Sequence numbers have begun anew. */
const FLAG_RESET = 1;
/** PX4 answers for each number of a request; of a longer range than this only the first ones here. */
const ANSWERS_MOST = 4 * EVENTS_KEPT;

/** EVENT on one link: what happens as it happens, what was lost when it is asked for. */
export class Events implements MessageService {
  readonly #context: ServiceContext;
  readonly #log: EventLog;
  readonly #event = new EventMessage();
  readonly #current = new CurrentEventSequence();
  readonly #error = new ResponseEventError();
  /** The last event that went out. */
  #sent: number;
  #currentMs = Number.NEGATIVE_INFINITY;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#log = context.events;
    this.#sent = this.#log.latest;
  }

  receive(_message: MavLinkData | undefined, { msgid, payload, sysid, compid }: Frame): boolean {
    if (msgid !== REQUEST_EVENT.msgid) return false;
    const whole = new Uint8Array(REQUEST_EVENT.bytes);
    whole.set(payload.subarray(0, REQUEST_EVENT.bytes));
    const view = new DataView(whole.buffer);
    const target = { targetSystem: view.getUint8(4), targetComponent: view.getUint8(5) };
    if (!isFor(this.#context.sysid, target)) return true;
    this.#answer(view.getUint16(0, true), view.getUint16(2, true), { sysid, compid });
    return true;
  }

  step(nowMs: number): void {
    // Before the first event, so that whoever has heard an earlier boot's numbers begins anew.
    if (nowMs - this.#currentMs > CURRENT_PERIOD_MS) this.#tellCurrent(nowMs);
    while (this.#sent !== this.#log.latest) {
      this.#sent = (this.#sent + 1) & 0xffff;
      const event = this.#log.find(this.#sent);
      if (event !== undefined) this.#send(event);
    }
  }

  #answer(first: number, last: number, from: Pick<Frame, 'sysid' | 'compid'>): void {
    const count = Math.min(((last - first) & 0xffff) + 1, ANSWERS_MOST);
    for (let step = 0; step < count; step += 1) {
      const sequence = (first + step) & 0xffff;
      const event = this.#log.find(sequence);
      if (event === undefined) this.#sendError(sequence, from);
      else this.#send(event);
    }
  }

  #send({ id, levels, sequence, timeBootMs, arguments: bytes }: LoggedEvent): void {
    const message = this.#event;
    message.id = id;
    message.eventTimeBootMs = timeBootMs;
    message.sequence = sequence;
    message.logLevels = levels;
    message.arguments = bytes;
    this.#context.send(message);
  }

  #sendError(sequence: number, { sysid, compid }: Pick<Frame, 'sysid' | 'compid'>): void {
    const message = this.#error;
    message.sequence = sequence;
    message.sequenceOldestAvailable = this.#log.oldestAfter(sequence);
    message.targetSystem = sysid;
    message.targetComponent = compid;
    this.#context.send(message);
  }

  #tellCurrent(nowMs: number): void {
    const first = !Number.isFinite(this.#currentMs);
    this.#currentMs = nowMs;
    this.#current.sequence = this.#sent;
    this.#current.flags = first || this.#log.isEmpty ? FLAG_RESET : 0;
    this.#context.send(this.#current);
  }
}
