import type { Connection, Libp2p, PeerId, PeerInfo, Stream } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';

import type { Random } from '../random.ts';
import { systemClock } from '../system-clock.ts';
import {
  createDialPlan,
  dueDials,
  noteConnected,
  noteDialFailed,
  noteDisconnected,
  noteVoice,
} from './dial-plan.ts';
import type { MemberTable } from './member-table.ts';
import type { MeshHandlers, MeshPeer } from './mesh.ts';
import { countStreams } from './node-bytes.ts';
import type { NodeServices } from './node-options.ts';
import type { Quarantine } from './quarantine.ts';

const SUPERVISION_MS = 500;
/**
 * A link without gossip's streams (one was reset, or went with a connection that was pruned) stays mute
 * for ever: asking the peer who it is makes gossip open them again, and if not, a new connection does.
 */
const MEND_AFTER_MS = 500;
const HANG_UP_AFTER_MS = 4000;
/** Where TCP was quicker, e.g. because a peer had not bound its UDP port yet, QUIC is tried again. */
const UPGRADE_AFTER_MS = 10_000;
const UPGRADE_AGAIN_MS = 60_000;
const UPGRADE_TIMEOUT_MS = 3000;
const MAX_DISCOVERED = 8;

export interface LinkOptions {
  node: Libp2p<NodeServices>;
  members: MemberTable;
  /** Left out: nobody sends too much. */
  quarantine: Quarantine | undefined;
  prunesDoubles: boolean;
  topic: string;
  bootstrap: readonly string[];
  handlers: MeshHandlers;
  random: Random;
  parseAddress(text: string): Multiaddr;
}

const isQuic = (address: Multiaddr): boolean => address.toString().includes('/quic');

/** Our own stream of gossip is open; the peer's shows in its subscription. */
const carriesGossip = ({ streams }: Connection): boolean =>
  streams.some((one) => one.direction === 'outbound' && one.protocol.startsWith('/meshsub/'));

const nowMs = (): number => systemClock.monotonicMs();

