import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { splitBundle } from '#protocols/gossip/bundle.ts';
import { decodeEnvelope } from '#protocols/gossip/envelope.ts';

import type { Account } from '../member/orders.ts';
import { whyNoNetwork } from '../requirements.ts';
import { BARE, GUARDED, HONEST, hexOf, OPERATOR, Siege, STOLEN } from './siege.ts';

const why = whyNoNetwork();

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe.skipIf(why !== undefined)(
  `an intruder on the network${why === undefined ? '' : ` (skipped: ${why})`}`,
  () => {
    let siege: Siege;
    beforeAll(async () => {
      siege = await Siege.begin({ gossipOnly: true });
    });
    afterAll(() => siege?.end());

    it('with a key of its own is cut off at once and hears nothing, by QUIC and by TCP', async () => {
      await siege.bare('membership');
      for (const transport of ['quic', 'tcp'] as const) {
        const keyFile = siege.strangersKey();
        for (const member of [BARE, GUARDED]) {
          const to = siege.addressOf(member, transport);
          await siege.tell({ do: 'connect', keyFile, to, times: 1 });
          const { name, envelope } = siege.promise(HONEST, keyFile);
          const bundlesHex = [hexOf(envelope)];
          await siege.tell({ do: 'say', keyFile, to, bundlesHex, tries: 2 }).catch(() => undefined);
          const heard = await siege.heard(HONEST, [name]);
          expect([...heard.values()].flat()).toEqual([]);
        }
        await siege.until(async () => (await siege.seen(BARE, keyFile)).heardHex.length > 0);
        const bare = await siege.seen(BARE, keyFile);
        expect(bare.openConnections).toBe(1);
        expect(bare.heardHex.length).toBeGreaterThan(0);
        const guarded = await siege.seen(GUARDED, keyFile);
        expect(guarded).toMatchObject({ openConnections: 0, heardHex: [], openStreams: 0 });
        // Null: it was never open. One second where the machine does nothing else.
        expect(guarded.closedAfterMs ?? 0).toBeLessThan(3000);
        await siege.hangUp(keyFile);
      }
    });

    it('with a stolen key speaks for its owner alone, and whoever forges is soon listened to no more', async () => {
      await siege.bare('signatures', 'scores');
      await siege.connect([BARE, GUARDED]);
      const own = siege.promise(STOLEN);
      for (const member of [BARE, GUARDED]) await siege.say(member, [own.envelope]);
      expect((await siege.heard(STOLEN, [own.name], [GUARDED])).get(GUARDED)).toEqual([own.name]);

      const forged = range(12).map(() => siege.promise(HONEST));
      for (const { envelope } of forged) {
        for (const member of [BARE, GUARDED]) await siege.say(member, [envelope]);
        await sleep(50);
      }
      const names = forged.map(({ name }) => name);
      const heard = await siege.heard(HONEST, names, [BARE]);
      expect(heard.get(BARE)).toEqual(names);
      expect(heard.get(GUARDED)).toEqual([]);
      expect(heard.get(OPERATOR)).toEqual([]);

      const late = siege.promise(STOLEN);
      await siege.say(GUARDED, [late.envelope]);
      expect((await siege.heard(STOLEN, [late.name])).get(GUARDED)).toEqual([]);
      await siege.say(BARE, [late.envelope]);
      expect((await siege.heard(STOLEN, [late.name], [BARE])).get(BARE)).toEqual([late.name]);
    });

    it('cannot play what it recorded, two minutes later or to one that has restarted', async () => {
      await siege.bare('freshness');
      await siege.untilLinked([GUARDED, BARE, HONEST, OPERATOR]);
      await siege.connect([BARE, GUARDED]);
      const recorded = new Map<string, Uint8Array>();
      const record = async (): Promise<boolean> => {
        for (const hex of (await siege.seen(GUARDED)).heardHex) {
          for (const envelope of splitBundle(Uint8Array.from(Buffer.from(hex, 'hex'))) ?? []) {
            const { author, topic, sequence } = decodeEnvelope(envelope)!;
            if (author === HONEST && topic === 'intent') recorded.set(String(sequence), envelope);
          }
        }
        return recorded.size > 5;
      };
      expect(await siege.until(record)).toBe(true);
      await siege.swarm.kill(HONEST);
      await sleep(300);
      await siege.swarm.accounts();
      for (const member of [BARE, GUARDED]) {
        await siege.swarm.tell(member, { do: 'clock', aheadMs: 121_000 });
      }
      // All seem to have been silent for long, and are hung up on.
      await sleep(1500);
      // Bundled otherwise than they came: gossip itself does not know them again.
      const play = async (member: number): Promise<void> => {
        for (const envelope of recorded.values()) await siege.say(member, [envelope, envelope]);
      };
      /** How many promises of the honest one, who is silent, have come; the bare one is waited for. */
      const replayed = async (): Promise<Map<number, number>> => {
        const counts = new Map<number, number>();
        const count = (accounts: Map<number, Account>): boolean => {
          for (const [member, { heard }] of accounts) {
            const some = heard.filter(({ author, kind }) => author === HONEST && kind === 'intent');
            counts.set(member, (counts.get(member) ?? 0) + some.length);
          }
          return counts.get(BARE)! > 0;
        };
        await siege.until(count);
        await sleep(700);
        count(await siege.accounts());
        return counts;
      };
      for (const member of [BARE, GUARDED]) await play(member);
      const later = await replayed();
      expect(later.get(BARE)).toBeGreaterThan(0);
      expect(later.get(GUARDED)).toBe(0);

      await siege.hangUp();
      for (const member of [BARE, GUARDED]) await siege.swarm.kill(member);
      siege.forget(BARE);
      for (const member of [BARE, GUARDED]) await siege.swarm.boot(member);
      await siege.connect([BARE, GUARDED]);
      for (const member of [BARE, GUARDED]) await play(member);
      const afterwards = await replayed();
      expect(afterwards.get(BARE)).toBeGreaterThan(0);
      expect(afterwards.get(GUARDED)).toBe(0);
      await siege.hangUp();
      await siege.swarm.boot(HONEST);
      await siege.swarm.speak({ intentHz: 5, claimHz: 0 });
      await siege.untilLinked([GUARDED, BARE, HONEST, OPERATOR]);
    });

    it('with the names of many takes nobody away from the swarm', async () => {
      await siege.bare('membership', 'limits');
      await siege.swarm.kill(HONEST);
      const sybils = range(30).map(() => siege.strangersKey());
      const holds = async (member: number): Promise<number[]> =>
        Promise.all(
          sybils.map(async (keyFile) => (await siege.seen(member, keyFile)).openConnections),
        );
      const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);
      const connect = (keyFile: string): Promise<unknown> =>
        Promise.all(
          [BARE, GUARDED].map((member) =>
            siege.tell({ do: 'connect', keyFile, to: siege.addressOf(member), times: 1 }),
          ),
        );
      // No more at once than one address may open in a second, until all places are taken.
      let taken = -1;
      for (let round = 0; round < 12; round += 1) {
        const held = await holds(BARE);
        if (sum(held) > 15 && sum(held) === taken) break;
        taken = sum(held);
        await Promise.all(
          sybils
            .filter((_, index) => held[index] === 0)
            .slice(0, 10)
            .map(connect),
        );
        await sleep(1000);
      }
      await siege.swarm.boot(HONEST);
      await siege.untilLinked([GUARDED, HONEST, OPERATOR]);
      // One that is enrolled, for its key, and comes last.
      await connect(siege.stolenKey);
      await sleep(1000);
      expect(sum(await holds(BARE))).toBeGreaterThan(15);
      expect(sum(await holds(GUARDED))).toBe(0);
      expect((await siege.seen(BARE)).openConnections).toBe(0);
      expect((await siege.seen(GUARDED)).openConnections).toBe(1);
      for (const keyFile of [...sybils, siege.stolenKey]) await siege.hangUp(keyFile);
    });

    it('with one name takes up no more places than one', async () => {
      await siege.bare('limits');
      const most = new Map([
        [BARE, 0],
        [GUARDED, 0],
      ]);
      for (let round = 0; round < 4; round += 1) {
        for (const member of [BARE, GUARDED]) {
          const to = siege.addressOf(member);
          await siege.tell({ do: 'connect', keyFile: siege.stolenKey, to, times: 10 });
          // Whoever is turned away takes its connection for open until it is told.
          await siege.until(async () => (await siege.seen(member)).openConnections <= 3, 2000);
          const { openConnections } = await siege.seen(member);
          most.set(member, Math.max(most.get(member)!, openConnections));
        }
      }
      expect(most.get(BARE)).toBeGreaterThan(6);
      expect(most.get(GUARDED)).toBeLessThanOrEqual(3);
    });
  },
);
