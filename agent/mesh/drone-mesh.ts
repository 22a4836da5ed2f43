import { decodePublish, encodeMeshStatus } from '#protocols/channel/mesh-codec.ts';
import type { Publish, Received } from '#protocols/channel/mesh-messages.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { encodeNeighbours, MAX_NEIGHBOURS } from '#protocols/channel/neighbours.ts';
import { decodePilotStatus, type PilotStatus } from '#protocols/channel/pilot-status.ts';
import { encodeReceived } from '#protocols/channel/received-codec.ts';
import { Fault } from '#protocols/fault.ts';
import { payloadPart } from '#protocols/gossip/envelope.ts';
import { compareGoalIds } from '#protocols/gossip/goal-order.ts';
import type { MeshSession } from '#protocols/gossip/mesh-session.ts';
import { allEntries, entriesOf } from '#protocols/gossip/registers.ts';
import { decodeLogHead } from '#protocols/log/log-head.ts';
import type { Sized } from '#protocols/sized.ts';

import {
  neighboursOf,
  noteNeighbour,
  type MissionFrame,
  type NeighbourTable,
} from './neighbour-table.ts';
import { composeBeacon, type BeaconSources } from './own-beacon.ts';

/** Where the mesh process of a drone puts what it has to say to the others; may drop. */
export interface DroneChannels {
  toPilot(type: number, payload: Uint8Array): void;
  /** @param received what `payload` says, for whoever can hand that over as well. */
  toMind(type: number, payload: Uint8Array, received?: Received): void;
  record(channel: 'mesh/in' | 'mesh/out' | 'mesh/status', payload: Uint8Array): void;
}

const NEIGHBOURS_MS = 100;
const STATUS_MS = 1000;
const BEACON_MS = 1000;
const FLYING_BEACON_MS = 500;

/**
 * The mesh process of a drone without its sockets: what goes from the mesh to pilot and mind, what the
 * beacon says, and when. Needs neither of the two alive.
 */
export class DroneMesh {
  readonly #session: MeshSession;
  readonly #channels: DroneChannels;
  readonly #neighbours: NeighbourTable = new Map();
  readonly #sources: BeaconSources;
  #frame: MissionFrame | undefined;
  #neighboursMs = -Infinity;
  #statusMs = -Infinity;
  #beaconMs = -Infinity;

