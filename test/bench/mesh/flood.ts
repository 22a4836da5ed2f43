import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { AgentConfig } from '#agent/config.ts';
import { peerIdOfKey, publicKeyFromHex } from '#protocols/gossip/identity.ts';
import { gossipTopicOf } from '#protocols/gossip/node-options.ts';
import { loadRoster } from '#protocols/gossip/roster-file.ts';
import { loadSigningKey } from '#protocols/gossip/signing.ts';
import type { DroneLayout } from '#sim/swarm/layout.ts';
import { forgedPromise } from '../../net/attacks/forged-words.ts';
import { frameOf } from '../../net/attacks/forged-frames.ts';
import type { IntruderAccount, IntruderOrder } from '../../net/attacks/intruder/orders.ts';
import {
  BARE,
  GUARDED,
  HONEST,
  hexOf,
  INTRUDER,
  nowMs,
  OPERATOR,
  Siege,
  STOLEN,
} from '../../net/attacks/siege.ts';
import { verificationsPerCpuS } from '../../net/attacks/verification-capacity.ts';
import { OUTSIDERS_KEY } from '../../net/member/undefended.ts';
import { OrderedProcess } from '../../net/ordered-process.ts';
import { quantile } from '../bench.ts';
import { measureSetpointJitter } from '../mavlink/setpoint-jitter.ts';
import type { Part } from './parts.ts';

/** Six megabytes a second, where a mesh radio carries one or two. */
const FRAMES_PER_S = 5000;
const COLLECT_MS = 1000;
const ENVELOPES_PER_S = 100_000;

type Tell = (order: IntruderOrder) => Promise<IntruderAccount | undefined>;

/** Who floods: a member's key, and whose the words are. */
interface Flooder {
  tell: Tell;
  keyFile: string;
  author: number;
}

/**
 * As long as it takes: datagrams under no key of the group, and over a connection as many envelopes as
 * get rid of, again and again though it is cut off. Returns the envelopes sent over connections, and for
 * how long they were taken.
 */
const floodFor = async (
  { tell, keyFile, author }: Flooder,
  to: string,
  forMs: number,
): Promise<{ sent: number; takenMs: number }> => {
  const untilMs = nowMs() + forMs;
  const envelopes = Array.from({ length: 1200 }, (_, nth) =>
    forgedPromise(author, 1 + nth, keyFile),
  );
  const framesHex = [
    ...Array.from({ length: 20 }, (_, nth) => '46'.repeat(60 * nth + 1)),
    ...Array.from({ length: 20 }, (_, nth) =>
      hexOf(frameOf(OUTSIDERS_KEY, author, envelopes.slice(nth, nth + 7))),
    ),
  ];
  const count = (forMs / 1000) * FRAMES_PER_S;
  const air = tell({ do: 'cast', framesHex, count, perS: FRAMES_PER_S });
  const envelopesHex = envelopes.map(hexOf);
  let [sent, takenMs] = [0, 0];
  while (nowMs() < untilMs) {
    await tell({ do: 'connect', keyFile, to, times: 1 });
    const perS = ENVELOPES_PER_S;
    const fromMs = nowMs();
    await tell({ do: 'flood', keyFile, to, envelopesHex, count: 3 * perS, perS });
    const { flooded } = (await tell({ do: 'account', keyFile, to }))!;
    sent += flooded;
    if (flooded > 0) takenMs += nowMs() - fromMs;
    await sleep(500);
  }
  await air;
  return { sent, takenMs };
};