/** Dials, redials, prunes doubles and mends mute links, for as long as the node runs. */
export class NodeLinks {
  readonly count = { bytesIn: 0, bytesOut: 0 };
  readonly #options: LinkOptions;
  readonly #self: string;
  readonly #plan = createDialPlan();
  readonly #dialling = new Set<string>();
  readonly #discovered = new Map<string, string[]>();
  readonly #muteSinceMs = new Map<string, number>();
  readonly #mending = new Set<string>();
  readonly #upgradeMs = new Map<string, number>();
  readonly #seen = new WeakSet<Stream>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: LinkOptions) {
    this.#options = options;
    const { node } = options;
    this.#self = node.peerId.toString();
    node.addEventListener('peer:connect', ({ detail }) => this.#connected(detail));
    node.addEventListener('peer:disconnect', ({ detail }) => this.#disconnected(detail));
    // mDNS finds but does not dial.
    node.addEventListener('peer:discovery', ({ detail }) => this.#found(detail));
    this.#timer = setInterval(() => this.supervise(), SUPERVISION_MS);
    this.supervise();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  connectionOf(member: number): Connection | undefined {
    return this.#open().find((one) => this.#memberOf(one) === member);
  }

  peers(): MeshPeer[] {
    const transports = new Map<number, string>();
    const subscribed = this.#subscribed();
    for (const one of this.#open()) {
      const member = this.#memberOf(one);
      if (member === undefined || !subscribed.has(one.remotePeer.toString())) continue;
      if (carriesGossip(one)) transports.set(member, isQuic(one.remoteAddr) ? 'quic' : 'tcp');
    }
    return [...transports].map(([member, transport]) => ({ member, transport }));
  }

  hangUp(member: number): void {
    for (const one of this.#open()) {
      if (this.#memberOf(one) === member) one.abort(new Error('hung up'));
    }
  }

  hangUpStrangers(): void {
    for (const one of this.#options.node.getConnections()) {
      if (this.#memberOf(one) === undefined) one.abort(new Error('not in the roster'));
    }
  }

  #memberOf(connection: Connection): number | undefined {
    return this.#options.members.idOf(connection.remotePeer.toString());
  }

  #open(): Connection[] {
    return this.#options.node.getConnections().filter((one) => one.status === 'open');
  }

  #openTo(peerId: string): Connection[] {
    return this.#open().filter((one) => one.remotePeer.toString() === peerId);
  }

  /** Peers whose subscription has reached us. */
  #subscribed(): Set<string> {
    const { node, topic } = this.#options;
    return new Set(node.services.pubsub.getSubscribers(topic).map(String));
  }

  #connected(peer: PeerId): void {
    const peerId = peer.toString();
    noteConnected(this.#plan, peerId);
    this.#muteSinceMs.delete(peerId);
    this.#upgradeMs.set(peerId, nowMs() + UPGRADE_AFTER_MS);
    const member = this.#options.members.idOf(peerId);
    if (member !== undefined) this.#options.handlers.onConnect(member);
  }

  #disconnected(peer: PeerId): void {
    const peerId = peer.toString();
    noteDisconnected(this.#plan, peerId, nowMs(), this.#options.random);
    const member = this.#options.members.idOf(peerId);
    if (member !== undefined) this.#options.handlers.onDisconnect(member);
  }

  /** Addresses found may come bare; libp2p refuses to dial a mixture of named and nameless ones. */
  #found({ id, multiaddrs }: PeerInfo): void {
    const peerId = id.toString();
    if (this.#options.members.idOf(peerId) === undefined) return;
    const found = multiaddrs.slice(0, MAX_DISCOVERED).map(String);
    const named = found.map((text) => (text.includes('/p2p/') ? text : `${text}/p2p/${peerId}`));
    this.#discovered.set(peerId, named);
  }

  /** Dials a member that is heard and has no link, if it is ours to dial. */
  seek(member: number): void {
    const peerId = this.#options.members.peerIdOf(member);
    if (peerId === undefined || this.connectionOf(member) !== undefined) return;
    noteVoice(this.#plan, peerId, nowMs());
    this.supervise();
  }

  /** Looks after all links now; the timer does it anyway. */
  supervise(): void {
    const { node, members } = this.#options;
    countStreams(node.getConnections(), this.#seen, this.count, this.#noteReceived);
    const isBusy = (peerId: string): boolean =>
      this.#dialling.has(peerId) ||
      this.#openTo(peerId).length > 0 ||
      this.#options.quarantine?.holds(peerId, nowMs()) === true;
    for (const peerId of dueDials(this.#plan, this.#self, members.peerIds(), isBusy, nowMs())) {
      this.#dial(peerId).catch(() => undefined);
    }
    if (this.#options.prunesDoubles) this.#pruneDoubles();
    this.#mendMute();
    this.#upgradeLinks();
  }

  /** Who floods takes a processor even if nothing of it is looked at: cut off, and not let in for a while. */
  readonly #noteReceived = (peerId: string, bytes: number): void => {
    if (this.#options.quarantine?.noteBytes(peerId, bytes, nowMs()) !== true) return;
    for (const one of this.#openTo(peerId)) one.abort(new Error('sends too much'));
  };

  /** QUIC before TCP: under 30 % loss TCP's median delay was 763 ms where QUIC's was 5. */
  async #dial(peerId: string): Promise<void> {
    const addresses = this.#addressesOf(peerId);
    if (addresses.length === 0) return;
    const slow = addresses.filter((address) => !isQuic(address));
    const rounds = [addresses.filter(isQuic), slow];
    this.#dialling.add(peerId);
    try {
      for (const round of rounds.filter((some) => some.length > 0)) {
        if (await this.#reach(round)) return;
      }
      noteDialFailed(this.#plan, peerId, nowMs(), this.#options.random);
    } finally {
      this.#dialling.delete(peerId);
    }
  }

  async #reach(addresses: Multiaddr[]): Promise<boolean> {
    try {
      await this.#options.node.dial(addresses);
      return true;
    } catch {
      // Unreachable, refused, or not who it should be: the plan tries again.
      return false;
    }
  }

  #addressesOf(peerId: string): Multiaddr[] {
    const { bootstrap, members, parseAddress } = this.#options;
    const given = bootstrap.filter((address) => address.endsWith(`/p2p/${peerId}`));
    const found = this.#discovered.get(peerId) ?? [];
    return [...new Set([...members.addressesOf(peerId), ...given, ...found])].map(parseAddress);
  }

  #mendMute(): void {
    const subscribed = this.#subscribed();
    for (const peerId of this.#options.members.peerIds()) {
      const connections = this.#openTo(peerId);
      const isWhole = subscribed.has(peerId) && connections.some(carriesGossip);
      if (connections.length === 0 || isWhole) {
        this.#muteSinceMs.delete(peerId);
        continue;
      }
      const sinceMs = this.#muteSinceMs.get(peerId) ?? nowMs();
      this.#muteSinceMs.set(peerId, sinceMs);
      const muteMs = nowMs() - sinceMs;
      if (muteMs >= HANG_UP_AFTER_MS) {
        this.#muteSinceMs.delete(peerId);
        for (const one of connections) one.abort(new Error('mute'));
      } else if (muteMs >= MEND_AFTER_MS) {
        this.#reopenGossip(peerId, connections[0]!).catch(() => undefined);
      }
    }
  }

  /** Identification is what gossip opens its stream upon. */
  async #reopenGossip(peerId: string, connection: Connection): Promise<void> {
    if (this.#mending.has(peerId)) return;
    this.#mending.add(peerId);
    try {
      await this.#options.node.services.identify.identify(connection);
    } finally {
      this.#mending.delete(peerId);
    }
  }

  #upgradeLinks(): void {
    for (const peerId of this.#options.members.peerIds()) {
      const connections = this.#openTo(peerId);
      const isSlow = connections.length > 0 && !connections.some((one) => isQuic(one.remoteAddr));
      const isDue = nowMs() >= (this.#upgradeMs.get(peerId) ?? Infinity);
      if (isSlow && isDue && this.#self < peerId) {
        this.#upgradeMs.set(peerId, nowMs() + UPGRADE_AGAIN_MS);
        this.#upgrade(peerId).catch(() => undefined);
      }
    }
  }

  /** Adds a connection over QUIC; the one over TCP is then a double and pruned. */
  async #upgrade(peerId: string): Promise<void> {
    const addresses = this.#addressesOf(peerId).filter(isQuic);
    if (addresses.length === 0 || this.#dialling.has(peerId)) return;
    this.#dialling.add(peerId);
    try {
      const signal = AbortSignal.timeout(UPGRADE_TIMEOUT_MS);
      await this.#options.node.dial(addresses, { force: true, signal });
    } finally {
      this.#dialling.delete(peerId);
    }
  }

  /** The stream of gossip may have been on the one that goes. */
  async #replace(double: Connection, kept: Connection, peerId: string): Promise<void> {
    await double.close();
    await this.#reopenGossip(peerId, kept);
  }

  /**
   * Both sides keep one over QUIC before one over TCP, then the one that the lower peer id dialled: so
   * they keep the same.
   */
  #pruneDoubles(): void {
    for (const peerId of this.#options.members.peerIds()) {
      const doubles = this.#openTo(peerId);
      if (doubles.length < 2) continue;
      const direction = this.#self < peerId ? 'outbound' : 'inbound';
      const quick = doubles.filter((one) => isQuic(one.remoteAddr));
      const rivals = quick.length > 0 ? quick : doubles;
      const kept = rivals.find((one) => one.direction === direction) ?? rivals[0];
      for (const one of doubles) {
        if (one !== kept) this.#replace(one, kept!, peerId).catch(() => undefined);
      }
    }
  }
}
