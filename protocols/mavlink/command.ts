import { MavResult } from 'mavlink-mappings/dist/lib/common.js';
import type { CommandAck } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import {
  ackResultOf,
  cancelMessage,
  commandMessage,
  type AckResult,
  type CommandPlace,
} from './command-message.ts';
import type { Frame } from './framer.ts';
import { Remarks } from './remarks.ts';

/** A MAVLink address. */
export interface Component {
  sysid: number;
  compid: number;
}

export interface CommandRequest {
  /** MAV_CMD. */
  command: number;
  /** Parameters 1 to 7; those left out are 0, and NaN means "as the autopilot likes". */
  params: readonly number[];
  /** In place of parameters 5 to 7: the command goes out as COMMAND_INT. */
  place?: CommandPlace;
  /**
   * An urgent one goes out at once, past the queue and the pacing, and cancels an unfinished one of
   * the same command. A late ack of that one may then be taken for its own: watch what the
   * vehicle does as well.
   */
  urgent?: boolean;
}

export type CommandResult = AckResult | 'timeout';

export interface CommandOutcome {
  id: number;
  command: number;
  result: CommandResult;
  /** How often it was sent; 0 when it was cancelled in the queue. */
  attempts: number;
  /**
   * Of a refusal: what the vehicle said from the first send on, until `remarkMs` after its ack. PX4
   * says why in a text or an event within some 10 ms of the ack.
   */
  remarks: readonly string[];
}

/** A command that takes its time: the vehicle says how far it is. */
export interface CommandProgress {
  id: number;
  command: number;
  /** 0 to 100; undefined when the vehicle does not know. */
  percent: number | undefined;
}

export interface CommandLimits {
  /** Silence after which a command is sent again. PX4 answers within 1–17 ms on loopback. */
  ackTimeoutMs: number;
  /** Sends in all before a command counts as timed out. */
  attempts: number;
  /** Silence after an IN_PROGRESS ack before a command counts as timed out. */
  progressTimeoutMs: number;
  /** After its first send a command counts as timed out, whatever progress is said: calibrations take minutes. */
  longestMs: number;
  /** Commands on their way at once. PX4 queues 4 and silently drops the rest of a burst. */
  inFlight: number;
  /** Commands that may wait, fly, or have an outcome that nobody took. */
  capacity: number;
  /** How long a refusal waits for the vehicle's words about it. */
  remarkMs: number;
}

const DEFAULT_LIMITS: CommandLimits = {
  ackTimeoutMs: 250,
  attempts: 5,
  progressTimeoutMs: 5000,
  longestMs: 600_000,
  inFlight: 3,
  capacity: 64,
  remarkMs: 0,
};

interface Pending {
  id: number;
  request: CommandRequest;
  attempts: number;
  firstSentMs: number;
  sentMs: number;
  deadlineMs: number;
  inProgress: boolean;
}

export interface CommandTick {
  /** To be encoded and sent now, in this order. */
  send: MavLinkData[];
  /** What has ended since the last tick, in order. */
  outcomes: CommandOutcome[];
  /** What the vehicle reported since the last tick; the newest of each command. */
  progress: CommandProgress[];
}

/** A refusal that waits for the vehicle's words. */
interface Held {
  outcome: Omit<CommandOutcome, 'remarks'>;
  sinceMs: number;
  dueMs: number;
}

/**
 * COMMAND_LONG and COMMAND_INT with acknowledgement and retry (mavlink.io/en/services/command.html), without I/O:
 * hand in acks as they come and call {@link CommandService.tick} with the time.
 *
 * An ack names a command, not a request, so each command has one request in flight. After one that
 * was sent more often than it was answered, the next of that command waits until stray acks of the
 * first can no longer be taken for its own.
 */
export class CommandService {
  readonly #target: Component;
  readonly #self: Component;
  readonly #limits: CommandLimits;
  readonly #queue: Pending[] = [];
  readonly #flying = new Map<number, Pending>();
  /** Command → when stray acks of its last request have died away. Bounded by pruning each tick. */
  readonly #quietUntilMs = new Map<number, number>();
  readonly #remarks = new Remarks();
  readonly #progress = new Map<number, CommandProgress>();
  readonly #cancels: MavLinkData[] = [];
  #held: Held[] = [];
  #outcomes: CommandOutcome[] = [];
  #nextId = 1;

