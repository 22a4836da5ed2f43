import { DroneMesh } from '#agent/mesh/drone-mesh.ts';
import type { Received } from '#protocols/channel/mesh-messages.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { resumeCounters } from '#protocols/gossip/counters.ts';
import { openGroupKey } from '#protocols/gossip/group-key.ts';
import { memberSizes } from '#protocols/gossip/member-sizes.ts';
import {
  createMeshMember,
  type GroupKeyOf,
  type MeshMember,
} from '#protocols/gossip/mesh-member.ts';
import { MeshSession } from '#protocols/gossip/mesh-session.ts';
import type { Mesh, MeshHandlers } from '#protocols/gossip/mesh.ts';
import type { EnvelopeReader } from '#protocols/gossip/opened-envelope.ts';
import type { Roster } from '#protocols/gossip/roster.ts';
import type { SigningKey, Verify } from '#protocols/gossip/signing.ts';
import { StateKeeper } from '#protocols/gossip/state-keeper.ts';
import { restoreStoredState } from '#protocols/gossip/stored-state.ts';
import type { Random } from '#protocols/random.ts';
import type { Sized } from '#protocols/sized.ts';
import type { Companion, ProcessHost, ProcessName } from './companion.ts';
import { RecordLine } from './record-line.ts';

/** As in protocols/gossip/node-member.ts and agent/mesh/process.ts. */
const TICK_MS = 50;
const FLUSH_EVERY_TICKS = 4;

interface MeshParts {
  key: SigningKey;
  verify: Verify;
  reader: EnvelopeReader;
  authorityKey: Uint8Array;
  signedRoster: Uint8Array;
  /** Of the computer's present boot. */
  bootEpoch: () => number;
  random: Random;
  join(member: number, roster: Roster, handlers: MeshHandlers): Mesh;
  admitted(received: Received, envelope: Uint8Array): void;
  /** Told what a frame to the mind says. */
  toldMind(frame: Uint8Array, received: Received): void;
}

interface Running {
  session: MeshSession;
  drone: DroneMesh;
  mesh: Mesh;
  keeper: StateKeeper;
  records: RecordLine;
  deadlineMs: number;
  ticks: number;
}

/** The mesh process of a drone in lockstep, over a transport that is handed in. */
export class MeshHost implements ProcessHost {
  readonly #companion: Companion;
  readonly #parts: MeshParts;
  #running: Running | undefined;
  #starts = 0;

  constructor(companion: Companion, parts: MeshParts) {
    this.#companion = companion;
    this.#parts = parts;
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  /** Undefined while the process is dead. */
  get session(): MeshSession | undefined {
    return this.#running?.session;
  }

  /** For whoever judges the episode. */
  get sizes(): readonly Sized[] {
    const running = this.#running;
    if (running === undefined) return [];
    const { session, drone, records } = running;
    return [...memberSizes(session.member), drone.size, records.size];
  }

  start(): void {
    const { clock, sysid, storage } = this.#companion;
    const { random, join } = this.#parts;
    const nowMs = clock.monotonicMs();
    const records = new RecordLine(this.#companion, 'mesh');
    this.#starts += 1;
    const member = this.#restoredMember(nowMs);
    const wiring: { drone?: DroneMesh } = {};
    const session = new MeshSession(member, clock, random.fork(`session-${this.#starts}`), {
      onReceived: (received, envelope) => {
        this.#parts.admitted(received, envelope);
        wiring.drone?.received(received, envelope);
      },
      onSent: (envelope) => wiring.drone?.sent(envelope),
    });
    const drone = new DroneMesh(session, {
      toPilot: (type, payload) => this.#companion.send('pilot', type, payload, 'mesh'),
      toMind: (type, payload, received) => {
        if (received !== undefined) this.#parts.toldMind(payload, received);
        this.#companion.send('mind', type, payload, 'mesh');
      },
      record: (channel, payload) => records.add(channel, clock.monotonicMs(), payload),
    });
    wiring.drone = drone;
    const mesh = join(sysid, member.admission.roster, session);
    session.attach(mesh);
    const keeper = new StateKeeper(member, storage, clock, () => undefined);
    keeper.keep();
    this.#running = { session, drone, mesh, keeper, records, deadlineMs: nowMs, ticks: 0 };
    this.pilotConnected();
    this.mindConnected();
  }

  kill(): void {
    void this.#running?.mesh.close();
    this.#running = undefined;
  }

  /** The pilot has just started: it is told what is in force. */
  pilotConnected(): void {
    this.#running?.drone.pilotConnected();
  }

  mindConnected(): void {
    for (const payload of this.#running?.drone.recallForMind() ?? []) {
      this.#companion.send('mind', MESSAGE_TYPE.received, payload, 'mesh');
    }
  }

  hear(type: number, payload: Uint8Array, from: ProcessName): void {
    const running = this.#running;
    if (running === undefined) return;
    const { drone, records } = running;
    const nowMs = this.#companion.clock.monotonicMs();
    if (from === 'pilot') {
      if (type === MESSAGE_TYPE.pilotStatus) drone.pilotStatus(payload, nowMs);
    } else if (from === 'mind') {
      if (type === MESSAGE_TYPE.publish) drone.publish(payload, nowMs);
    } else if (type === MESSAGE_TYPE.logHead) drone.logHead(payload);
    else if (type === MESSAGE_TYPE.recordsAcknowledged) records.acknowledge(payload);
    else records.reconnected();
  }

  step(): void {
    const running = this.#running;
    if (running === undefined) return;
    const nowMs = this.#companion.clock.monotonicMs();
    running.session.relay();
    if (nowMs < running.deadlineMs) return;
    running.deadlineMs = Math.max(running.deadlineMs + TICK_MS, nowMs);
    running.drone.tick(nowMs);
    running.keeper.keep();
    running.ticks += 1;
    if (running.ticks % FLUSH_EVERY_TICKS === 0) running.records.flush();
  }

  #restoredMember(nowMs: number): MeshMember {
    const { sysid, storage } = this.#companion;
    const { key, verify, reader, authorityKey, signedRoster } = this.#parts;
    const groupKeyOf: GroupKeyOf = (roster, signer) =>
      openGroupKey(roster, sysid, key.seed, signer);
    const bootEpoch = this.#parts.bootEpoch();
    const resumed = resumeCounters(storage.readCounters(), bootEpoch, bootEpoch);
    const member = createMeshMember({
      self: sysid,
      sign: key.sign,
      verify,
      reader,
      authorityKey,
      signedRoster,
      groupKeyOf,
      bootEpoch: resumed.bootEpoch,
      nowMs,
    });
    member.sequence = resumed.sequence;
    restoreStoredState(member, storage.readState(), nowMs);
    return member;
  }
}
