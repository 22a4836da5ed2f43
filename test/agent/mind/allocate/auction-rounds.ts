import {
  auctionMessage,
  build,
  createAuction,
  entryOf,
  hasNews,
  hearBid,
  settle,
  type Auction,
  type AuctionRules,
} from '#agent/mind/allocate/auction.ts';
import { pathScore, type AuctionTask, type PathStart } from '#agent/mind/allocate/path-score.ts';
import { decodeBid, encodeBid } from '#protocols/gossip/bid-layout.ts';
import type { Bid } from '#protocols/gossip/bid.ts';
import type { Random } from '#protocols/random.ts';

const GOAL = { issuer: 1000, epoch: 1, sequence: 1 };

export interface Scene {
  starts: PathStart[];
  tasks: AuctionTask[];
  rules: AuctionRules;
  /** Rounds after which a drone says again what is no news. */
  repeatRounds: number;
}

/** Drones and one-point tasks on a square kilometre at 10 m/s (the setting of the figures in the field). */
export const randomScene = (
  random: Random,
  drones: number,
  tasks: number,
  bundleSize: number,
): Scene => {
  const place = () => ({ northM: 1000 * random.uniform(), eastM: 1000 * random.uniform() });
  return {
    starts: Array.from({ length: drones }, () => ({ ...place(), delayS: 0, speedMps: 10 })),
    tasks: Array.from({ length: tasks }, (_, index) => {
      const at = place();
      return { id: `t${index}`, ends: [at, at] as const, lengthM: 0, reward: 100_000 };
    }),
    rules: { bundleSize, stealShare: 0 },
    repeatRounds: 1,
  };
};

export interface Outcome {
  auctions: Auction[];
  rounds: number;
  agreed: boolean;
  /** Messages said. */
  said: number;
}

const overTheWire = (bid: Bid): Bid => decodeBid(encodeBid(bid))!;

/** Synchronous rounds over a graph with loss until nothing changed for a while. */
export const runAuction = (
  scene: Scene,
  linked: (a: number, b: number) => boolean,
  loss: number,
  random: Random,
  ids: number[] = scene.starts.map((_, index) => index + 1),
  maxRounds = 400,
): Outcome => {
  const open = new Map(scene.tasks.map((task) => [task.id, task]));
  const auctions = ids.map((id) => createAuction(id));
  let rounds = 0;
  let quiet = 0;
  let before = '';
  let said = 0;
  for (let round = 1; round <= maxRounds && quiet < 30; round += 1) {
    for (const [index, auction] of auctions.entries()) {
      settle(
        auction,
        (task) => open.has(task),
        () => false,
      );
      build(auction, scene.starts[index]!, open, scene.rules);
    }
    const words: { from: number; bid: Bid }[] = [];
    for (const [from, auction] of auctions.entries()) {
      if (round % scene.repeatRounds !== 0 && !hasNews(auction, scene.rules)) continue;
      said += 1;
      words.push({ from, bid: overTheWire({ goal: GOAL, ...auctionMessage(auction, round) }) });
    }
    for (const [to, auction] of auctions.entries()) {
      for (const { from, bid } of words) {
        if (from === to || !linked(from, to) || random.uniform() < loss) continue;
        hearBid(auction, ids[from]!, bid, () => true);
      }
    }
    const state = JSON.stringify(
      auctions.map((one) => [one.path, scene.tasks.map((task) => entryOf(one, task.id))]),
    );
    if (state === before) quiet += 1;
    else {
      quiet = 0;
      rounds = round;
    }
    before = state;
  }
  const views = auctions.map((one) =>
    JSON.stringify(scene.tasks.map((task) => entryOf(one, task.id).winner)),
  );
  return { auctions, rounds, agreed: views.every((view) => view === views[0]), said };
};

export const conflicts = (auctions: readonly Auction[]): string[] => {
  const all = auctions.flatMap((one) => one.path);
  return all.filter((task, index) => all.indexOf(task) !== index);
};

export const totalScore = (scene: Scene, auctions: readonly Auction[]): number => {
  const tasks = new Map(scene.tasks.map((task) => [task.id, task]));
  return auctions.reduce(
    (sum, one, index) =>
      sum +
      pathScore(
        scene.starts[index]!,
        one.path.map((id) => tasks.get(id)!),
      ),
    0,
  );
};

/** The best that anyone could do, every order of every share tried; bundles limited as in the auction. */
export const bestScore = (scene: Scene): number => {
  const { starts, tasks, rules } = scene;
  let best = 0;
  const paths: AuctionTask[][] = starts.map(() => []);
  const place = (index: number): void => {
    const score = starts.reduce((sum, start, drone) => sum + pathScore(start, paths[drone]!), 0);
    if (score > best) best = score;
    const task = tasks[index];
    if (task === undefined) return;
    for (const path of paths) {
      if (path.length >= rules.bundleSize) continue;
      for (let position = 0; position <= path.length; position += 1) {
        path.splice(position, 0, task);
        place(index + 1);
        path.splice(position, 1);
      }
    }
    place(index + 1);
  };
  place(0);
  return best;
};