  constructor(target: Component, self: Component, limits: Partial<CommandLimits> = {}) {
    this.#target = target;
    this.#self = self;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** Queues a request; its id comes back in the outcome. Undefined when the queue is full. */
  request(request: CommandRequest): number | undefined {
    if (request.urgent) this.#cancelCommand(request.command);
    const ended = this.#outcomes.length + this.#held.length;
    const held = this.#queue.length + this.#flying.size + ended;
    if (held >= this.#limits.capacity && !request.urgent) return undefined;
    const id = this.#nextId;
    this.#nextId += 1;
    const pending: Pending = {
      id,
      request,
      attempts: 0,
      firstSentMs: 0,
      sentMs: 0,
      deadlineMs: 0,
      inProgress: false,
    };
    const firstNormal = this.#queue.findIndex((queued) => !queued.request.urgent);
    if (request.urgent && firstNormal >= 0) this.#queue.splice(firstNormal, 0, pending);
    else this.#queue.push(pending);
    return id;
  }

  /**
   * Gives up a request: it is sent no more, and its outcome is `cancelled`. One in progress is
   * cancelled at the vehicle too. Unknown ids do nothing.
   */
  cancel(id: number): void {
    const queued = this.#queue.findIndex((pending) => pending.id === id);
    if (queued >= 0) this.#finish(this.#queue.splice(queued, 1)[0]!, 'cancelled');
    for (const pending of this.#flying.values()) {
      if (pending.id !== id) continue;
      if (pending.inProgress && this.#cancels.length < this.#limits.capacity) {
        this.#cancels.push(cancelMessage(this.#target, pending.request.command));
      }
      this.#finish(pending, 'cancelled');
    }
  }

  /** Takes what the vehicle said in words: it may be about a command. */
  remark(text: string, nowMs: number): void {
    this.#remarks.add(text, nowMs);
  }

  /** Takes an ack and the frame it came in; one from or for anybody else is ignored. */
  acknowledge(ack: CommandAck, frame: Pick<Frame, 'sysid' | 'compid'>, nowMs: number): void {
    if (frame.sysid !== this.#target.sysid || frame.compid !== this.#target.compid) return;
    if (!this.#isForUs(ack)) return;
    const pending = this.#flying.get(ack.command);
    if (pending === undefined) return;
    if (ack.result === MavResult.IN_PROGRESS) {
      pending.inProgress = true;
      const { progressTimeoutMs, longestMs } = this.#limits;
      pending.deadlineMs = Math.min(nowMs + progressTimeoutMs, pending.firstSentMs + longestMs);
      const { id, request } = pending;
      const percent = ack.progress <= 100 ? ack.progress : undefined;
      this.#progress.set(id, { id, command: request.command, percent });
      return;
    }
    this.#finish(pending, ackResultOf(ack.result), nowMs);
  }

  /** A tick would do and tell nothing. */
  get idle(): boolean {
    if (this.#queue.length + this.#flying.size + this.#quietUntilMs.size > 0) return false;
    const told = this.#outcomes.length + this.#held.length + this.#progress.size;
    return told + this.#cancels.length === 0;
  }

  tick(nowMs: number): CommandTick {
    const send = this.#cancels.splice(0);
    for (const pending of this.#flying.values()) {
      if (nowMs < pending.deadlineMs) continue;
      if (pending.inProgress || pending.attempts >= this.#limits.attempts) {
        this.#finish(pending, 'timeout');
      } else {
        send.push(this.#transmit(pending, nowMs));
      }
    }
    for (const [command, untilMs] of this.#quietUntilMs) {
      if (nowMs >= untilMs) this.#quietUntilMs.delete(command);
    }
    this.#launch(send, nowMs);
    this.#release(nowMs);
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    const progress = [...this.#progress.values()];
    this.#progress.clear();
    return { send, outcomes, progress };
  }

  #launch(send: MavLinkData[], nowMs: number): void {
    for (let index = 0; index < this.#queue.length;) {
      const pending = this.#queue[index]!;
      if (!this.#mayFly(pending)) {
        index += 1;
        continue;
      }
      this.#queue.splice(index, 1);
      this.#flying.set(pending.request.command, pending);
      send.push(this.#transmit(pending, nowMs));
    }
  }

  #mayFly({ request }: Pending): boolean {
    if (request.urgent) return true;
    if (this.#flying.size >= this.#limits.inFlight) return false;
    return !this.#flying.has(request.command) && !this.#quietUntilMs.has(request.command);
  }

  #transmit(pending: Pending, nowMs: number): MavLinkData {
    const message = commandMessage(this.#target, pending.request, pending.attempts);
    if (pending.attempts === 0) pending.firstSentMs = nowMs;
    pending.attempts += 1;
    pending.sentMs = nowMs;
    pending.deadlineMs = nowMs + this.#limits.ackTimeoutMs;
    return message;
  }

  #release(nowMs: number): void {
    for (const { outcome, sinceMs, dueMs } of this.#held) {
      if (nowMs < dueMs) continue;
      this.#outcomes.push({ ...outcome, remarks: this.#remarks.since(sinceMs) });
    }
    this.#held = this.#held.filter(({ dueMs }) => nowMs < dueMs);
  }

  #cancelCommand(command: number): void {
    const flying = this.#flying.get(command);
    if (flying !== undefined) this.#finish(flying, 'cancelled');
    for (const queued of this.#queue.filter(({ request }) => request.command === command)) {
      this.#queue.splice(this.#queue.indexOf(queued), 1);
      this.#finish(queued, 'cancelled');
    }
  }

  /** @param ackMs when the vehicle answered; undefined when it did not. */
  #finish(pending: Pending, result: CommandResult, ackMs?: number): void {
    const { id, request, attempts, sentMs, firstSentMs } = pending;
    if (this.#flying.get(request.command) === pending) this.#flying.delete(request.command);
    const unanswered = attempts - (result === 'timeout' || result === 'cancelled' ? 0 : 1);
    if (unanswered > 0) {
      this.#quietUntilMs.set(request.command, sentMs + this.#limits.ackTimeoutMs);
    }
    this.#progress.delete(id);
    const outcome = { id, command: request.command, result, attempts };
    if (ackMs === undefined || result === 'accepted') {
      this.#outcomes.push({ ...outcome, remarks: [] });
    } else {
      const dueMs = ackMs + this.#limits.remarkMs;
      this.#held.push({ outcome, sinceMs: firstSentMs, dueMs });
    }
  }

  /** PX4 fills in whom it answers; both zero is what an older, truncated ack decodes to. */
  #isForUs({ targetSystem, targetComponent }: CommandAck): boolean {
    if (targetSystem === 0 && targetComponent === 0) return true;
    return targetSystem === this.#self.sysid && targetComponent === this.#self.compid;
  }
}