/** What is heard of two honest ones, and what the flooded one spends. */
const wordsUnderFlood = async (forMs: number): Promise<Record<string, number>> => {
  const siege = await Siege.begin({ gossipOnly: false });
  try {
    await sleep(3000);
    const before = await siege.accounts();
    const to = siege.addressOf(GUARDED);
    const fromMs = nowMs();
    const flooder = {
      tell: (order: IntruderOrder) => siege.tell(order),
      keyFile: siege.stolenKey,
      author: STOLEN,
    };
    const collecting = setInterval(() => void siege.accounts(), COLLECT_MS);
    const { sent, takenMs } = await floodFor(flooder, to, forMs);
    const toMs = nowMs();
    clearInterval(collecting);
    const after = await siege.accounts();
    await sleep(2000);
    await siege.accounts();
    const delays = [HONEST, BARE].flatMap((author) =>
      siege.ledger.delays('intent', { fromMs, toMs, author }, [GUARDED, OPERATOR]),
    );
    const share = (ms: number): number =>
      delays.filter((delay) => delay <= ms).length / delays.length;
    const seconds = (toMs - fromMs) / 1000;
    return {
      floodEnvelopes: sent,
      floodFramesPerS: FRAMES_PER_S,
      floodVsVerified: sent / (takenMs / 1000) / verificationsPerCpuS(),
      floodHonestWords: delays.length,
      floodDelivered: delays.filter(Number.isFinite).length / delays.length,
      floodWithin100ms: share(100),
      floodWithin1s: share(1000),
      floodDelayP99Ms: Math.min(60_000, quantile(delays, 0.99)),
      floodedCpuShare: (after.get(GUARDED)!.cpuMs - before.get(GUARDED)!.cpuMs) / 1000 / seconds,
    };
  } finally {
    await siege.end();
  }
};

/** A flood by one that is enrolled and does not fly, against the mesh process of a drone that does. */
const floodDrone = async (target: DroneLayout, flooder: DroneLayout, forMs: number) => {
  const { mesh, keys } = JSON.parse(readFileSync(target.configFile, 'utf8')) as AgentConfig;
  const { group, port, interfaceAddress = '127.0.0.1' } = mesh.multicast!;
  const authority = publicKeyFromHex(keys.authorityPublicKeyHex)!;
  const { roster } = loadRoster(keys.rosterFile, authority);
  const intruder = new OrderedProcess<IntruderOrder, IntruderAccount>(
    'intruder',
    INTRUDER,
    join(flooder.dir, 'intruder.json'),
    {
      directory: flooder.dir,
      address: interfaceAddress,
      topic: gossipTopicOf(roster.swarm),
      air: { group, port },
    },
    (program, ...args) => [program, args],
  );
  try {
    await intruder.ready;
    const peerId = peerIdOfKey(loadSigningKey(target.keyFile).publicKey);
    const to = `/ip4/127.0.0.1/udp/${target.meshPort}/quic-v1/p2p/${peerId}`;
    const { keyFile, sysid } = flooder;
    const tell: Tell = (order) => intruder.tell(order);
    return await floodFor({ tell, keyFile, author: sysid }, to, forMs);
  } finally {
    await intruder.kill();
  }
};

/**
 * Words of the honest in a flood, and then the setpoints of two drones on a mission while the mesh of one
 * is flooded: real pilots, minds, meshes and stand-ins on this machine, which sends the flood besides.
 */
export const floodPart: Part = async ({ short, seed, tell }) => {
  const forMs = short ? 8000 : 30_000;
  const words = await wordsUnderFlood(forMs);
  tell(`${(100 * words['floodDelivered']!).toFixed(2)} % of honest words are heard`);
  let sent = 0;
  const jitter = await measureSetpointJitter(seed, {
    enrolled: 1,
    during: async ({ drones: [target] }, [absent]) => {
      ({ sent } = await floodDrone(target!, absent!, short ? 8000 : 60_000));
    },
  });
  tell(`longest gap between setpoints ${jitter.longestGapMs.toFixed(0)} ms`);
  return {
    ...words,
    floodPilotEnvelopes: sent,
    floodSetpoints: jitter.setpoints,
    floodSetpointGapMaxMs: jitter.longestGapMs,
    floodSetpointJitterP999Ms: jitter.p999Ms,
    floodLoadAverage: jitter.load,
  };
};
