import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  abandon,
  auctionMessage,
  build,
  createAuction,
  entryOf,
  hasNews,
  quote,
  settle,
} from '#agent/mind/allocate/auction.ts';
import type { AuctionTask } from '#agent/mind/allocate/path-score.ts';
import { seededRandom } from '#protocols/random.ts';
import {
  bestScore,
  conflicts,
  randomScene,
  runAuction,
  totalScore,
  type Scene,
} from './auction-rounds.ts';

const everyone = (): boolean => true;
const ring =
  (drones: number) =>
  (a: number, b: number): boolean =>
    (a + 1) % drones === b || (b + 1) % drones === a;

/** A line with random shortcuts: always connected. */
const randomGraph = (seed: number, drones: number) => {
  const random = seededRandom(seed);
  const shortcuts = new Set<number>();
  for (let pair = 0; pair < drones * drones; pair += 1) {
    if (random.uniform() < 0.2) shortcuts.add(pair);
  }
  return (a: number, b: number): boolean => {
    const [low, high] = a < b ? [a, b] : [b, a];
    return high - low === 1 || shortcuts.has(low * drones + high);
  };
};

describe('allocation by auction', () => {
  it('ends without conflict on any connected graph, whatever is lost', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 2, max: 8 }),
        fc.integer({ min: 1, max: 16 }),
        fc.constantFrom(0, 0.1, 0.3, 0.5, 0.7),
        (seed, drones, tasks, loss) => {
          const random = seededRandom(seed);
          const scene = randomScene(random, drones, tasks, 4);
          const outcome = runAuction(scene, randomGraph(seed, drones), loss, random);
          expect(conflicts(outcome.auctions)).toEqual([]);
          expect(outcome.agreed).toBe(true);
          const given = outcome.auctions.flatMap((one) => one.path).length;
          expect(given).toBe(Math.min(tasks, 4 * drones));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reaches at least half of the best, and on average nearly all of it', () => {
    const shares: number[] = [];
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 3 }), (seed, drones) => {
        const random = seededRandom(seed);
        const scene = randomScene(random, drones, 5, 5);
        const { auctions } = runAuction(scene, everyone, 0, random);
        const share = totalScore(scene, auctions) / bestScore(scene);
        shares.push(share);
        expect(share).toBeGreaterThanOrEqual(0.5);
      }),
      { numRuns: 40 },
    );
    expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeGreaterThan(0.93);
  });

  it('does not care in which order drones and tasks are listed', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seededRandom(seed);
        const scene = randomScene(random, 5, 10, 3);
        const turned: Scene = {
          ...scene,
          starts: scene.starts.toReversed(),
          tasks: scene.tasks.toReversed(),
        };
        const straight = runAuction(scene, everyone, 0, seededRandom(1), [1, 2, 3, 4, 5]);
        const reverse = runAuction(turned, everyone, 0, seededRandom(1), [5, 4, 3, 2, 1]);
        const paths = (auctions: typeof straight.auctions) =>
          new Map(auctions.map((one) => [one.member, one.path]));
        expect(paths(reverse.auctions)).toEqual(
          new Map([...paths(straight.auctions)].toReversed()),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('settles a ring of ten over thirty tasks though most messages are lost', () => {
    const random = seededRandom(7);
    const scene = randomScene(random, 10, 30, 5);
    const outcome = runAuction(scene, ring(10), 0.7, random);
    expect(conflicts(outcome.auctions)).toEqual([]);
    expect(outcome.agreed).toBe(true);
  });

  it('comes to the same end with a quarter of the words when only news is said at once', () => {
    const said = { always: 0, news: 0 };
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 8 }), (seed, drones) => {
        const scene = randomScene(seededRandom(seed), drones, 12, 4);
        const chatty = runAuction(scene, everyone, 0, seededRandom(seed));
        const terse = { ...scene, repeatRounds: 10 };
        const quiet = runAuction(terse, everyone, 0, seededRandom(seed));
        const paths = (auctions: typeof quiet.auctions) => auctions.map((one) => one.path);
        expect(quiet.agreed).toBe(true);
        expect(paths(quiet.auctions)).toEqual(paths(chatty.auctions));
        said.always += chatty.said;
        said.news += quiet.said;
        const lossy = runAuction(terse, everyone, 0.3, seededRandom(seed));
        expect(conflicts(lossy.auctions)).toEqual([]);
        expect(lossy.agreed).toBe(true);
      }),
      { numRuns: 30 },
    );
    expect(said.news).toBeLessThan(0.25 * said.always);
  });
});

describe('what is news of an auction', () => {
  const task = (id: string, northM: number): AuctionTask => {
    const at = { northM, eastM: 0 };
    return { id, ends: [at, at], lengthM: 0, reward: 100_000 };
  };
  const open = new Map([task('near', 10), task('far', 900)].map((one) => [one.id, one]));
  const from = (northM: number) => ({ northM, eastM: 0, delayS: 0, speedMps: 10 });
  const rules = { bundleSize: 1, stealShare: 0.1 };

  it('a winner that changed, until it was told', () => {
    const auction = createAuction(1);
    expect(hasNews(auction, rules)).toBe(false);
    build(auction, from(0), open, rules);
    expect(hasNews(auction, rules)).toBe(true);
    auctionMessage(auction, 1);
    expect(hasNews(auction, rules)).toBe(false);
    abandon(auction);
    expect(hasNews(auction, rules)).toBe(true);
    auctionMessage(auction, 2);
    expect(hasNews(auction, rules)).toBe(false);
  });

  it('a task that is over and left the table', () => {
    const auction = createAuction(1);
    build(auction, from(0), open, rules);
    auctionMessage(auction, 1);
    settle(
      auction,
      () => true,
      (id) => id === 'near',
    );
    expect(hasNews(auction, rules)).toBe(true);
  });

  it('no price that nobody would have taken the task over, told or not', () => {
    const auction = createAuction(1);
    build(auction, from(0), open, rules);
    const { bid } = auctionMessage(auction, 1).entries.map((entry) => ({ bid: entry[2] }))[0]!;
    let last = bid;
    // Away from the task, metre by metre: the price falls.
    for (let metres = 1; metres < 200; metres += 1) {
      quote(auction, from(-metres), open);
      last = entryOf(auction, 'near').bid;
      expect(hasNews(auction, rules)).toBe(bid > last * 1.1);
    }
    expect(bid).toBeGreaterThan(last * 1.1);
  });
});
