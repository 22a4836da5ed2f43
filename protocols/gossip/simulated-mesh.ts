import type { Random } from '../random.ts';
import {
  dueDials,
  noteConnected,
  noteDialFailed,
  noteDisconnected,
  noteVoice,
} from './dial-plan.ts';
import { EventQueue } from './event-queue.ts';
import { GOSSIP_HEARTBEAT_MS, gossipDegree } from './gossip-degree.ts';
import type { Mesh, MeshHandlers } from './mesh.ts';
import type { Roster } from './roster.ts';
import { agreeOnEachOther } from './roster-agreement.ts';
import { shuffled, tendMesh, type SimulatedGossip } from './simulated-gossip.ts';
import { linkName, type SimulatedLink } from './simulated-link.ts';
import { newStation, type Station } from './simulated-station.ts';

/** How often members look whom to dial, as node-links.ts, and whether their connections live. */
const DIAL_MS = 250;
const HOLD_MS = 500;
/** Bytes of a gossip control message, and of each message id in it (message-id of node-options.ts). */
const CONTROL_BYTES = 20;
const ID_BYTES = 10;

/**
 * A mesh without a network, behind the same port as the libp2p node: connections that are dialled,
 * break and are dialled again, gossipsub over them, links that delay and lose.
 * Time stands still between calls of {@link SimulatedAir.advanceTo}; one seed gives one history.
 */
export class SimulatedAir {
  readonly #random: Random;
  readonly #link: SimulatedLink;
  readonly #stations = new Map<number, Station>();
  readonly #parted = new Set<string>();
  readonly #events = new EventQueue();
  #nowMs = 0;
  #messages = 0;
  /** Handshakes that passed the air and were refused for who the other was. */
  refusedHandshakes = 0;