  constructor(session: MeshSession, channels: DroneChannels) {
    this.#session = session;
    this.#channels = channels;
    this.#sources = {
      sysid: session.member.admission.self,
      status: undefined,
      mind: undefined,
      startMs: Number.POSITIVE_INFINITY,
      logHead: undefined,
      echoes: [],
    };
    // What was restored from disk counts as known; pilot and mind are told when they connect.
    for (const received of session.recall()) this.#noteGoal(received);
  }

  /** An admitted message: orders to the pilot first, then the rest of the world. */
  received(received: Received, envelope: Uint8Array): void {
    if (received.topic === 'directive' || received.topic === 'roster') {
      this.#channels.toPilot(MESSAGE_TYPE.envelope, envelope);
    }
    if (received.topic === 'goal') {
      this.#channels.toPilot(MESSAGE_TYPE.envelope, received.payload.safety);
    }
    const frame = encodeReceived(received, payloadPart(envelope));
    this.#channels.toMind(MESSAGE_TYPE.received, frame, received);
    this.#channels.record('mesh/in', envelope);
    this.#noteGoal(received);
    if (received.author !== this.#sources.sysid) noteNeighbour(this.#neighbours, received);
  }

  /** For whoever watches that it stays bounded. */
  get size(): Sized {
    return { name: 'neighbours', size: this.#neighbours.size, cap: MAX_NEIGHBOURS };
  }

  sent(envelope: Uint8Array): void {
    this.#channels.record('mesh/out', envelope);
  }

  #noteGoal(received: Received): void {
    if (received.topic !== 'goal') return;
    const { id, mission } = received.payload;
    if (this.#frame !== undefined && compareGoalIds(id, this.#frame.goal) < 0) return;
    this.#frame = { goal: id, origin: mission.origin };
  }

  /** A pilot that starts, or starts again, is told whom to believe, then all orders in force. */
  pilotConnected(): void {
    const { registers } = this.#session.member.admission;
    for (const { bytes } of entriesOf(registers, 'roster')) {
      this.#channels.toPilot(MESSAGE_TYPE.envelope, bytes);
    }
    for (const entry of allEntries(registers)) {
      if (entry.topic === 'directive') this.#channels.toPilot(MESSAGE_TYPE.envelope, entry.bytes);
      if (entry.topic !== 'goal') continue;
      const goal = this.#session.recallEntry(entry);
      if (goal?.topic === 'goal') {
        this.#channels.toPilot(MESSAGE_TYPE.envelope, goal.payload.safety);
      }
    }
  }

  /** What a mind that connects must know, one frame's payload each. */
  recallForMind(): Uint8Array[] {
    return this.#session.recall().map((received) => encodeReceived(received));
  }

  pilotStatus(bytes: Uint8Array, nowMs: number): void {
    const status = decodePilotStatus(bytes);
    if (status === undefined) return;
    const before = this.#sources.status;
    this.#sources.status = status;
    // An operator waits for this answer.
    if (isNews(before, status)) this.#publishBeacon(nowMs, true);
  }

  logHead(bytes: Uint8Array): void {
    this.#sources.logHead = decodeLogHead(bytes) ?? this.#sources.logHead;
  }

  /** What the mind wants published. A beacon of the mind's is only its share of ours. */
  publish(bytes: Uint8Array, nowMs: number): void {
    let publish: Publish;
    try {
      publish = decodePublish(bytes);
      if (publish.topic === 'beacon') {
        this.#mindSays(publish.payload, nowMs);
        return;
      }
      this.#session.publish(publish);
    } catch (error) {
      this.#session.noteUnpublished(error instanceof Fault ? error.code : 'unreadable');
    }
  }

  #mindSays(beacon: (Publish & { topic: 'beacon' })['payload'], nowMs: number): void {
    const before = this.#sources.mind?.beacon;
    this.#sources.mind = { beacon, atMs: nowMs };
    if (before?.task !== beacon.task || before?.reason !== beacon.reason) {
      this.#publishBeacon(nowMs, false);
    }
  }

  /** Some twenty times a second. */
  tick(nowMs: number): void {
    this.#sources.startMs = Math.min(this.#sources.startMs, nowMs);
    const isFlying = this.#sources.status?.values.armed === 1;
    if (nowMs - this.#beaconMs >= (isFlying ? FLYING_BEACON_MS : BEACON_MS)) {
      this.#publishBeacon(nowMs, false);
    }
    if (nowMs - this.#neighboursMs >= NEIGHBOURS_MS) {
      this.#neighboursMs = nowMs;
      this.#channels.toPilot(MESSAGE_TYPE.neighbours, encodeNeighbours(this.#neighbourMessage()));
    }
    if (nowMs - this.#statusMs >= STATUS_MS) {
      this.#statusMs = nowMs;
      const status = encodeMeshStatus(this.#session.status());
      this.#channels.toMind(MESSAGE_TYPE.meshStatus, status);
      this.#channels.record('mesh/status', status);
    }
    this.#session.tick();
  }

  #publishBeacon(nowMs: number, hurry: boolean): void {
    this.#beaconMs = nowMs;
    const compose = (departureMs: number) =>
      composeBeacon({ ...this.#sources, echoes: this.#session.echoes() }, departureMs);
    this.#session.publishBeacon(compose, hurry);
  }

  #neighbourMessage(): Parameters<typeof encodeNeighbours>[0] {
    const { members } = this.#session.member.admission;
    const heardLast = (role: string): number =>
      Math.max(
        -1,
        ...[...members.values()]
          .filter((one) => one.role === role && one.id !== this.#sources.sysid)
          .map((one) => this.#session.heardMs(one.id)),
      );
    const clockOf = (member: number) => this.#session.clockOf(member);
    return {
      operatorHeardMs: heardLast('operator'),
      peerHeardMs: heardLast('drone'),
      neighbours:
        this.#frame === undefined ? [] : neighboursOf(this.#neighbours, this.#frame, clockOf),
    };
  }
}

const isNews = (before: PilotStatus | undefined, now: PilotStatus): boolean =>
  before === undefined ||
  !Object.is(before.values.directiveNumber, now.values.directiveNumber) ||
  !Object.is(before.values.directiveIssuer, now.values.directiveIssuer) ||
  !Object.is(before.values.phase, now.values.phase) ||
  codesOf(before.troubles) !== codesOf(now.troubles);

/** Without their subjects: shares of lost packets change with every look. */
const codesOf = (troubles: PilotStatus['troubles']): string =>
  troubles.map(({ code }) => code).join(' ');
