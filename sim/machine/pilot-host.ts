import { decodePilotMemory } from '#agent/pilot/memory.ts';
import { encodePilotInbox, encodePilotOutbox, type PilotOutbox } from '#agent/pilot/inbox.ts';
import { Mailbox } from '#agent/pilot/mailbox.ts';
import { createPilot, type Pilot, type PilotStart } from '#agent/pilot/pilot.ts';
import { encodePilotStart } from '#agent/pilot/replay.ts';
import { PILOT_TICK_MS, pilotTick } from '#agent/pilot/tick.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import type { Verify } from '#protocols/gossip/signing.ts';
import { encodeTickRecord } from '#protocols/log/tick-record.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import type { Sized } from '#protocols/sized.ts';
import type { Companion, ProcessHost, ProcessName } from './companion.ts';
import { RecordLine } from './record-line.ts';

/** Ticks between two batches of records, as in agent/pilot/process.ts. */
const FLUSH_EVERY = 10;
/** After a stall longer than this the missed ticks are not made up for. */
const SKIP_AFTER_MS = 100;

interface PilotParts {
  operators: PilotStart['operators'];
  authorityPublicKeyHex: string;
  verify: Verify;
  /** Phase of its timer against the episode's steps, ms. */
  phaseMs: number;
  /** A whole packet for the vehicle. */
  toVehicle(packet: Uint8Array): void;
}

/** What dies with the process. */
interface Running {
  pilot: Pilot;
  framer: Framer;
  mailbox: Mailbox;
  records: RecordLine;
  startedMs: number;
  deadlineMs: number;
  tick: number;
}

/** The pilot process in lockstep: agent/pilot/process.ts without sockets, clock and disk. */
export class PilotHost implements ProcessHost {
  readonly #companion: Companion;
  readonly #parts: PilotParts;
  #running: Running | undefined;

  constructor(companion: Companion, parts: PilotParts) {
    this.#companion = companion;
    this.#parts = parts;
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  /** Monotonic ms at which the running process began; undefined while it is dead. */
  get startedMs(): number | undefined {
    return this.#running?.startedMs;
  }

  /** Undefined while the process is dead. For whoever judges the episode. */
  get pilot(): Pilot | undefined {
    return this.#running?.pilot;
  }

  /** For whoever judges the episode. */
  get sizes(): readonly Sized[] {
    const running = this.#running;
    return running === undefined ? [] : [...running.mailbox.sizes, running.records.size];
  }

  start(): void {
    const { sysid, clock, storage } = this.#companion;
    const startMs = clock.monotonicMs();
    const stored = storage.pilotMemory;
    const start: PilotStart = {
      sysid,
      simulated: true,
      operators: this.#parts.operators,
      authorityPublicKeyHex: this.#parts.authorityPublicKeyHex,
      startMs,
      memory: stored === undefined ? null : (decodePilotMemory(stored) ?? null),
    };
    const records = new RecordLine(this.#companion, 'pilot');
    records.add('pilot/start', startMs, encodePilotStart(start));
    this.#running = {
      pilot: createPilot(structuredClone(start), this.#parts.verify),
      framer: new Framer(),
      mailbox: new Mailbox(),
      records,
      startedMs: startMs,
      deadlineMs: startMs + this.#parts.phaseMs,
      tick: 0,
    };
  }

  kill(): void {
    this.#running = undefined;
  }

  /** A datagram of the vehicle's. */
  hearVehicle(datagram: Uint8Array): void {
    this.#running?.framer.push(datagram);
    this.#running?.framer.endDatagram();
  }

  hear(type: number, payload: Uint8Array, from: ProcessName): void {
    const running = this.#running;
    if (running === undefined) return;
    if (from !== 'recorder') running.mailbox.put({ type, payload });
    else if (type === MESSAGE_TYPE.recordsAcknowledged) running.records.acknowledge(payload);
    else running.records.reconnected();
  }

  step(): void {
    const running = this.#running;
    if (running === undefined) return;
    const nowMs = this.#companion.clock.monotonicMs();
    const lateMs = nowMs - running.deadlineMs;
    if (lateMs < 0) return;
    running.deadlineMs =
      lateMs > SKIP_AFTER_MS ? nowMs + PILOT_TICK_MS : running.deadlineMs + PILOT_TICK_MS;
    this.#tick(running, nowMs);
  }

  #tick(running: Running, nowMs: number): void {
    const inbox = { packets: framesOf(running.framer), frames: running.mailbox.take() };
    const outbox = pilotTick(running.pilot, inbox, nowMs);
    for (const packet of outbox.packets) this.#parts.toVehicle(packet);
    this.#broadcast(outbox);
    if (outbox.memory !== undefined) this.#companion.storage.pilotMemory = outbox.memory;
    const { records } = running;
    const record = encodeTickRecord({
      tick: running.tick,
      nowMs,
      inbox: encodePilotInbox(inbox),
      outbox: encodePilotOutbox(outbox),
    });
    running.tick += 1;
    records.add('pilot/tick', nowMs, record);
    for (const { type, payload } of outbox.frames) {
      if (type === MESSAGE_TYPE.pilotStatus) records.add('pilot/status', nowMs, payload);
    }
    if (running.tick % FLUSH_EVERY === 0) records.flush();
  }

  #broadcast({ frames }: PilotOutbox): void {
    for (const { type, payload } of frames) {
      if (type !== MESSAGE_TYPE.rangeRing) this.#companion.send('mesh', type, payload, 'pilot');
      this.#companion.send('mind', type, payload, 'pilot');
    }
  }
}

const framesOf = (framer: Framer): Frame[] => {
  const frames: Frame[] = [];
  for (let frame = framer.next(); frame !== undefined; frame = framer.next()) frames.push(frame);
  return frames;
};
