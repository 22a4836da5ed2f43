import { setTimeout as sleep } from 'node:timers/promises';

import { quic } from '@chainsafe/libp2p-quic';
import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import { RPC } from '@libp2p/gossipsub/message';
import { identify } from '@libp2p/identify';
import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';

import { REPAIR_PROTOCOL } from '#protocols/gossip/node-repair.ts';
import { loadSigningKey } from '#protocols/gossip/signing.ts';
import { systemClock } from '#protocols/system-clock.ts';

const GOSSIP_PROTOCOL = '/meshsub/1.2.0';
const FAR = 100_000;

/** What a peer has said to an identity, and what became of the connections with it. */
interface Peer {
  openedMs: number;
  closedMs: number | undefined;
  gossip: Promise<Stream> | undefined;
  /** Streams of repair that the other side has not ended. */
  held: Set<Stream>;
  heardHex: string[];
  asked: number;
  pruned: number;
}

const nowMs = (): number => systemClock.monotonicMs();

/** Length in front, as a varint. */
const framed = (message: Uint8Array): Uint8Array => {
  const prefix: number[] = [];
  let rest = message.length;
  for (; rest > 127; rest >>>= 7) prefix.push((rest & 127) | 128);
  return Uint8Array.from([...prefix, rest, ...message]);
};

const controlOf = (some: Partial<RPC.ControlMessage>): Uint8Array => {
  const control = { ihave: [], iwant: [], graft: [], prune: [], idontwant: [], ...some };
  return RPC.encode({ subscriptions: [], messages: [], control });
};

/** A reset shows as an end of what comes. */
const drain = async (stream: Stream): Promise<void> => {
  for await (const chunk of stream) void chunk;
};

const framesOf = async function* (stream: Stream): AsyncGenerator<Uint8Array> {
  let held = Buffer.alloc(0);
  for await (const chunk of stream) {
    held = Buffer.concat([held, chunk.subarray()]);
    for (;;) {
      let length = 0;
      let at = 0;
      while (at < held.length && held[at]! > 127) length |= (held[at]! & 127) << (7 * at++);
      if (at >= held.length) break;
      length |= held[at]! << (7 * at);
      if (held.length < at + 1 + length) break;
      yield held.subarray(at + 1, at + 1 + length);
      held = held.subarray(at + 1 + length);
    }
  }
};

/** One key of the intruder's, and its own node. */
export class Identity {
  readonly #node: Libp2p;
  readonly #topic: string;
  readonly #peers = new Map<string, Peer>();

  private constructor(node: Libp2p, topic: string) {
    this.#node = node;
    this.#topic = topic;
  }

  static async start(keyFile: string, topic: string): Promise<Identity> {
    const key = loadSigningKey(keyFile);
    const node = await createLibp2p({
      privateKey: privateKeyFromRaw(Uint8Array.from([...key.seed, ...key.publicKey])),
      addresses: { listen: [] },
      transports: [quic({ maxConcurrentStreamLimit: FAR }), tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux({ maxInboundStreams: FAR, maxOutboundStreams: FAR })],
      connectionManager: { reconnectRetries: 0, maxConnections: 1000 },
      connectionMonitor: { enabled: false },
      services: { identify: identify() },
    });
    const identity = new Identity(node, topic);
    await node.handle(
      GOSSIP_PROTOCOL,
      (stream, connection) => void identity.#listen(stream, connection).catch(() => undefined),
      { maxInboundStreams: FAR },
    );
    await node.handle(REPAIR_PROTOCOL, (stream) => void stream.close().catch(() => undefined), {
      maxInboundStreams: FAR,
    });
    return identity;
  }

  peer(to: string): Peer {
    const peerId = to.slice(to.lastIndexOf('/') + 1);
    const known = this.#peers.get(peerId);
    if (known !== undefined) return known;
    const peer: Peer = {
      openedMs: Number.NaN,
      closedMs: undefined,
      gossip: undefined,
      held: new Set(),
      heardHex: [],
      asked: 0,
      pruned: 0,
    };
    this.#peers.set(peerId, peer);
    return peer;
  }

  connections(to: string): Connection[] {
    return this.#node
      .getConnections()
      .filter((one) => to.endsWith(one.remotePeer.toString()) && one.status === 'open');
  }

