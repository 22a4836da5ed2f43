import type { Libp2p, PeerId } from '@libp2p/interface';

import type { Random } from '../random.ts';
import { systemClock } from '../system-clock.ts';
import { MemberTable } from './member-table.ts';
import type { Mesh, MeshHandlers } from './mesh.ts';
import { NODE_DEFENCES, type NodeDefences, type Undefended } from './node-defences.ts';
import { NodeLinks } from './node-links.ts';
import {
  gossipOptions,
  gossipTopicOf,
  transportOptions,
  type NodeServices,
} from './node-options.ts';
import { handleDirect, sendDirect } from './node-repair.ts';
import { Quarantine } from './quarantine.ts';
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
  undefended?: Undefended | undefined;
}

/** A mesh over libp2p, and the addresses it can be dialled at. */
export interface MeshNode extends Mesh {
  addresses(): string[];
}

/** No member's id. */
const NOBODY = 65_535;

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
  const defences = { ...NODE_DEFENCES, ...options.undefended };
  const quarantine = defences.quarantine ? new Quarantine() : undefined;
  const node = await startLibp2p(options, members, defences, quarantine);
  const { pubsub } = node.services;
  /** Whom a peer is heard as. */
  const memberOf = (peerId: string): number | undefined =>
    members.idOf(peerId) ?? (defences.membersOnly ? undefined : NOBODY);
  // The validator is the receiver: gossip relays by its answer, so a message is admitted before that.
  pubsub.topicValidators.set(topic, (peerId, message) => {
    const from = memberOf(peerId.toString());
    return (from === undefined ? 'ignore' : handlers.onGossip(from, message.data)) as never;
  });
  await handleDirect(node, defences, (peerId, bytes) => {
    const from = memberOf(peerId);
    if (from !== undefined) handlers.onDirect(from, bytes);
  });
  const { multiaddr: parseAddress } = await import('@multiformats/multiaddr');
  const { bootstrap, random } = options;
  const links = new NodeLinks({
    node,
    members,
    quarantine,
    prunesDoubles: defences.prunesDoubles,
    topic,
    bootstrap,
    handlers,
    random,
    parseAddress,
  });
  pubsub.subscribe(topic);
  return {
    publish: (bytes) => {
      // Fails only while starting or stopping; what ages is worth no retry, the rest is repaired.
      pubsub.publish(topic, bytes).catch(ignoreFailure);
    },
    cast: undefined,
    send: (to, bytes) => {
      const connection = links.connectionOf(to);
      if (connection !== undefined) sendDirect(connection, bytes).catch(ignoreFailure);
    },
    peers: () => links.peers(),
    hangUp: (member) => links.hangUp(member),
    seek: (member) => links.seek(member),
    allow: (next) => {
      members.adopt(next);
      if (defences.membersOnly) links.hangUpStrangers();
      links.supervise();
    },
    traffic: () => ({ ...links.count }),
    strangers: () => members.strangers(),
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
  defences: NodeDefences,
  quarantine: Quarantine | undefined,
): Promise<Libp2p<NodeServices>> => {
  let node: Libp2p | undefined;
  const isMember = (peerId: PeerId): boolean =>
    !defences.membersOnly || members.idOf(peerId.toString()) !== undefined;
  const isKeptOut = (peerId: PeerId): boolean =>
    quarantine?.holds(peerId.toString(), systemClock.monotonicMs()) === true;
  const [{ createLibp2p }, { gossipsub }, { identify }, transport] = await Promise.all([
    import('libp2p'),
    import('@libp2p/gossipsub'),
    import('@libp2p/identify'),
    transportOptions({
      key: options.key,
      listen: options.listen,
      mdns: options.mdns,
      defences,
      isAllowed: (peerId) => isMember(peerId) && !isKeptOut(peerId),
      isWelcome: (peerId) =>
        (members.welcomes(peerId.toString()) || !defences.membersOnly) &&
        !isKeptOut(peerId) &&
        (node?.getConnections(peerId).length ?? 0) < defences.maxConnectionsPerPeer,
    }),
  ]);
  const { swarm, members: enrolled } = options.roster;
  const started = await createLibp2p({
    ...transport,
    services: {
      identify: identify(),
      pubsub: gossipsub(gossipOptions(swarm, enrolled.length, defences)),
    },
  });
  node = started;
  return started;
};
