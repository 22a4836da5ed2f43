import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readHeader, relayedFrame } from '#protocols/gossip/fast-frame.ts';
import { OUTSIDERS_KEY } from '../member/undefended.ts';
import { whyNoNetwork } from '../requirements.ts';
import { frameOf, groupKeyIn, opens } from './forged-frames.ts';
import { BARE, GUARDED, HONEST, hexOf, nowMs, OPERATOR, Siege, STOLEN } from './siege.ts';

const why = whyNoNetwork();

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const noise = (length: number): Uint8Array =>
  Uint8Array.from(range(length), (index) => (index * 2_654_435_761) >>> 24);
const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** As much as a mesh radio carries, and a tenth of a core; the benchmark sends more. */
const FLOOD = { count: 6000, perS: 1500 };
const FRESH_MS = 2000;
const QUIET_MS = 2500;

describe.skipIf(why !== undefined)(
  `an intruder on the air${why === undefined ? '' : ` (skipped: ${why})`}`,
  () => {
    let siege: Siege;
    let groupKey: Uint8Array;
    beforeAll(async () => {
      siege = await Siege.begin({ gossipOnly: false });
      groupKey = groupKeyIn(siege.swarm.enrolment, siege.swarm.enrolment.signedRoster, STOLEN)!;
    });
    afterAll(() => siege?.end());

    interface Times {
      count: number;
      perS: number;
      anewUnderHex?: string;
    }
    const cast = (
      frames: readonly Uint8Array[],
      times: Times = { count: frames.length, perS: 500 },
    ) => siege.tell({ do: 'cast', framesHex: frames.map(hexOf), ...times });

    /** Frames of others that the intruder has heard since it was asked last. */
    const overheard = async (): Promise<string[]> => (await siege.seen(GUARDED)).airHex;

    /**
     * Processor time that each of the two spent a second, and in what share of the time the newest
     * word of the honest one was less than two seconds old at the guarded one.
     */
    const during = async (work: () => Promise<unknown>) => {
      const before = await siege.accounts();
      const fromMs = nowMs();
      await work();
      const span = { fromMs, toMs: nowMs(), author: HONEST };
      const after = await siege.accounts();
      const share = (member: number): number =>
        (after.get(member)!.cpuMs - before.get(member)!.cpuMs) / (span.toMs - span.fromMs);
      const ages = siege.ledger.ages('intent', span, [GUARDED]);
      const fresh = ages.filter((ageMs) => ageMs < FRESH_MS).length / ages.length;
      return { guarded: share(GUARDED), bare: share(BARE), fresh };
    };

    it('without the group’s key is told by one cheap check, and costs nobody a word', async () => {
      await siege.bare('seal', 'rates');
      await siege.untilLinked([GUARDED, BARE, HONEST, OPERATOR]);
      const forged = range(10).map(() => siege.promise(HONEST).envelope);
      const wrongKey = frameOf(OUTSIDERS_KEY, HONEST, forged);
      await sleep(2000);
      const quiet = await during(() => sleep(QUIET_MS));
      const sealed = await during(() =>
        cast([wrongKey], { count: 1500, perS: 500, anewUnderHex: hexOf(OUTSIDERS_KEY) }),
      );
      expect(sealed.bare - quiet.bare).toBeGreaterThan(2.5 * (sealed.guarded - quiet.guarded));
      await siege.bare();
      await siege.untilLinked([GUARDED, BARE, HONEST, OPERATOR]);
      await sleep(2000);
      const calm = await during(() => sleep(QUIET_MS));
      const frames = [
        ...range(20).map((nth) => noise(60 * nth)),
        ...range(20).map(() => wrongKey),
        frameOf(OUTSIDERS_KEY, STOLEN, forged, { rosterEpoch: 9 }),
      ];
      const flooded = await during(() => cast(frames, FLOOD));
      expect(flooded.fresh).toBeGreaterThanOrEqual(calm.fresh - 0.01);
    });

    it('with a stolen key speaks in its own name alone, on this lane too', async () => {
      await siege.bare('signatures');
      await siege.untilLinked([GUARDED, BARE, HONEST, OPERATOR]);
      const own = siege.promise(STOLEN);
      await cast([frameOf(groupKey, STOLEN, [own.envelope])]);
      const heard = await siege.heard(STOLEN, [own.name], [GUARDED, BARE, OPERATOR]);
      expect(heard.get(GUARDED)).toEqual([own.name]);
      const forged = siege.promise(HONEST);
      await cast([
        frameOf(groupKey, HONEST, [forged.envelope]),
        frameOf(groupKey, STOLEN, [forged.envelope]),
      ]);
      const believed = await siege.heard(HONEST, [forged.name], [BARE]);
      expect(believed.get(BARE)).toEqual([forged.name]);
      expect(believed.get(GUARDED)).toEqual([]);
      expect(believed.get(OPERATOR)).toEqual([]);
    });

    it('cannot use up what another may say, by speaking in its name', async () => {
      await siege.bare();
      await siege.untilLinked([GUARDED, BARE, HONEST, OPERATOR]);
      await sleep(2000);
      const frame = frameOf(groupKey, HONEST, [siege.promise(HONEST).envelope]);
      const quiet = await during(() => sleep(QUIET_MS));
      const flood = (count: number): Promise<unknown> =>
        cast([frame], { count, perS: 2000, anewUnderHex: hexOf(groupKey) });
      // Its frames are drowned, until gossip takes over.
      await flood(6000);
      const flooded = await during(() => flood(6000));
      expect(flooded.fresh).toBeGreaterThanOrEqual(quiet.fresh - 0.01);
    });

    it('with the group’s key and frames of no sense stops nobody', async () => {
      const own = (): Uint8Array => siege.promise(STOLEN).envelope;
      const frames = range(400).flatMap((nth) => [
        frameOf(groupKey, STOLEN, [noise(nth % 200)]),
        frameOf(groupKey, STOLEN, [own(), noise(nth % 90)]),
        frameOf(groupKey, STOLEN, [own()], { hearing: noise(nth % 256) }),
        frameOf(groupKey, STOLEN, [own()], { hearing: noise(3), ownDigest: nth, number: 7 * nth }),
        frameOf(groupKey, STOLEN, [], { isUrgent: true }),
        frameOf(groupKey, 60_000 + nth, [own()]),
        frameOf(groupKey, STOLEN, range(30).map(own)),
        new Uint8Array(Buffer.concat([frameOf(groupKey, STOLEN, [own()]), noise(60 * (nth % 30))])),
      ]);
      const quiet = await during(() => sleep(QUIET_MS));
      const flooded = await during(() => cast(frames));
      expect(flooded.fresh).toBeGreaterThanOrEqual(quiet.fresh - 0.01);
    });

    it('cannot play frames again: at once, two minutes later, or to one that has restarted', async () => {
      await siege.bare('freshness');
      await siege.untilLinked([GUARDED, BARE, HONEST, OPERATOR]);
      const recorded: Uint8Array[] = [];
      await overheard();
      const record = async (): Promise<boolean> => {
        for (const hex of await overheard()) {
          const frame = fromHex(hex);
          if (readHeader(frame)?.sender === HONEST) recorded.push(frame);
        }
        return recorded.length > 10;
      };
      expect(await siege.until(record)).toBe(true);
      const counts = new Map<number, number>();
      const heardTwice = async (frames: readonly Uint8Array[], by: readonly number[]) => {
        await sleep(300);
        await siege.swarm.accounts();
        counts.clear();
        await cast([...frames, ...frames.map(relayedFrame)]);
        const count = (accounts: Awaited<ReturnType<Siege['accounts']>>): boolean => {
          for (const [member, { heard }] of accounts) {
            const some = heard.filter(({ author, kind }) => author === HONEST && kind === 'intent');
            counts.set(member, (counts.get(member) ?? 0) + some.length);
          }
          return by.every((member) => counts.get(member)! > 0);
        };
        await siege.until(count, 5000);
        await sleep(700);
        count(await siege.accounts());
        return { bare: counts.get(BARE), guarded: counts.get(GUARDED) };
      };
      await siege.swarm.kill(HONEST);
      // At once: even without a memory of numbers, a copy is known by its tag.
      expect(await heardTwice(recorded, [])).toEqual({ bare: 0, guarded: 0 });
      for (const member of [BARE, GUARDED]) {
        await siege.swarm.tell(member, { do: 'clock', aheadMs: 121_000 });
      }
      expect((await heardTwice(recorded, [])).guarded).toBe(0);
      for (const member of [BARE, GUARDED]) await siege.swarm.kill(member);
      siege.forget(BARE);
      for (const member of [BARE, GUARDED]) await siege.swarm.boot(member);
      const later = await heardTwice(recorded, [BARE]);
      expect(later.bare).toBeGreaterThan(0);
      expect(later.guarded).toBe(0);
      await siege.swarm.boot(HONEST);
      await siege.swarm.speak({ intentHz: 5, claimHz: 0 });
      await siege.untilLinked([GUARDED, BARE, HONEST, OPERATOR]);
    });

    it('hears and says nothing more once its key is revoked', async () => {
      await siege.bare('signatures');
      const hearers = [GUARDED, BARE, HONEST, OPERATOR];
      await siege.untilLinked(hearers);
      const before = siege.promise(STOLEN);
      await cast([frameOf(groupKey, STOLEN, [before.envelope])]);
      expect((await siege.heard(STOLEN, [before.name], hearers)).get(HONEST)).toEqual([
        before.name,
      ]);
      const ofMembers = (hex: string): boolean => readHeader(fromHex(hex)) !== undefined;
      const readable = (await overheard()).filter(ofMembers);
      expect(readable.length).toBeGreaterThan(0);
      expect(readable.every((hex) => opens(hex, groupKey))).toBe(true);

      const signed = siege.swarm.enrolment.revoke(2, STOLEN);
      expect(groupKeyIn(siege.swarm.enrolment, signed, STOLEN)).toBeUndefined();
      await siege.swarm.tell(OPERATOR, { do: 'roster', signedHex: hexOf(signed) });
      const adopted = await siege.until((accounts) =>
        hearers.every((member) => accounts.get(member)!.status.rosterEpoch === 2),
      );
      expect(adopted).toBe(true);
      await sleep(500);
      await overheard();
      await sleep(1500);
      const since = (await overheard()).filter(ofMembers);
      expect(since.length).toBeGreaterThan(5);
      expect(since.filter((hex) => opens(hex, groupKey))).toEqual([]);

      const after = siege.promise(STOLEN);
      const inAnothersName = siege.promise(HONEST);
      await cast([
        frameOf(groupKey, STOLEN, [after.envelope]),
        frameOf(groupKey, HONEST, [after.envelope]),
        frameOf(groupKey, HONEST, [inAnothersName.envelope]),
        frameOf(groupKey, HONEST, [inAnothersName.envelope], { rosterEpoch: 2 }),
      ]);
      const heard = await siege.heard(HONEST, [inAnothersName.name], [BARE]);
      // The former key still opens a frame: it is the signature that nobody else can make.
      expect(heard.get(BARE)).toEqual([inAnothersName.name]);
      expect(heard.get(GUARDED)).toEqual([]);
      expect([...(await siege.heard(STOLEN, [after.name])).values()].flat()).toEqual([]);
    });
  },
);
