/**
 * The mind's process: a tick for every status of the pilot and every answer of the planner.
 *
 *   node agent/mind/main.ts --config FILE
 */
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { connectChannel, type ChannelPeer } from '#protocols/channel/socket.ts';
import { EXIT, Fault } from '#protocols/fault.ts';
import type { ChannelName } from '#protocols/log/record.ts';
import { RecordSender } from '#protocols/log/sender.ts';
import { encodeTickRecord } from '#protocols/log/tick-record.ts';
import { systemClock } from '#protocols/system-clock.ts';

import { AGENT_SOCKETS, type AgentConfig } from '../config.ts';
import { encodeMindStart } from './codec.ts';
import { readDurable, writeDurable } from './durable-file.ts';
import type { DurableState } from './durable.ts';
import { InboxTray, type TakenInbox } from './inbox-tray.ts';
import { connectPayload, type Payload } from './payload-socket.ts';
import type { PlanAnswer, Planner } from './plan-port.ts';
import { encodePlanRecord } from './plan-record.ts';
import { safePlanner } from './plan/safe.ts';
import { PLAN_SETTINGS } from './plan/settings.ts';
import { startPlanner } from './plan/start-planner.ts';
import { encodeOutbox, outboxFrames, type OutboxFrames } from './record/outbox.ts';
import { createMind, type Mind, type MindOutbox } from './state.ts';
import { mindTick } from './tick.ts';
import { surviveLog } from '../survive-log.ts';

const DURABLE_FILE = 'mind-state.json';
/** Without a status for this long the mind ticks by itself: the others must still hear of it. */
const IDLE_MS = 200;
const FLUSH_MS = 100;
const DURABLE_MS = 1000;

const tell = (fields: Record<string, unknown>): void => {
  process.stderr.write(`${JSON.stringify({ process: 'mind', ...fields })}\n`);
};

class MindProcess {
  readonly #config: AgentConfig;
  readonly #pilot: ChannelPeer;
  readonly #mesh: ChannelPeer;
  readonly #recorder: ChannelPeer;
  readonly #payload: Payload | undefined;
  readonly #planner: Planner;
  readonly #records: RecordSender;
  readonly #mind: Mind;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #tray = new InboxTray();
  #ticks = 0;
  #lastTickMs = 0;
  #durable: DurableState | undefined;
  #writing = false;

