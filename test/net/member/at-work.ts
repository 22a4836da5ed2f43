import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

import {
  isDone,
  nextClaimEpoch,
  noteReport,
  type TaskBook,
} from '#agent/mind/allocate/ownership.ts';
import type { Received } from '#protocols/channel/mesh-messages.ts';
import { startMember } from '#protocols/gossip/node-member.ts';
import { stationBeacon } from '#protocols/gossip/station-beacon.ts';
import { seededRandom } from '#protocols/random.ts';
import { systemClock } from '#protocols/system-clock.ts';
import type { Clock } from '#protocols/time.ts';
import { storyGoal, storySafety } from '../../protocols/gossip/mission-story.ts';
import { beaconOf } from '../../protocols/gossip/swarm-story.ts';
import { GROUP, isOperator, PORT } from '../enrolment.ts';
import { claimOf, commonTask, drawnContent, intentAt, NO_GOAL } from '../words.ts';
import type { Account, Load, MemberConfig, Note, Order } from './orders.ts';
import type { AtWork } from './serve.ts';
import { disarm, undefendedNode } from './undefended.ts';

const BEACON_MS = 1000;
const nowMs = (): number => systemClock.monotonicMs();

const nameOf = (received: Received): Pick<Note, 'kind' | 'name'> | undefined => {
  switch (received.topic) {
    case 'intent':
      return { kind: 'intent', name: String(received.payload.planId) };
    case 'taskReport':
      return {
        kind: received.payload.state === 'done' ? 'done' : 'claim',
        name: received.payload.task,
      };
    case 'directive':
      return { kind: 'directive', name: String(received.payload.number) };
    case 'goal':
      return { kind: 'goal', name: String(received.payload.id.sequence) };
    case 'roster':
      return { kind: 'roster', name: String(received.payload.epoch) };
    default:
      return undefined;
  }
};

