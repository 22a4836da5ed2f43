import type { Libp2p } from '@libp2p/interface';

import type { Random } from '../random.ts';
import { MemberTable } from './member-table.ts';
import type { Mesh, MeshHandlers } from './mesh.ts';
import { NodeLinks } from './node-links.ts';
import {
  gossipOptions,
  gossipTopicOf,
  transportOptions,
  type NodeServices,
} from './node-options.ts';
import { handleDirect, sendDirect } from './node-repair.ts';
import type { Roster } from './roster.ts';
import type { SigningKey } from './signing.ts';

export interface NodeOptions {
  /** The member's key: its identity on the transport is that of its envelopes. */
  key: SigningKey;
  roster: Roster;
  /** Multiaddrs, QUIC and TCP, e.g. /ip4/0.0.0.0/udp/9000/quic-v1. */
  listen: readonly string[];
  /** Multiaddrs that end in /p2p/…, beside those in the roster. */
  bootstrap: readonly string[];
  mdns: boolean;
  handlers: MeshHandlers;
  random: Random;
}

/** A mesh over libp2p, and the addresses it can be dialled at. */
export interface MeshNode extends Mesh {
  addresses(): string[];
}

const ignoreFailure = (): undefined => undefined;

/**
 * The door to libp2p. Moves bytes between members over QUIC, or TCP where that fails, keeps everyone
 * connected and knows nothing of what the bytes mean. Throws what libp2p throws when an address
 * cannot be listened on.
 */
export const openNode = async (options: NodeOptions): Promise<MeshNode> => {
  const { handlers, roster } = options;
  const members = new MemberTable(roster);
  const topic = gossipTopicOf(roster.swarm);
  const node = await startLibp2p(options, members);
  const { pubsub } = node.services;
  // The validator is the receiver: gossip relays by its answer, so a message is admitted before that.
  pubsub.topicValidators.set(topic, (peerId, message) => {
    const from = members.idOf(peerId.toString());
    return (from === undefined ? 'ignore' : handlers.onGossip(from, message.data)) as never;
  });
  await handleDirect(node, (peerId, bytes) => {
    const from = members.idOf(peerId);
    if (from !== undefined) handlers.onDirect(from, bytes);
  });
  const { multiaddr: parseAddress } = await import('@multiformats/multiaddr');
  const { bootstrap, random } = options;
  const links = new NodeLinks({ node, members, topic, bootstrap, handlers, random, parseAddress });
  pubsub.subscribe(topic);
  return {
    publish: (bytes) => {
      // Fails only while starting or stopping; what ages is worth no retry, the rest is repaired.
      pubsub.publish(topic, bytes).catch(ignoreFailure);
    },
    send: (to, bytes) => {
      const connection = links.connectionOf(to);
      if (connection !== undefined) sendDirect(connection, bytes).catch(ignoreFailure);
    },
    peers: () => links.peers(),
    hangUp: (member) => links.hangUp(member),
    allow: (next) => {
      members.adopt(next);
      links.hangUpStrangers();
      links.supervise();
    },
    traffic: () => ({ ...links.count }),
    addresses: () => node.getMultiaddrs().map((address) => address.toString()),
    close: async () => {
      links.stop();
      await node.stop();
    },
  };
};

const startLibp2p = async (
  options: NodeOptions,
  members: MemberTable,
): Promise<Libp2p<NodeServices>> => {
  const [{ createLibp2p }, { gossipsub }, { identify }, transport] = await Promise.all([
    import('libp2p'),
    import('@libp2p/gossipsub'),
    import('@libp2p/identify'),
    transportOptions({
      key: options.key,
      listen: options.listen,
      mdns: options.mdns,
      isAllowed: (peerId) => members.idOf(peerId.toString()) !== undefined,
    }),
  ]);
  return createLibp2p({
    ...transport,
    services: {
      identify: identify(),
      pubsub: gossipsub(gossipOptions(options.roster.swarm, options.roster.members.length)),
    },
  });
};