  constructor(config: AgentConfig) {
    this.#config = config;
    const startMs = systemClock.monotonicMs();
    const socketOf = (name: keyof typeof AGENT_SOCKETS): string =>
      join(config.runDir, AGENT_SOCKETS[name]);
    this.#recorder = connectChannel(socketOf('recorder'), {
      onConnect: () => this.#records.reconnected(),
      onFrame: ({ type, payload }) => {
        if (type === MESSAGE_TYPE.recordsAcknowledged) this.#records.acknowledge(payload);
      },
    });
    this.#records = new RecordSender({
      senderStartMs: startMs,
      send: (batch) => this.#recorder.send(MESSAGE_TYPE.records, batch),
    });
    const options = {
      sysid: config.sysid,
      seed: config.seed,
      hasPayload: config.payloadSocket !== null,
      restored: readDurable(join(config.runDir, DURABLE_FILE)),
    };
    this.#mind = createMind(options, safePlanner(PLAN_SETTINGS));
    this.#record('mind/start', startMs, encodeMindStart(options));
    this.#pilot = connectChannel(socketOf('pilot'), {
      onFrame: ({ type, payload }) => this.#hearPilot(type, payload),
    });
    this.#mesh = connectChannel(socketOf('mesh'), {
      onFrame: ({ type, payload }) => {
        if (type === MESSAGE_TYPE.received) this.#hearMesh(payload);
      },
    });
    this.#payload = this.#connectPayload(config.payloadSocket);
    this.#planner = startPlanner(config);
    this.#planner.onAnswer((answer) => this.#hearPlanner(answer));
    this.#timers.push(
      setInterval(() => this.#tickWhenIdle(), IDLE_MS),
      setInterval(() => this.#records.flush(), FLUSH_MS),
      setInterval(() => void this.#writeDurable(), DURABLE_MS),
    );
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#writeDurable();
    this.#records.flush();
    this.#planner.close();
    this.#payload?.close();
    for (const peer of [this.#pilot, this.#mesh, this.#recorder]) peer.close();
  }

  #connectPayload(path: string | null): Payload | undefined {
    if (path === null) return undefined;
    return connectPayload(path, {
      onLook: (look) => this.#tray.look(look),
      onAlive: () => this.#tray.payloadAlive(),
    });
  }

  #hearPilot(type: number, payload: Uint8Array): void {
    if (type === MESSAGE_TYPE.rangeRing) this.#tray.hearRing(payload);
    if (type === MESSAGE_TYPE.pilotStatus && this.#tray.hearStatus(payload)) this.#tick();
  }

  /** The mesh process validated it against its topic's schema; a torn frame of its own is dropped. */
  #hearMesh(payload: Uint8Array): void {
    try {
      this.#tray.hearReceived(payload);
    } catch (error) {
      tell({ event: 'message-unreadable', detail: String(error) });
    }
  }

  #hearPlanner(answer: PlanAnswer): void {
    this.#tick(this.#tray.takeAnswer(answer));
  }

  #tickWhenIdle(): void {
    if (systemClock.monotonicMs() - this.#lastTickMs >= IDLE_MS) this.#tick();
  }

  #tick({ inbox, bytes }: TakenInbox = this.#tray.take()): void {
    const nowMs = systemClock.monotonicMs();
    this.#lastTickMs = nowMs;
    const outbox = mindTick(this.#mind, inbox, nowMs);
    const frames = outboxFrames(outbox);
    this.#act(outbox, frames);
    const tick = this.#ticks;
    this.#ticks += 1;
    const { answer } = inbox;
    const record = { tick, nowMs, inbox: bytes, outbox: encodeOutbox(outbox, frames, answer) };
    this.#record('mind/tick', nowMs, encodeTickRecord(record));
    const plan = encodePlanRecord(answer, outbox);
    if (plan !== undefined) this.#record('mind/plan', nowMs, plan);
  }

  #act({ planRequest, payload, durable }: MindOutbox, frames: OutboxFrames): void {
    const { order, trajectory, publish } = frames;
    if (trajectory !== null) this.#pilot.send(MESSAGE_TYPE.trajectory, trajectory);
    if (order !== null) this.#pilot.send(MESSAGE_TYPE.order, order);
    if (planRequest !== null) this.#planner.request(planRequest);
    if (payload !== null) this.#payload?.configure(payload);
    if (durable !== null) this.#durable = durable;
    for (const message of publish) this.#mesh.send(MESSAGE_TYPE.publish, message);
  }

  async #writeDurable(): Promise<void> {
    const state = this.#durable;
    if (state === undefined || this.#writing) return;
    this.#durable = undefined;
    this.#writing = true;
    try {
      await writeDurable(join(this.#config.runDir, DURABLE_FILE), state);
    } catch (error) {
      // A full or broken disk must not end a flight; the mesh still knows what was looked at.
      tell({ event: 'state-not-written', detail: String(error) });
    } finally {
      this.#writing = false;
    }
  }

  #record(channel: ChannelName, monotonicMs: number, payload: Uint8Array): void {
    try {
      this.#records.add(channel, monotonicMs, systemClock.unixUs(), payload);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      tell({ event: 'record-refused', code: error.code, bytes: payload.length });
    }
  }
}

const main = (): void => {
  surviveLog();
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) {
    tell({ event: 'usage', remedy: 'Give --config FILE, as the supervisor does.' });
    process.exit(EXIT.usage);
  }
  // The supervisor validated and wrote it (config.ts).
  const mind = new MindProcess(JSON.parse(readFileSync(values.config, 'utf8')) as AgentConfig);
  const stop = async (): Promise<void> => {
    await mind.stop();
    process.exit(EXIT.ok);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  // A drone is switched off, not shut down: what was compiled is kept now, not at the end.
  flushCompileCache();
};

main();
