import { decodeInbox, encodeInbox, encodeMindStart, encodeOutbox } from '#agent/mind/codec.ts';
import { parseDurable } from '#agent/mind/durable.ts';
import type { PlanAnswer, Planner, SafePlanner } from '#agent/mind/plan-port.ts';
import { encodePlanRecord } from '#agent/mind/plan-record.ts';
import {
  createMind,
  emptyInbox,
  type Look,
  type Mind,
  type MindInbox,
  type MindOutbox,
  type PayloadConfiguration,
} from '#agent/mind/state.ts';
import { mindTick } from '#agent/mind/tick.ts';
import { decodeReceived, encodePublish } from '#protocols/channel/mesh-codec.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { encodeOrder } from '#protocols/channel/order.ts';
import { decodePilotStatus } from '#protocols/channel/pilot-status.ts';
import { decodeRangeRing } from '#protocols/channel/range-ring.ts';
import { encodeTrajectory } from '#protocols/channel/trajectory-codec.ts';
import { encodeTickRecord } from '#protocols/log/tick-record.ts';
import type { Companion, ProcessHost, ProcessName } from './companion.ts';
import { RecordLine } from './record-line.ts';

/** As in agent/mind/main.ts. */
const IDLE_MS = 200;
const FLUSH_MS = 100;
const MAX_WAITING = 512;

interface MindParts {
  seed: number;
  hasPayload: boolean;
  safePlan: SafePlanner;
  /** A planner for a mind that starts. */
  openPlanner(): Planner;
  configurePayload(configuration: PayloadConfiguration): void;
}

interface Running {
  mind: Mind;
  planner: Planner;
  records: RecordLine;
  inbox: MindInbox;
  ticks: number;
  lastTickMs: number;
  flushMs: number;
}

/** The mind's process in lockstep: agent/mind/main.ts without sockets, clock and disk. */
export class MindHost implements ProcessHost {
  readonly #companion: Companion;
  readonly #parts: MindParts;
  #running: Running | undefined;

  constructor(companion: Companion, parts: MindParts) {
    this.#companion = companion;
    this.#parts = parts;
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  /** Undefined while the process is dead. For whoever judges the episode. */
  get mind(): Mind | undefined {
    return this.#running?.mind;
  }

  /** What it works on; null = nothing. For whoever judges the episode. */
  /** Members whose reports of their work this mind no longer believes. */
  get liars(): readonly number[] {
    return [...(this.#running?.mind.liars ?? [])];
  }

  get task(): string | null {
    return this.#running?.mind.execution?.task.id ?? null;
  }

  start(): void {
    const { sysid, clock, storage } = this.#companion;
    const { seed, hasPayload, safePlan } = this.#parts;
    const startMs = clock.monotonicMs();
    const restored =
      storage.mindState === undefined ? null : (parseDurable(storage.mindState) ?? null);
    const options = { sysid, seed, hasPayload, restored };
    const records = new RecordLine(this.#companion, 'mind');
    records.add('mind/start', startMs, encodeMindStart(options));
    const planner = this.#parts.openPlanner();
    planner.onAnswer((answer) => this.#hearPlanner(answer));
    this.#running = {
      mind: createMind(options, safePlan),
      planner,
      records,
      inbox: emptyInbox(),
      ticks: 0,
      lastTickMs: startMs,
      flushMs: startMs,
    };
  }

  kill(): void {
    this.#running?.planner.close();
    this.#running = undefined;
  }

  look(look: Look): void {
    const looks = this.#running?.inbox.looks;
    if (looks !== undefined && looks.length < MAX_WAITING) looks.push(look);
    this.payloadAlive();
  }

  payloadAlive(): void {
    if (this.#running !== undefined) this.#running.inbox.payloadAlive = true;
  }

  hear(type: number, payload: Uint8Array, from: ProcessName): void {
    const running = this.#running;
    if (running === undefined) return;
    const { inbox } = running;
    if (from === 'pilot') {
      if (type === MESSAGE_TYPE.rangeRing) inbox.ring = decodeRangeRing(payload) ?? null;
      if (type !== MESSAGE_TYPE.pilotStatus) return;
      const status = decodePilotStatus(payload);
      if (status === undefined) return;
      inbox.status = status;
      this.#tick(running);
    } else if (from === 'mesh') {
      if (type !== MESSAGE_TYPE.received) return;
      inbox.received.push(decodeReceived(payload));
      if (inbox.received.length > MAX_WAITING) inbox.received.shift();
    } else if (type === MESSAGE_TYPE.recordsAcknowledged) running.records.acknowledge(payload);
    else running.records.reconnected();
  }

  step(): void {
    const running = this.#running;
    if (running === undefined) return;
    const nowMs = this.#companion.clock.monotonicMs();
    if (nowMs - running.lastTickMs >= IDLE_MS) this.#tick(running);
    if (nowMs - running.flushMs < FLUSH_MS) return;
    running.flushMs = nowMs;
    running.records.flush();
  }

  #hearPlanner(answer: PlanAnswer): void {
    const running = this.#running;
    if (running === undefined) return;
    running.inbox.answer = answer;
    this.#tick(running);
  }

  #tick(running: Running): void {
    const nowMs = this.#companion.clock.monotonicMs();
    running.lastTickMs = nowMs;
    const { answer } = running.inbox;
    const inbox = encodeInbox(running.inbox);
    running.inbox = emptyInbox();
    const outbox = mindTick(running.mind, decodeInbox(inbox), nowMs);
    this.#act(running, outbox);
    const record = encodeTickRecord({
      tick: running.ticks,
      nowMs,
      inbox,
      outbox: encodeOutbox(outbox),
    });
    running.ticks += 1;
    running.records.add('mind/tick', nowMs, record);
    const plan = encodePlanRecord(answer, outbox);
    if (plan !== undefined) running.records.add('mind/plan', nowMs, plan);
  }

  #act({ planner }: Running, outbox: MindOutbox): void {
    const { order, trajectory, planRequest, payload, durable, publish } = outbox;
    const send = (to: 'pilot' | 'mesh', type: number, bytes: Uint8Array): void =>
      this.#companion.send(to, type, bytes, 'mind');
    if (trajectory !== null) {
      send('pilot', MESSAGE_TYPE.trajectory, encodeTrajectory(trajectory));
    }
    if (order !== null) send('pilot', MESSAGE_TYPE.order, encodeOrder(order));
    if (planRequest !== null) planner.request(planRequest);
    if (payload !== null) this.#parts.configurePayload(payload);
    if (durable !== null) this.#companion.storage.mindState = JSON.stringify(durable);
    for (const message of publish) send('mesh', MESSAGE_TYPE.publish, encodePublish(message));
  }
}
