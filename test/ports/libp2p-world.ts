import { setTimeout as sleep } from 'node:timers/promises';

import { openNode, type MeshNode } from '#protocols/gossip/node.ts';
import { seededRandom } from '#protocols/random.ts';

import type { MeshWorld } from './mesh-compliance.ts';
import { keys, knownTo, rosterOf } from './mesh-roster.ts';

/** Real nodes on loopback; addresses are known only once a node listens, so rosters follow. */
export const libp2pWorld = (listen: string) => (): Promise<MeshWorld> => {
  const nodes = new Map<number, MeshNode>();
  const reachableFrom = new Map<number, readonly number[]>();
  const addressesSeenBy =
    (member: number) =>
    (other: number): string[] => {
      const reachable = reachableFrom.get(member);
      const isReachable = reachable === undefined || reachable.includes(other);
      return isReachable ? (nodes.get(other)?.addresses() ?? []) : [];
    };
  return Promise.resolve({
    join: async (member, handlers, reachable) => {
      if (reachable !== undefined) reachableFrom.set(member, reachable);
      const node = await openNode({
        key: keys.get(member)!,
        roster: rosterOf(knownTo(member)),
        listen: [listen],
        bootstrap: [],
        mdns: false,
        handlers,
        random: seededRandom(member),
      });
      nodes.set(member, node);
      for (const [id, one] of nodes) one.allow(rosterOf(knownTo(id), addressesSeenBy(id)));
      return node;
    },
    until: async (condition) => {
      const deadlineMs = performance.now() + 15_000;
      while (!condition()) {
        if (performance.now() > deadlineMs) throw new Error('it never came to be');
        await sleep(20);
      }
    },
    settle: () => sleep(200),
    restrict: (members) => rosterOf(members, (id) => nodes.get(id)?.addresses() ?? []),
    end: async () => {
      await Promise.all([...nodes.values()].map((node) => node.close()));
    },
  });
};
