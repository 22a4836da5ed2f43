import { encodeMindStart } from '#agent/mind/codec.ts';
import { parseDurable } from '#agent/mind/durable.ts';
import { InboxTray, type TakenInbox } from '#agent/mind/inbox-tray.ts';
import type { PlanAnswer, Planner, SafePlanner } from '#agent/mind/plan-port.ts';
import { encodePlanRecord } from '#agent/mind/plan-record.ts';
import { encodeOutbox, outboxFrames, type OutboxFrames } from '#agent/mind/record/outbox.ts';
import {
  createMind,
  type Look,
  type Mind,
  type MindOutbox,
  type PayloadConfiguration,
} from '#agent/mind/state.ts';
import { mindSizes } from '#agent/mind/sizes.ts';
import { mindTick } from '#agent/mind/tick.ts';
import type { Received } from '#protocols/channel/mesh-messages.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { encodeTickRecord } from '#protocols/log/tick-record.ts';
import type { Sized } from '#protocols/sized.ts';
import type { Companion, ProcessHost, ProcessName } from './companion.ts';
import { RecordLine } from './record-line.ts';

/** As in agent/mind/main.ts. */
const IDLE_MS = 200;
const FLUSH_MS = 100;

interface MindParts {
  seed: number;
  hasPayload: boolean;
  safePlan: SafePlanner;
  /** A planner for a mind that starts. */
  openPlanner(): Planner;
  configurePayload(configuration: PayloadConfiguration): void;
  /** What a frame from the mesh says, when it has been read already. */
  readAlready(frame: Uint8Array): Received | undefined;
}

interface Running {
  mind: Mind;
  planner: Planner;
  records: RecordLine;
  tray: InboxTray;
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

  /** Members whose reports of their work this mind no longer believes. */
  get liars(): readonly number[] {
    return [...(this.#running?.mind.liars ?? [])];
  }

  /** What it works on; null = nothing. For whoever judges the episode. */
  get task(): string | null {
    return this.#running?.mind.execution?.task.id ?? null;
  }

  /** For whoever judges the episode. */
  get sizes(): readonly Sized[] {
    const running = this.#running;
    if (running === undefined) return [];
    const { mind, tray, records } = running;
    return [...mindSizes(mind), ...tray.sizes, records.size];
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
      tray: new InboxTray(),
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
    this.#running?.tray.look(look);
    this.payloadAlive();
  }

  payloadAlive(): void {
    this.#running?.tray.payloadAlive();
  }

  hear(type: number, payload: Uint8Array, from: ProcessName): void {
    const running = this.#running;
    if (running === undefined) return;
    const { tray } = running;
    if (from === 'pilot') {
      if (type === MESSAGE_TYPE.rangeRing) tray.hearRing(payload);
      if (type === MESSAGE_TYPE.pilotStatus && tray.hearStatus(payload)) this.#tick(running);
    } else if (from === 'mesh') {
      if (type !== MESSAGE_TYPE.received) return;
      tray.hearReceived(payload, this.#parts.readAlready(payload));
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
    this.#tick(running, running.tray.takeAnswer(answer));
  }

  #tick(running: Running, { inbox, bytes }: TakenInbox = running.tray.take()): void {
    const nowMs = this.#companion.clock.monotonicMs();
    running.lastTickMs = nowMs;
    const outbox = mindTick(running.mind, inbox, nowMs);
    const frames = outboxFrames(outbox);
    this.#act(running, outbox, frames);
    const tick = running.ticks;
    running.ticks += 1;
    const { answer } = inbox;
    const record = { tick, nowMs, inbox: bytes, outbox: encodeOutbox(outbox, frames, answer) };
    running.records.add('mind/tick', nowMs, encodeTickRecord(record));
    const plan = encodePlanRecord(answer, outbox);
    if (plan !== undefined) running.records.add('mind/plan', nowMs, plan);
  }

  #act({ planner }: Running, outbox: MindOutbox, frames: OutboxFrames): void {
    const { planRequest, payload, durable } = outbox;
    const { order, trajectory, publish } = frames;
    const send = (to: 'pilot' | 'mesh', type: number, bytes: Uint8Array): void =>
      this.#companion.send(to, type, bytes, 'mind');
    if (trajectory !== null) send('pilot', MESSAGE_TYPE.trajectory, trajectory);
    if (order !== null) send('pilot', MESSAGE_TYPE.order, order);
    if (planRequest !== null) planner.request(planRequest);
    if (payload !== null) this.#parts.configurePayload(payload);
    if (durable !== null) this.#companion.storage.mindState = JSON.stringify(durable);
    for (const message of publish) send('mesh', MESSAGE_TYPE.publish, message);
  }
}
