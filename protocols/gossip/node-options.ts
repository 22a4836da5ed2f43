import type { GossipSub, GossipsubOpts } from '@libp2p/gossipsub';
import type { Identify } from '@libp2p/identify';
import type { PeerId } from '@libp2p/interface';
import type { Libp2pOptions } from 'libp2p';

import { MAX_BUNDLE_BYTES } from './bundle.ts';
import { sha256 } from './digest.ts';
import { GOSSIP_CACHE, GOSSIP_HEARTBEAT_MS, gossipDegree } from './gossip-degree.ts';
import type { NodeDefences } from './node-defences.ts';
import type { SigningKey } from './signing.ts';

type Discovery = NonNullable<Libp2pOptions['peerDiscovery']>[number];

/** Services of a node, for the types of what createLibp2p returns. */
export type NodeServices = { identify: Identify; pubsub: GossipSub };

/**
 * One topic for everything: a bundle mixes topics, subscriptions and mesh upkeep are paid once, and
 * the envelope names the real topic. The swarm's name keeps two swarms on one network apart.
 */
export const gossipTopicOf = (swarm: string): string => `/skein/1/${swarm}`;

const MAX_CONNECTIONS = 24;

/**
 * Envelopes are signed by their authors, so gossip's own signatures would prove the same thing again
 * at 116 bytes and twice the verification a message: off (StrictNoSign). The message id is a hash
 * over all bytes and not the sender's numbering: nobody can make a message that is taken for a copy
 * of an honest one and so suppress it.
 */
const messageId = (data: Uint8Array): Uint8Array => sha256(data).subarray(0, 8);

export const gossipOptions = (
  swarm: string,
  members: number,
  { scores }: NodeDefences,
): Partial<GossipsubOpts> => ({
  ...gossipDegree(members),
  Dout: 1,
  Dscore: 1,
  floodPublish: false,
  fallbackToFloodsub: false,
  doPX: false,
  emitSelf: false,
  allowPublishToZeroTopicPeers: true,
  ignoreDuplicatePublishError: true,
  allowedTopics: [gossipTopicOf(swarm)],
  globalSignaturePolicy: 'StrictNoSign',
  msgIdFn: (message) => messageId(message.data),
  heartbeatInterval: GOSSIP_HEARTBEAT_MS,
  mcacheLength: GOSSIP_CACHE.length,
  mcacheGossip: GOSSIP_CACHE.told,
  seenTTL: 30_000,
  // A peer that was pruned, or came back from a partition, is taken in again within seconds.
  pruneBackoff: 3000,
  unsubcribeBackoff: 3000,
  graftFloodThreshold: 1000,
  idontwantMinDataSize: 1024,
  maxInboundDataLength: MAX_BUNDLE_BYTES + 8192,
  maxOutboundBufferSize: 1 << 20,
  tagMeshPeers: false,
  scoreParams: {
    // Peers are members of a closed roster: their addresses say nothing, their invalid messages do.
    IPColocationFactorWeight: 0,
    behaviourPenaltyThreshold: 6,
    ...(scores ? {} : { behaviourPenaltyWeight: 0 }),
    topics: {
      [gossipTopicOf(swarm)]: {
        topicWeight: 1,
        timeInMeshWeight: 0,
        timeInMeshQuantum: 1000,
        timeInMeshCap: 1,
        firstMessageDeliveriesWeight: 0,
        firstMessageDeliveriesDecay: 0.5,
        firstMessageDeliveriesCap: 1,
        meshMessageDeliveriesWeight: 0,
        meshMessageDeliveriesDecay: 0.5,
        meshMessageDeliveriesCap: 1,
        meshMessageDeliveriesThreshold: 1,
        meshMessageDeliveriesWindow: 10,
        meshMessageDeliveriesActivation: 1000,
        meshFailurePenaltyWeight: 0,
        meshFailurePenaltyDecay: 0.5,
        // Squared: five forged messages in short order and a peer is no longer listened to.
        invalidMessageDeliveriesWeight: scores ? -4 : 0,
        invalidMessageDeliveriesDecay: 0.9,
      },
    },
  },
});

export interface TransportSettings {
  key: SigningKey;
  listen: readonly string[];
  mdns: boolean;
  defences: NodeDefences;
  isAllowed(peerId: PeerId): boolean;
  /** The same for one that dialled us. */
  isWelcome(peerId: PeerId): boolean;
}

/** Everything but gossip. Loads libp2p, which takes a third of a second and 60 MB, only when called. */
export const transportOptions = async (settings: TransportSettings): Promise<Libp2pOptions> => {
  // QUIC's native runtime starts a thread per core when it is loaded; one carries a swarm's traffic,
  // and every other only wakes up, and takes memory, for nothing.
  process.env['TOKIO_WORKER_THREADS'] ??= '1';
  const [{ quic }, { tcp }, { noise }, { yamux }, { privateKeyFromRaw }] = await Promise.all([
    import('@chainsafe/libp2p-quic'),
    import('@libp2p/tcp'),
    import('@libp2p/noise'),
    import('@libp2p/yamux'),
    import('@libp2p/crypto/keys'),
  ]);
  const { isAllowed, isWelcome, defences } = settings;
  const { maxStreamsPerConnection, negotiationTimeoutMs } = defences;
  const isStranger = (peerId: PeerId): boolean => !isAllowed(peerId);
  return {
    privateKey: privateKeyFromRaw(
      Uint8Array.from([...settings.key.seed, ...settings.key.publicKey]),
    ),
    addresses: { listen: [...settings.listen] },
    transports: [
      // Dead peers are noticed by QUIC itself; live ones are kept awake well within that time.
      quic({
        handshakeTimeout: 5000,
        maxIdleTimeout: 4000,
        keepAliveInterval: 1200,
        maxConcurrentStreamLimit: maxStreamsPerConnection,
      }),
      tcp(),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({
        maxInboundStreams: maxStreamsPerConnection,
        maxOutboundStreams: maxStreamsPerConnection,
      }),
    ],
    peerDiscovery: settings.mdns ? [await mdnsDiscovery()] : [],
    // Membership holds on both transports; a pre-shared key network would be ignored by QUIC.
    connectionGater: {
      denyDialPeer: isStranger,
      denyInboundEncryptedConnection: (peerId) => !isWelcome(peerId),
      denyOutboundEncryptedConnection: isStranger,
      denyDialMultiaddr: () => false,
    },
    connectionManager: {
      inboundStreamProtocolNegotiationTimeout: negotiationTimeoutMs,
      inboundUpgradeTimeout: negotiationTimeoutMs,
      maxConnections: MAX_CONNECTIONS,
      // Of one address a second: all that it can keep half-open leaves room for others.
      inboundConnectionThreshold: 12,
      maxIncomingPendingConnections: 64,
      dialTimeout: 6000,
      addressDialTimeout: 3000,
      reconnectRetries: 0,
    },
    // Its pings killed live links in batches under loss; the mesh looks at what was heard instead.
    connectionMonitor: { enabled: false },
  };
};

const mdnsDiscovery = async (): Promise<Discovery> => {
  const { mdns } = await import('@libp2p/mdns');
  return mdns({ interval: 5000 });
};
