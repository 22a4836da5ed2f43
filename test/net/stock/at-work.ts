import { gossipsub } from '@libp2p/gossipsub';
import { identify } from '@libp2p/identify';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';

import type { PayloadByTopic } from '#protocols/channel/mesh-messages.ts';
import { encodePayload } from '#protocols/gossip/codec.ts';
import { attachSignature, decodeEnvelope, encodeUnsigned } from '#protocols/gossip/envelope.ts';
import { peerIdOfKey, publicKeyFromHex } from '#protocols/gossip/identity.ts';
import { loadRoster } from '#protocols/gossip/roster-file.ts';
import { loadSigningKey } from '#protocols/gossip/signing.ts';
import { systemClock } from '#protocols/system-clock.ts';
import { storyGoal, storySafety } from '../../protocols/gossip/mission-story.ts';
import { beaconOf } from '../../protocols/gossip/swarm-story.ts';
import { isOperator, PORT } from '../enrolment.ts';
import type { Account, Load, MemberConfig, Note, Order } from '../member/orders.ts';
import type { AtWork } from '../member/serve.ts';
import { claimOf, intentAt, NO_GOAL } from '../words.ts';

const TOPIC = 'stock';
const KINDS = {
  intent: 'intent',
  taskReport: 'claim',
  directive: 'directive',
  goal: 'goal',
} as const;
const NO_SIGNATURE = new Uint8Array(64);

const nowMs = (): number => systemClock.monotonicMs();

const startNode = (config: MemberConfig) => {
  const key = loadSigningKey(config.privateKeyFile);
  return createLibp2p({
    privateKey: privateKeyFromRaw(Uint8Array.from([...key.seed, ...key.publicKey])),
    addresses: { listen: [`/ip4/${config.address}/tcp/${PORT}`] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // Its pings would end live links under loss, and the comparison with them.
    connectionMonitor: { enabled: false },
    services: { identify: identify(), pubsub: gossipsub({ allowPublishToZeroTopicPeers: true }) },
  });
};

/**
 * The same words with the same bytes, less our signature: gossipsub signs by itself. Every word is
 * a message of its own, as an application that knows nothing of its transport would publish it.
 */
export const stockAtWork = async (config: MemberConfig): Promise<AtWork<Order, Account>> => {
  const { self } = config;
  const authority = publicKeyFromHex(config.authorityPublicKeyHex)!;
  const { roster } = loadRoster(config.rosterFile, authority);
  const node = await startNode(config);
  const { pubsub } = node.services;
  let said: Note[] = [];
  let heard: Note[] = [];
  pubsub.addEventListener('message', ({ detail }) => {
    const envelope = decodeEnvelope(attachSignature(detail.data, NO_SIGNATURE));
    const kind = KINDS[envelope?.topic as keyof typeof KINDS];
    if (envelope === undefined || kind === undefined) return;
    const { author, sequence } = envelope;
    heard.push({ kind, author, name: String(sequence), atMs: nowMs() });
  });
  pubsub.subscribe(TOPIC);

  let sequence = 0;
  const say = <T extends keyof PayloadByTopic>(topic: T, payload: PayloadByTopic[T]): void => {
    sequence += 1;
    const header = { topic, author: self, rosterEpoch: 1, bootEpoch: 1, sequence, sentMs: nowMs() };
    const kind = KINDS[topic as keyof typeof KINDS];
    if (kind !== undefined) {
      said.push({ kind, author: self, name: String(sequence), atMs: nowMs() });
    }
    const bytes = encodeUnsigned(header, encodePayload(topic, payload));
    pubsub.publish(TOPIC, bytes).catch(() => undefined);
  };

  const selfId = node.peerId.toString();
  const others = roster.members.filter(({ id }) => id !== self);
  const dial = (): void => {
    const linked = new Set(node.getPeers().map(String));
    for (const { publicKey, addresses } of others) {
      const peerId = peerIdOfKey(publicKey);
      if (linked.has(peerId) || selfId > peerId) continue;
      const tcpAddresses = addresses.filter((address) => address.includes('/tcp/'));
      node.dial(tcpAddresses.map((address) => multiaddr(address))).catch(() => undefined);
    }
  };
  setInterval(dial, 1000);
  setInterval(() => say('beacon', beaconOf(isOperator(self) ? 0 : self)), 1000);

  let timers: NodeJS.Timeout[] = [];
  let plans = 0;
  const speak = ({ intentHz, claimHz }: Load): void => {
    for (const timer of timers) clearInterval(timer);
    timers = [];
    if (isOperator(self)) return;
    const sayIntent = (): void => say('intent', intentAt(NO_GOAL, self, (plans += 1), nowMs()));
    const sayClaim = (): void =>
      say('taskReport', claimOf(NO_GOAL, self, `lane:0:${(plans += 1)}`));
    if (intentHz > 0) timers.push(setInterval(sayIntent, 1000 / intentHz));
    if (claimHz > 0) timers.push(setInterval(sayClaim, 1000 / claimHz));
  };

  const account = (): Account => {
    const { user, system } = process.cpuUsage();
    const subscribed = new Set(pubsub.getSubscribers(TOPIC).map(String));
    const peers = others.map(({ id, publicKey }) => ({
      member: id,
      connected: subscribed.has(peerIdOfKey(publicKey)),
    }));
    const value = {
      said,
      heard,
      held: [],
      completed: [],
      contents: [],
      status: { peers } as never,
    };
    said = [];
    heard = [];
    const rssBytes = process.memoryUsage.rss();
    return {
      ...value,
      cpuMs: (user + system) / 1000,
      rssBytes,
      maxRssBytes: rssBytes,
      fds: Number.NaN,
      blockedMs: Number.NaN,
    };
  };

  const obey = (order: Order): Account | undefined => {
    switch (order.do) {
      case 'load':
        speak(order.load);
        return undefined;
      case 'directive':
        say('directive', { kind: order.kind, confirmed: false, number: order.number, targets: [] });
        return undefined;
      case 'goal': {
        const id = { issuer: self, epoch: 1, sequence: order.number };
        const safety = encodePayload('safety', storySafety(id));
        const header = {
          topic: 'safety',
          author: self,
          rosterEpoch: 1,
          bootEpoch: 1,
          sequence: 1,
          sentMs: 0,
        } as const;
        say('goal', storyGoal(id, attachSignature(encodeUnsigned(header, safety), NO_SIGNATURE)));
        return undefined;
      }
      case 'account':
        return account();
      default:
        throw new Error(`stock gossip knows no ${order.do}`);
    }
  };
  return { obey: (order) => Promise.resolve().then(() => obey(order)) };
};