  async connect(to: string, times: number): Promise<void> {
    const peer = this.peer(to);
    const dial = async (): Promise<void> => {
      const connection = await this.#node.dial(multiaddr(to), { force: true });
      if (Number.isNaN(peer.openedMs)) peer.openedMs = nowMs();
      connection.addEventListener('close', () => void (peer.closedMs = nowMs()));
      if (connection.status !== 'open') peer.closedMs ??= nowMs();
    };
    for (let time = 0; time < times; time += 1) await dial().catch(() => undefined);
  }

  async hangUp(): Promise<void> {
    await Promise.all(this.#node.getConnections().map((one) => one.close()));
    this.#peers.clear();
  }

  async #listen(stream: Stream, { remotePeer }: Connection): Promise<void> {
    const peer = this.peer(`/p2p/${remotePeer.toString()}`);
    for await (const frame of framesOf(stream)) {
      const { messages, control } = RPC.decode(frame);
      for (const { data } of messages) {
        if (data !== undefined) peer.heardHex.push(Buffer.from(data).toString('hex'));
      }
      for (const { messageIDs } of control?.iwant ?? []) peer.asked += messageIDs.length;
      peer.pruned += control?.prune.length ?? 0;
    }
  }

  /** A stream to `to` that nobody but the other side closes. */
  async open(to: string, protocol: string): Promise<Stream> {
    const connection = this.connections(to)[0];
    if (connection === undefined) throw new Error(`not connected to ${to}`);
    const stream = await connection.newStream(protocol, { maxOutboundStreams: FAR });
    if (protocol === REPAIR_PROTOCOL) {
      const { held } = this.peer(to);
      held.add(stream);
      drain(stream)
        .catch(() => undefined)
        .finally(() => held.delete(stream));
    }
    return stream;
  }

  /** As {@link gossip}; comes back when it is hung up on, until it was there so many times. */
  async insist(to: string, bundles: readonly Uint8Array[], tries: number): Promise<void> {
    for (let tried = 1; ; tried += 1) {
      try {
        await this.gossip(to, bundles);
        return;
      } catch (error) {
        if (tried >= tries) throw error;
      }
      this.peer(to).gossip = undefined;
      // One that is being closed still looks open.
      if (tried > 1) await sleep(tried * 100);
      if (this.connections(to).length === 0) await this.connect(to, 1);
    }
  }

  /** Our stream of gossip to `to`, subscribed. */
  async #gossipTo(to: string): Promise<Stream> {
    const peer = this.peer(to);
    const open = await peer.gossip?.catch(() => undefined);
    if (open !== undefined && open.status === 'open') return open;
    peer.gossip = this.open(to, GOSSIP_PROTOCOL).then((stream) => {
      const subscriptions = [{ subscribe: true, topic: this.#topic }];
      stream.send(framed(RPC.encode({ subscriptions, messages: [] })));
      stream.send(framed(controlOf({ graft: [{ topicID: this.#topic }] })));
      return stream;
    });
    return peer.gossip;
  }

  async gossip(to: string, bundles: readonly Uint8Array[]): Promise<void> {
    const stream = await this.#gossipTo(to);
    const messages = bundles.map((data) => ({ data, topic: this.#topic }));
    if (!stream.send(framed(RPC.encode({ subscriptions: [], messages })))) {
      await stream.onDrain({ signal: AbortSignal.timeout(10_000) });
    }
  }

  /** Tells `to` of messages that do not exist. */
  async tellOf(to: string, ids: readonly Uint8Array[]): Promise<void> {
    await this.#control(to, { ihave: [{ topicID: this.#topic, messageIDs: [...ids] }] });
  }

  /** Leaves the mesh of `to`, and wants back into it before its time. */
  async regraft(to: string, times: number): Promise<void> {
    await this.#control(to, { prune: [{ topicID: this.#topic, peers: [] }] });
    await this.#control(to, {
      graft: Array.from({ length: times }, () => ({ topicID: this.#topic })),
    });
  }

  async #control(to: string, some: Partial<RPC.ControlMessage>): Promise<void> {
    const stream = await this.#gossipTo(to);
    stream.send(framed(controlOf(some)));
  }
}
