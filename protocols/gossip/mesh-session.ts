import type { MeshStatus, PayloadByTopic, Publish, Received } from '../channel/mesh-messages.ts';
import { Fault } from '../fault.ts';
import type { Random } from '../random.ts';
import type { Clock } from '../time.ts';
import { admit } from './admit.ts';
import { clockEstimate } from './clock-offset.ts';
import { renewedLane } from './fast-lane.ts';
import { passOrder } from './fast-orders.ts';
import { receiveCast } from './fast-receive.ts';
import { forgetLeavers, type MeshMember } from './mesh-member.ts';
import { queueBeacon, queuePublish, signSafety } from './mesh-publish.ts';
import {
  isDirectWelcome,
  recall,
  receiveDirect,
  receiveGossip,
  type Receipt,
} from './mesh-receive.ts';
import { meshReport, type MeshReport } from './mesh-report.ts';
import { greeting, meshTick, paceNow, relayTick } from './mesh-tick.ts';
import type { GossipVerdict, Mesh, MeshHandlers } from './mesh.ts';
import { queueLasting } from './outgoing.ts';
import type { PieceExchange } from './piece-exchange.ts';
import { isPieceMessage } from './pieces.ts';
import { allEntries, isDurable, newestRelease, type Entry } from './registers.ts';
import type { Release } from './release.ts';
import type { Roster } from './roster.ts';

/** What a session tells its owner. */
export interface SessionEvents {
  /** One admitted message and the envelope it came in. Orders of operators come first. */
  onReceived(received: Received, envelope: Uint8Array): void;
  /** An envelope of our own that has just been published. */
  onSent(envelope: Uint8Array): void;
}

/** Who says nothing for so long has lost its links with us, or is about to. */
const GONE_MS = 2000;
/** A member that is connected and yet unheard of for this long: its link may be mute. Beacons come every second. */
const SILENT_MS = 6000;

/**
 * A member at work on a mesh: joins the pure parts to a transport, real or simulated. Its owner calls
 * {@link tick} some twenty times a second.
 */
export class MeshSession implements MeshHandlers {
  readonly member: MeshMember;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #events: SessionEvents;
  #mesh: Mesh | undefined;
  #pieces: PieceExchange | undefined;
  readonly #connectedMs = new Map<number, number>();
  /** When each member's own voice came last. */
  readonly #voiceMs = new Map<number, number>();

  constructor(member: MeshMember, clock: Clock, random: Random, events: SessionEvents) {
    this.member = member;
    this.#clock = clock;
    this.#random = random;
    this.#events = events;
  }

  /** Begins to send; before, messages wait. */
  attach(mesh: Mesh): void {
    this.#mesh = mesh;
  }

  /** Fetches and hands on the contents of releases from now on, those announced before too. */
  exchange(pieces: PieceExchange): void {
    this.#pieces = pieces;
    for (const { topic, payload } of this.recall()) if (topic === 'release') pieces.want(payload);
  }

  /**
   * Announces a content of ours and serves it. Throws Fault 'release-rollback', 'role', and what the store
   * throws.
   */
  offer(name: string, version: number, content: Uint8Array): Release {
    const newest = newestRelease(this.member.admission.registers, name);
    const pieces = this.#pieces;
    if (pieces === undefined) throw new Error('offered before exchange()');
    if (version < newest) {
      throw new Fault('release-rollback', `version ${newest} of ${name} was announced already`, {
        data: { name, version, newest },
        remedy: 'Give it a greater version: by announcement no member goes back.',
        exit: 'refused',
      });
    }
    const release = pieces.offer(name, version, content);
    this.publish({ topic: 'release', payload: release }, true);
    return release;
  }

