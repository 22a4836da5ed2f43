import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { encodeFrame, openFrame } from '#protocols/gossip/fast-frame.ts';
import { REPAIR_PROTOCOL } from '#protocols/gossip/node-repair.ts';
import { systemClock } from '#protocols/system-clock.ts';
import type { AtWork } from '../../member/serve.ts';
import { Air } from './air.ts';
import { Identity } from './identity.ts';
import type { IntruderAccount, IntruderConfig, IntruderOrder } from './orders.ts';

const TICK_MS = 20;
/** Counters of frames that are made anew, beyond all others. */
const FIRST_ANEW = 1_000_000;
const PAIR_MS = 5;
/** A flood ends by then, however little of it was taken. */
const FLOOD_MS = 50_000;
const BUNDLE = 64;
/** Bundles that fit into one message of the transport. */
const RPC = 7;

const GRAFTS = 20;

/** Of a hundred messages that nobody has. */
const inventedIds = (time: number): Uint8Array[] =>
  Array.from({ length: 100 }, (_, index) => {
    const id = Buffer.alloc(8);
    id.writeUInt32LE(time * 100 + index);
    return Uint8Array.from(id);
  });

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const nowMs = (): number => systemClock.monotonicMs();

const anew = (bytes: Uint8Array, key: Uint8Array, time: number): Uint8Array =>
  encodeFrame({ ...openFrame(bytes, key)!, counter: FIRST_ANEW + time, number: time }, key);

export const intruderAtWork = async (
  config: IntruderConfig,
): Promise<AtWork<IntruderOrder, IntruderAccount>> => {
  const air = await Air.open(config.address, config.air);
  const identities = new Map<string, Promise<Identity>>();
  const sockets: Socket[] = [];
  let flooded = 0;
  const identityOf = (keyFile: string): Promise<Identity> => {
    const started = identities.get(keyFile) ?? Identity.start(keyFile, config.topic);
    identities.set(keyFile, started);
    return started;
  };

  /** Does `work` `perS` times a second; it is told which time it is. */
  const repeat = async (
    isEnough: () => boolean,
    perS: number,
    work: (time: number) => Promise<void>,
  ): Promise<void> => {
    const fromMs = nowMs();
    let time = 0;
    while (!isEnough()) {
      const due = Math.min(((nowMs() - fromMs) / 1000) * perS, time + perS / 10);
      for (; time < due; time += 1) await work(time);
      await sleep(TICK_MS);
    }
  };

  const flood = async (
    identity: Identity,
    to: string,
    envelopes: readonly Uint8Array[],
    count: number,
    perS: number,
  ): Promise<void> => {
    flooded = 0;
    const fromMs = nowMs();
    const isEnough = (): boolean => flooded >= count || nowMs() - fromMs > FLOOD_MS;
    await repeat(isEnough, perS / BUNDLE / RPC, async (time) => {
      const pair = 2 * Math.min(envelopes.length / 2 - 1, Math.floor((nowMs() - fromMs) / PAIR_MS));
      const bundles = Array.from({ length: RPC }, (_, nth) =>
        Buffer.concat(
          Array.from({ length: BUNDLE }, (__, bit) => {
            const isSecond = bit < 30 && (((RPC * time + nth) >> bit) & 1) === 1;
            return envelopes[pair + Number(isSecond)]!;
          }),
        ),
      );
      await identity.gossip(to, bundles);
      flooded += RPC * BUNDLE;
    }).catch(() => undefined);
  };

  const pester = async (
    identity: Identity,
    { to, about, forMs, perS }: IntruderOrder & { do: 'pester' },
  ): Promise<void> => {
    const untilMs = nowMs() + forMs;
    await repeat(
      () => nowMs() > untilMs,
      perS,
      async (time) => {
        if (about === 'mesh') await identity.regraft(to, GRAFTS);
        else await identity.tellOf(to, inventedIds(time));
      },
    ).catch(() => undefined);
  };

  const account = async (keyFile: string, to: string): Promise<IntruderAccount> => {
    const identity = await identityOf(keyFile);
    const { openedMs, closedMs, held, heardHex, asked, pruned } = identity.peer(to);
    const { user, system } = process.cpuUsage();
    return {
      cpuMs: (user + system) / 1000,
      openConnections: identity.connections(to).length,
      closedAfterMs: closedMs === undefined ? null : closedMs - openedMs,
      openStreams: held.size,
      openSockets: sockets.filter(
        (one) => one.readyState === 'open' && to.includes(`/${one.remoteAddress}/`),
      ).length,
      heardHex,
      airHex: air.take(),
      asked,
      pruned,
      flooded,
    };
  };

  const hold = (host: string, port: number, count: number): void => {
    for (let index = 0; index < count; index += 1) {
      const socket = connect({ host, port });
      socket.on('error', () => undefined);
      socket.resume();
      sockets.push(socket);
    }
  };

  const obey = async (order: IntruderOrder): Promise<IntruderAccount | undefined> => {
    if (order.do === 'sockets') {
      hold(order.host, order.port, order.count);
      return undefined;
    }
    if (order.do === 'cast') {
      const frames = order.framesHex.map(fromHex);
      const key = order.anewUnderHex === undefined ? undefined : fromHex(order.anewUnderHex);
      let sent = 0;
      await repeat(
        () => sent >= order.count,
        order.perS,
        async (time) => {
          sent = time + 1;
          const frame = frames[time % frames.length]!;
          await air.send(key === undefined ? frame : anew(frame, key, time));
        },
      );
      return undefined;
    }
    const identity = await identityOf(order.keyFile);
    switch (order.do) {
      case 'connect':
        await identity.connect(order.to, order.times);
        return undefined;
      case 'hangUp':
        await identity.hangUp();
        return undefined;
      case 'say':
        await identity.insist(order.to, order.bundlesHex.map(fromHex), order.tries);
        return undefined;
      case 'flood':
        await flood(identity, order.to, order.envelopesHex.map(fromHex), order.count, order.perS);
        return undefined;
      case 'pester':
        await pester(identity, order);
        return undefined;
      case 'repair':
        for (const hex of order.messagesHex) {
          const stream = await identity.open(order.to, REPAIR_PROTOCOL);
          stream.send(fromHex(hex));
          await stream.close();
        }
        return undefined;
      case 'raw': {
        const stream = await identity.open(order.to, '/meshsub/1.2.0');
        stream.send(fromHex(order.bytesHex));
        return undefined;
      }
      case 'dawdle':
        await Promise.allSettled(
          Array.from({ length: order.streams }, async () => {
            const stream = await identity.open(order.to, REPAIR_PROTOCOL);
            stream.send(Uint8Array.of(1));
          }),
        );
        return undefined;
      case 'account':
        return account(order.keyFile, order.to);
    }
  };
  return { obey };
};