  constructor(random: Random, link: SimulatedLink) {
    this.#random = random;
    this.#link = link;
    this.#every(DIAL_MS, () => this.#dialAll());
    if (link.holds !== undefined) this.#every(HOLD_MS, () => this.#breakDead());
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** A dial outside of the plan, as those try who were not asked. */
  knock(from: number, to: number): void {
    const station = this.#stations.get(from);
    if (station !== undefined && this.#link.dial !== undefined) this.#dial(station, to);
  }

  /** A member comes on the air. Whoever is in both rosters may be linked, as far as nothing parts them. */
  join(member: number, roster: Roster, handlers: MeshHandlers): Mesh {
    const station = newStation(member, roster, handlers);
    this.#stations.set(member, station);
    const beats = this.#random.fork(`heartbeat-${member}`);
    this.#plan(this.#nowMs + GOSSIP_HEARTBEAT_MS * beats.uniform(), () => this.#heartbeat(station));
    this.#relink();
    return {
      publish: (published) => {
        this.#messages += 1;
        // Its own memory: receivers may hold on to it and know it again.
        const bytes = published.slice();
        station.gossip.take(this.#messages, bytes);
        this.#relay(station, this.#messages, bytes, undefined);
      },
      cast: this.#link.cast === undefined ? undefined : (bytes) => this.#cast(station, bytes),
      send: (to, bytes) =>
        this.#transmit(station, to, bytes.length, (other) => {
          other.handlers.onDirect(member, bytes);
        }),
      peers: () => [...station.linked].map((peer) => ({ member: peer, transport: 'simulated' })),
      hangUp: (peer) => {
        this.#unlink(station, peer);
        this.#plan(this.#nowMs, () => this.#relink());
      },
      seek: (peer) => noteVoice(station.dials, nameOf(peer), this.#nowMs),
      allow: (next) => {
        station.roster = next;
        this.#relink();
      },
      traffic: () => ({ ...station.count }),
      close: () => {
        if (this.#stations.get(member) === station) this.#stations.delete(member);
        for (const peer of station.linked) this.#unlink(station, peer);
        return Promise.resolve();
      },
    };
  }

  /** Cuts every link between the two, in both directions, until {@link heal}. */
  part(a: number, b: number): void {
    this.#parted.add(linkName(a, b));
    this.#relink();
  }

  heal(): void {
    this.#parted.clear();
    this.#relink();
  }

  /** Delivers all that arrives until `nowMs`, in order of arrival. */
  advanceTo(nowMs: number): void {
    for (;;) {
      const event = this.#events.take(nowMs);
      if (event === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, event.atMs);
      event.run();
    }
    this.#nowMs = Math.max(this.#nowMs, nowMs);
  }

  #plan(atMs: number, run: () => void): void {
    this.#events.plan(atMs, run);
  }

  #every(periodMs: number, run: () => void): void {
    this.#plan(this.#nowMs + periodMs, () => {
      run();
      this.#every(periodMs, run);
    });
  }

  /** Hands a message over one hop; nothing arrives over a link that was cut meanwhile. */
  #transmit(from: Station, to: number, bytes: number, deliver: (to: Station) => void): void {
    if (!from.linked.has(to)) return;
    from.count.bytesOut += bytes;
    const hop = { from: from.member, to, bytes, nowMs: this.#nowMs };
    const delayMs = this.#link.delayMs(hop, this.#random);
    if (delayMs === undefined) return;
    this.#plan(this.#nowMs + delayMs, () => {
      const station = this.#stations.get(to);
      if (station === undefined || !from.linked.has(to)) return;
      station.count.bytesIn += bytes;
      deliver(station);
    });
  }

  /** Whoever is on the air may hear it, stranger or not; a cut between two parts them here too. */
  #cast(from: Station, sent: Uint8Array): void {
    if (this.#stations.get(from.member) !== from) return;
    const bytes = sent.slice();
    from.count.bytesOut += bytes.length;
    const to = [...this.#stations.keys()].filter(
      (member) => member !== from.member && !this.#parted.has(linkName(from.member, member)),
    );
    const transmission = { from: from.member, to, bytes: bytes.length, nowMs: this.#nowMs };
    this.#link.cast!(transmission, (member, delayMs) => {
      this.#plan(this.#nowMs + delayMs, () => {
        const station = this.#stations.get(member);
        if (station === undefined) return;
        station.count.bytesIn += bytes.length;
        station.handlers.onCast(bytes);
      });
    });
  }

  #relay(station: Station, message: number, bytes: Uint8Array, source: number | undefined): void {
    for (const peer of station.gossip.mesh) {
      if (peer !== source) this.#forward(station, peer, message, bytes);
    }
  }

  #forward(from: Station, to: number, message: number, bytes: Uint8Array): void {
    this.#transmit(from, to, bytes.length, (station) => {
      const { gossip } = station;
      if (gossip.hasSeen(message)) return;
      const verdict = station.handlers.onGossip(from.member, bytes);
      if (verdict !== 'accept') {
        gossip.ignore(message);
        return;
      }
      gossip.take(message, bytes);
      this.#relay(station, message, bytes, from.member);
    });
  }

  #heartbeat(station: Station): void {
    if (this.#stations.get(station.member) !== station) return;
    const { gossip, linked, member } = station;
    const gossipOf = (id: number): SimulatedGossip | undefined => this.#stations.get(id)?.gossip;
    tendMesh(member, linked, gossipOf, station.roster.members.length, this.#random);
    const told = gossip.told();
    const others = [...linked].filter((peer) => !gossip.mesh.has(peer));
    const { Dlazy } = gossipDegree(station.roster.members.length);
    const lazy = told.length > 0 ? shuffled(others, this.#random).slice(0, Dlazy) : [];
    for (const peer of lazy) this.#tell(station, peer, told);
    gossip.heartbeat();
    this.#plan(this.#nowMs + GOSSIP_HEARTBEAT_MS, () => this.#heartbeat(station));
  }

  /** IHAVE, and what it leads to. */
  #tell(station: Station, peer: number, told: readonly number[]): void {
    this.#transmit(station, peer, CONTROL_BYTES + ID_BYTES * told.length, (other) => {
      const wanted = told.filter((message) => !other.gossip.hasSeen(message));
      if (wanted.length === 0) return;
      const bytes = CONTROL_BYTES + ID_BYTES * wanted.length;
      this.#transmit(other, station.member, bytes, () => {
        for (const message of wanted) {
          const cached = station.gossip.cached(message);
          if (cached !== undefined) this.#forward(station, peer, message, cached);
        }
      });
    });
  }

  #mayLink(a: Station, b: Station): boolean {
    return !this.#parted.has(linkName(a.member, b.member)) && agreeOnEachOther(a, b);
  }

  /** Cuts what may not be, and where dials take no time, makes what may. */
  #relink(): void {
    const stations = [...this.#stations.values()];
    for (const [index, a] of stations.entries()) {
      for (const b of stations.slice(index + 1)) {
        const isLinked = a.linked.has(b.member);
        const mayLink = this.#mayLink(a, b);
        if (isLinked && !mayLink) this.#unlink(a, b.member);
        if (!isLinked && mayLink && this.#link.dial === undefined) this.#connect(a, b);
      }
    }
  }

  #dialAll(): void {
    const { dial } = this.#link;
    if (dial === undefined) return;
    for (const station of this.#stations.values()) {
      const belonging = station.roster.members.map(({ id }) => nameOf(id));
      const isBusy = (name: string): boolean =>
        station.linked.has(Number(name)) || station.dialling.has(Number(name));
      const due = dueDials(station.dials, nameOf(station.member), belonging, isBusy, this.#nowMs);
      for (const name of due) this.#dial(station, Number(name));
    }
  }

  #dial(station: Station, peer: number): void {
    const { connects, afterMs } = this.#link.dial!(station.member, peer, this.#nowMs, this.#random);
    station.dialling.add(peer);
    this.#plan(this.#nowMs + afterMs, () => {
      station.dialling.delete(peer);
      const other = this.#stations.get(peer);
      if (station.linked.has(peer) || this.#stations.get(station.member) !== station) return;
      if (connects && other !== undefined && this.#mayLink(station, other)) {
        noteConnected(station.dials, nameOf(peer));
        this.#connect(station, other);
        return;
      }
      if (connects && other !== undefined) this.refusedHandshakes += 1;
      noteDialFailed(station.dials, nameOf(peer), this.#nowMs, this.#random);
    });
  }

  #breakDead(): void {
    for (const station of this.#stations.values()) {
      for (const peer of station.linked) {
        if (peer < station.member) continue;
        if (!this.#link.holds!(station.member, peer, this.#nowMs, this.#random)) {
          this.#unlink(station, peer);
        }
      }
    }
  }

  #connect(a: Station, b: Station): void {
    a.linked.add(b.member);
    b.linked.add(a.member);
    const { Dlo } = gossipDegree(a.roster.members.length);
    if (a.gossip.mesh.size < Dlo || b.gossip.mesh.size < Dlo) {
      a.gossip.mesh.add(b.member);
      b.gossip.mesh.add(a.member);
    }
    this.#plan(this.#nowMs, () => {
      if (!a.linked.has(b.member)) return;
      a.handlers.onConnect(b.member);
      b.handlers.onConnect(a.member);
    });
  }

  #unlink(a: Station, peer: number): void {
    if (!a.linked.delete(peer)) return;
    this.#left(a, peer);
    const b = this.#stations.get(peer);
    if (b?.linked.delete(a.member) === true) this.#left(b, a.member);
  }

  #left(station: Station, peer: number): void {
    station.gossip.mesh.delete(peer);
    noteDisconnected(station.dials, nameOf(peer), this.#nowMs, this.#random);
    station.handlers.onDisconnect(peer);
  }
}

/** As a peer id is to the dial plan: which of two is the lower one is as good as chance. */
const nameOf = (member: number): string => String(member);