  onGossip(from: number, bytes: Uint8Array): GossipVerdict {
    const receipt = receiveGossip(this.member, from, bytes, this.#clock.monotonicMs());
    this.#deliver(receipt);
    return receipt.verdict;
  }

  onDirect(from: number, bytes: Uint8Array): void {
    if (this.#pieces !== undefined && isPieceMessage(bytes)) {
      const nowMs = this.#clock.monotonicMs();
      if (!isDirectWelcome(this.member, from, bytes.length, nowMs)) return;
      for (const reply of this.#pieces.receive(from, bytes, nowMs)) this.#mesh?.send(from, reply);
      return;
    }
    const receipt = receiveDirect(this.member, from, bytes, this.#clock.monotonicMs());
    this.#deliver(receipt);
    for (const reply of receipt.replies) this.#mesh?.send(from, reply);
  }

  onCast(bytes: Uint8Array): void {
    this.#deliver(receiveCast(this.member, bytes, this.#clock.monotonicMs(), this.#random), true);
  }

  onConnect(member: number): void {
    this.#connectedMs.set(member, this.#clock.monotonicMs());
    this.#mesh?.send(member, greeting(this.member));
  }

  onDisconnect(member: number): void {
    this.#connectedMs.delete(member);
  }

  #deliver({ received, envelopes }: Receipt, byCast = false): void {
    const order = received.map((_, index) => index);
    const isOrder = (index: number): boolean => received[index]!.topic === 'directive';
    order.sort((a, b) => Number(isOrder(b)) - Number(isOrder(a)) || a - b);
    for (const index of order) {
      const one = received[index]!;
      if (!isDurable(one.topic)) this.#noteVoice(one);
      if (one.topic === 'roster') this.#adopt(one.payload);
      if (one.topic === 'release') this.#pieces?.want(one.payload);
      if (one.topic === 'directive' && !byCast) passOrder(this.member.orders, envelopes[index]!);
      this.#events.onReceived(one, envelopes[index]!);
    }
  }

  #noteVoice({ author, receivedMs }: Received): void {
    const sinceMs = receivedMs - (this.#voiceMs.get(author) ?? -Infinity);
    this.#voiceMs.set(author, receivedMs);
    if (sinceMs > GONE_MS && author !== this.member.admission.self) this.#mesh?.seek(author);
  }

  #adopt(roster: Roster): void {
    const { member } = this;
    const key = member.groupKeyOf(roster, member.admission.authorityKey);
    member.lane =
      key === undefined
        ? undefined
        : renewedLane(member.lane, roster, key, this.#clock.monotonicMs());
    this.#mesh?.allow(roster);
  }

  /** Throws Fault 'payload-invalid', 'payload-oversize', 'role' or 'publish-implausible'. */
  publish(publish: Publish, hurry = false): void {
    queuePublish(this.member, publish, this.#clock.monotonicMs(), hurry);
    if (hurry) this.tick();
  }

  /** Publishes a beacon that `compose` makes when it departs. */
  publishBeacon(compose: (departureMs: number) => PayloadByTopic['beacon'], hurry = false): void {
    queueBeacon(this.member, compose, this.#clock.monotonicMs(), hurry);
    if (hurry) this.tick();
  }

  /** The signed safety envelope for a goal of ours. */
  signSafety(safety: PayloadByTopic['safety']): Uint8Array {
    return signSafety(this.member, safety, this.#clock.monotonicMs());
  }

  /** Takes a signed roster from outside the mesh and spreads it. Throws Fault 'roster-not-taken'. */
  introduceRoster(signedRoster: Uint8Array): void {
    const nowMs = this.#clock.monotonicMs();
    const admission = admit(this.member.admission, signedRoster, nowMs);
    if (admission.verdict !== 'accept') {
      const { why } = admission.data;
      throw new Fault(
        'roster-not-taken',
        `the roster was not taken: ${String(why ?? admission.code)}`,
        {
          data: { ...admission.data, reason: admission.code },
          remedy: 'Sign a roster with a greater epoch by the authority of this swarm.',
          exit: 'refused',
        },
      );
    }
    forgetLeavers(this.member);
    queueLasting(this.member.outgoing, 'roster', signedRoster, nowMs);
    this.#adopt(this.member.admission.roster);
    this.tick();
  }

  /** Counts a message of our own that could not be published. */
  noteUnpublished(why: string): void {
    this.member.counts.refused += 1;
    this.member.counts.lastRefusal = `own ${why}`;
  }

  recallEntry(entry: Entry): Received | undefined {
    return recall(this.member, entry);
  }

  /** All durable messages known, our own too, in the order of first receipt. */
  recall(): Received[] {
    return allEntries(this.member.admission.registers)
      .map((entry) => recall(this.member, entry))
      .filter((received) => received !== undefined);
  }

  tick(): void {
    const mesh = this.#mesh;
    if (mesh === undefined) return;
    const nowMs = this.#clock.monotonicMs();
    const peers = mesh.peers().map((peer) => peer.member);
    const surroundings = { peers, canCast: mesh.cast !== undefined };
    const { gossip, casts, envelopes, direct } = meshTick(
      this.member,
      surroundings,
      nowMs,
      this.#random,
    );
    // Before gossip: the same words by one transmission.
    for (const frame of casts) mesh.cast?.(frame);
    for (const bundle of gossip) mesh.publish(bundle);
    for (const { to, bytes } of direct) mesh.send(to, bytes);
    const { intervalMs, leastMs } = paceNow(this.member, surroundings);
    const asked = this.#pieces?.tick(peers, intervalMs / leastMs, nowMs) ?? [];
    for (const { to, bytes } of asked) mesh.send(to, bytes);
    for (const envelope of envelopes) this.#events.onSent(envelope);
    this.#hangUpSilent(mesh, peers, nowMs);
  }

  /** Says others' frames again where that is due; costs nothing when none is. */
  relay(): void {
    const mesh = this.#mesh;
    if (mesh?.cast === undefined) return;
    for (const frame of relayTick(this.member, this.#clock.monotonicMs())) mesh.cast(frame);
  }

  #hangUpSilent(mesh: Mesh, peers: readonly number[], nowMs: number): void {
    for (const member of peers) {
      if (this.member.admission.members.get(member)?.role === 'observer') continue;
      const sinceMs = Math.max(this.heardMs(member), this.#connectedMs.get(member) ?? nowMs);
      if (nowMs - sinceMs < SILENT_MS) continue;
      this.#connectedMs.set(member, nowMs);
      mesh.hangUp(member);
    }
  }

  /** Our monotonic ms when the member's own voice was last heard, by whatever path; −1 = never. */
  heardMs(member: number): number {
    const heardMs = this.member.peers.get(member)?.heardMs ?? -1;
    return Number.isNaN(heardMs) ? -1 : heardMs;
  }

  /** Add `offsetMs` to the member's monotonic ms to get ours, within ± `errorMs`. */
  clockOf(member: number): { offsetMs: number; errorMs: number } {
    return clockEstimate(this.member.peers.get(member)?.clock, this.#clock.monotonicMs());
  }

  /** What a beacon says back to others for the swarm clock: those heard last, at most eight. */
  echoes(): [number, number, number][] {
    return [...this.member.peers]
      .filter(([, peer]) => Number.isFinite(peer.heardMs))
      .sort(([, a], [, b]) => b.heardMs - a.heardMs)
      .slice(0, 8)
      .map(([id, peer]) => [id, peer.lastSentMs, peer.heardMs]);
  }

  /** What `skein mesh show` says; {@link status} is what goes on record. */
  report(): MeshReport {
    const contents = this.#pieces?.progress() ?? [];
    return meshReport(this.member, this.#mesh, contents, this.#clock.monotonicMs());
  }

  status(): MeshStatus {
    const { admission, counts } = this.member;
    const transports = new Map(this.#mesh?.peers().map((peer) => [peer.member, peer.transport]));
    const others = [...admission.members.keys()].filter((id) => id !== admission.self);
    return {
      nowMs: this.#clock.monotonicMs(),
      member: admission.self,
      rosterEpoch: admission.roster.epoch,
      peers: others.map((member) => ({
        member,
        connected: transports.has(member),
        heardMs: this.heardMs(member),
        transport: transports.get(member) ?? '',
      })),
      ...(this.#mesh?.traffic() ?? { bytesIn: 0, bytesOut: 0 }),
      messagesIn: counts.messagesIn,
      messagesRejected: counts.refused,
      lastReject: counts.lastRefusal,
    };
  }
}