/** Starts the member; throws the faults of {@link startMember}. */
export const memberAtWork = async (config: MemberConfig): Promise<AtWork<Order, Account>> => {
  const { self, without = [] } = config;
  let aheadMs = 0;
  const clock: Clock = {
    monotonicMs: () => systemClock.monotonicMs() + aheadMs,
    unixUs: () => systemClock.unixUs() + BigInt(aheadMs) * 1000n,
  };
  const pauses = monitorEventLoopDelay({ resolution: 5 });
  pauses.enable();
  let said: Note[] = [];
  let heard: Note[] = [];
  // What is said of an older goal than the newest is forgotten.
  let goal = NO_GOAL;
  const book: TaskBook = new Map();
  const member = await startMember({
    self,
    directory: config.directory,
    privateKeyFile: config.privateKeyFile,
    rosterFile: config.rosterFile,
    authorityPublicKeyHex: config.authorityPublicKeyHex,
    listen: [`/ip4/${config.address}/udp/${PORT}/quic-v1`, `/ip4/${config.address}/tcp/${PORT}`],
    bootstrap: [],
    mdns: false,
    multicast: config.gossipOnly ? undefined : { ...GROUP, interfaceAddress: config.address },
    bootEpoch: undefined,
    random: seededRandom(config.seed),
    clock,
    undefended: undefendedNode(without),
    onNotKept: (error) => {
      throw error;
    },
    events: {
      onReceived: (received) => {
        if (received.topic === 'goal') goal = received.payload.id;
        const named = nameOf(received);
        if (named === undefined) return;
        // The claims of this load are of ever new tasks, which would fill the book.
        if (received.topic === 'taskReport' && named.kind === 'done') {
          noteReport(book, received.payload);
        }
        heard.push({ ...named, author: received.author, atMs: received.receivedMs - aheadMs });
      },
      onSent: () => undefined,
    },
  });
  const { session } = member;
  // What was restored is not received again.
  for (const { topic, payload } of session.recall()) if (topic === 'goal') goal = payload.id;
  disarm(session.member, without);
  const note = (kind: Note['kind'], name: string): void =>
    void said.push({ kind, author: self, name, atMs: nowMs() });

  // A boot of its own begins at numbers of its own, so that nothing is taken for what was said before.
  let plans = Math.floor(nowMs());
  let claims = 0;
  const sayIntent = (): void => {
    plans += 1;
    note('intent', String(plans));
    session.publish({ topic: 'intent', payload: intentAt(goal, self, plans, clock.monotonicMs()) });
  };
  const sayClaim = (): void => {
    claims += 1;
    const task = `lane:${session.member.bootEpoch % 4096}:${claims}`;
    note('claim', task);
    session.publish({ topic: 'taskReport', payload: claimOf(goal, self, task) });
  };

  const sayDone = (): void => {
    let index = 0;
    while (isDone(book, commonTask(index))) index += 1;
    const task = commonTask(index);
    const report = {
      ...claimOf(goal, self, task),
      claimEpoch: nextClaimEpoch(book, task),
      state: 'done' as const,
    };
    note('done', task);
    noteReport(book, report);
    session.publish({ topic: 'taskReport', payload: report });
  };

  let timers: NodeJS.Timeout[] = [];
  const speak = ({ intentHz, claimHz, doneHz = 0 }: Load): void => {
    for (const timer of timers) clearInterval(timer);
    timers = [];
    if (isOperator(self)) return;
    if (intentHz > 0) timers.push(setInterval(sayIntent, 1000 / intentHz));
    if (claimHz > 0) timers.push(setInterval(sayClaim, 1000 / claimHz));
    if (doneHz > 0) timers.push(setInterval(sayDone, 1000 / doneHz));
  };
  setInterval(() => {
    session.publishBeacon(() => {
      const echoes = session.echoes();
      return isOperator(self) ? stationBeacon(echoes) : beaconOf(self, { echoes });
    });
  }, BEACON_MS);
  member.everyTick();

  const account = (): Account => {
    const { user, system } = process.cpuUsage();
    const { byAuthor } = session.member.admission.registers;
    const held = [...byAuthor].flatMap(([author, entries]) =>
      [...entries.keys()].map((id) => `${author}/${id}`),
    );
    const completed = [...book.values()].map(
      ({ task, owner, claimEpoch }) => `${task} ${owner} ${claimEpoch}`,
    );
    const value = {
      said,
      heard,
      held: held.sort(),
      completed: completed.sort(),
      status: session.status(),
      contents: session.report().contents,
    };
    said = [];
    heard = [];
    const blockedMs = pauses.max / 1e6;
    pauses.reset();
    return {
      ...value,
      cpuMs: (user + system) / 1000,
      rssBytes: process.memoryUsage.rss(),
      maxRssBytes: 1024 * process.resourceUsage().maxRSS,
      fds: readdirSync('/proc/self/fd').length,
      blockedMs,
    };
  };

  const obey = (order: Order): Account | undefined => {
    switch (order.do) {
      case 'load':
        speak(order.load);
        return undefined;
      case 'directive': {
        const { kind, number } = order;
        note('directive', String(number));
        const payload = { kind, confirmed: false, number, targets: [] };
        session.publish({ topic: 'directive', payload }, true);
        return undefined;
      }
      case 'goal': {
        const id = { issuer: self, epoch: session.member.bootEpoch, sequence: order.number };
        note('goal', String(order.number));
        const safety = session.signSafety(storySafety(id));
        session.publish({ topic: 'goal', payload: storyGoal(id, safety) }, true);
        return undefined;
      }
      case 'roster':
        session.introduceRoster(Uint8Array.from(Buffer.from(order.signedHex, 'hex')));
        return undefined;
      case 'offer':
        session.offer(order.name, order.version, drawnContent(order.seed, order.bytes));
        return undefined;
      case 'clock':
        ({ aheadMs } = order);
        return undefined;
      case 'account':
        return account();
    }
  };
  return { obey: (order) => Promise.resolve().then(() => obey(order)) };
};
