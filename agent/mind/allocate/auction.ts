import { MAX_PRICE, priceBelow } from '#protocols/gossip/bid-price.ts';
import type { Bid } from '#protocols/gossip/bid.ts';
import { MAX_BID_ENTRIES, MAX_BID_HEARD } from '#protocols/gossip/bid.ts';

import { NO_ENTRY, NOBODY, outbids, resolve, type AuctionEntry } from './conflict.ts';
import { bestInsertion, type AuctionTask, type PathStart } from './path-score.ts';

/** As on the wire (bid.ts). */
export const MAX_AUCTION_MEMBERS = MAX_BID_HEARD;

export interface AuctionRules {
  /** Most tasks that a drone promises beyond the one it works on. */
  bundleSize: number;
  /** A task is taken from another only for more than this share above its bid: no flutter over noise. */
  stealShare: number;
}

/**
 * One drone's part in the consensus-based bundle algorithm (Choi, Brunet, How 2009): it builds a
 * bundle greedily, hears what others believe, and lets go of what it lost and of all it added later.
 */
export interface Auction {
  member: number;
  round: number;
  table: Map<string, AuctionEntry>;
  /** What of the table the last message said. */
  told: ReadonlyMap<string, AuctionEntry>;
  /** Newest round heard of each member, directly or through others. */
  stamps: Map<number, number>;
  /** In the order in which tasks were added. */
  bundle: string[];
  /** In the order in which they will be done. */
  path: string[];
}

export const createAuction = (member: number): Auction => ({
  member,
  round: 0,
  table: new Map(),
  told: new Map(),
  stamps: new Map(),
  bundle: [],
  path: [],
});

export const entryOf = (auction: Auction, task: string): AuctionEntry =>
  auction.table.get(task) ?? NO_ENTRY;

const setEntry = (auction: Auction, task: string, entry: AuctionEntry): void => {
  const known = auction.table.get(task);
  if (known === undefined && auction.table.size >= MAX_BID_ENTRIES) return;
  if (known !== undefined && known.winner === entry.winner && known.bid === entry.bid) return;
  auction.table.set(task, { winner: entry.winner, bid: entry.bid });
};

/** Works what another member believes into the own belief. `isActive` says who may win anything at all. */
export const hearBid = (
  auction: Auction,
  author: number,
  bid: Bid,
  isActive: (member: number) => boolean,
): void => {
  const known = auction.stamps.get(author);
  if (author === auction.member || (known !== undefined && bid.round <= known)) return;
  if (known === undefined && auction.stamps.size >= MAX_AUCTION_MEMBERS) return;
  const heardStamps = new Map(bid.heard);
  heardStamps.set(author, bid.round);
  const heard = new Map<string, AuctionEntry>();
  for (const [task, winner, value] of bid.entries) {
    heard.set(task, isActive(winner) ? { winner, bid: value } : NO_ENTRY);
  }
  for (const task of new Set([...auction.table.keys(), ...heard.keys()])) {
    const heardEntry = heard.get(task) ?? NO_ENTRY;
    const resolution = resolve({
      receiver: auction.member,
      own: entryOf(auction, task),
      ownStamp: (member) => auction.stamps.get(member) ?? -1,
      sender: author,
      heard: heardEntry,
      heardStamp: (member) => heardStamps.get(member) ?? -1,
    });
    if (resolution === 'update') setEntry(auction, task, heardEntry);
    else if (resolution === 'reset') setEntry(auction, task, NO_ENTRY);
  }
  for (const [member, stamp] of heardStamps) {
    const better = stamp > (auction.stamps.get(member) ?? -1);
    const fits = auction.stamps.has(member) || auction.stamps.size < MAX_AUCTION_MEMBERS;
    if (member !== auction.member && better && fits) auction.stamps.set(member, stamp);
  }
};

/** Opens whatever members that no longer take part had won. */
export const dropWinners = (auction: Auction, isActive: (member: number) => boolean): void => {
  for (const [task, entry] of auction.table) {
    if (entry.winner !== NOBODY && entry.winner !== auction.member && !isActive(entry.winner)) {
      setEntry(auction, task, NO_ENTRY);
    }
  }
};

/**
 * Lets go of what was lost or may no longer be bid for, and of everything added to the bundle after
 * it, because those bids were made believing in it. Tasks that `isOver` names leave the table.
 */
export const settle = (
  auction: Auction,
  isOpen: (task: string) => boolean,
  isOver: (task: string) => boolean,
): void => {
  for (const task of auction.table.keys()) if (isOver(task)) auction.table.delete(task);
  // A task that is over was not lost: what was added after it still holds.
  auction.bundle = auction.bundle.filter((task) => !isOver(task));
  const lost = auction.bundle.findIndex(
    (task) => !isOpen(task) || entryOf(auction, task).winner !== auction.member,
  );
  if (lost >= 0) {
    for (const task of auction.bundle.slice(lost)) {
      if (entryOf(auction, task).winner === auction.member) setEntry(auction, task, NO_ENTRY);
    }
    auction.bundle = auction.bundle.slice(0, lost);
  }
  auction.path = auction.path.filter((task) => auction.bundle.includes(task));
};

/** Gives up the whole bundle. */
export const abandon = (auction: Auction): void => {
  for (const [task, entry] of auction.table) {
    if (entry.winner === auction.member) setEntry(auction, task, NO_ENTRY);
  }
  auction.bundle = [];
  auction.path = [];
};

/** Takes a task out of the bundle to begin it; the highest bid tells the others that it is gone. */
export const begin = (auction: Auction, task: string): void => {
  auction.bundle = auction.bundle.filter((other) => other !== task);
  auction.path = auction.path.filter((other) => other !== task);
  setEntry(auction, task, { winner: auction.member, bid: MAX_PRICE });
};

/** Gives back a task that was begun, or takes note that it never was ours. */
export const giveBack = (auction: Auction, task: string): void => {
  if (entryOf(auction, task).winner === auction.member) setEntry(auction, task, NO_ENTRY);
};

const tasksOf = (ids: readonly string[], tasks: ReadonlyMap<string, AuctionTask>): AuctionTask[] =>
  ids.flatMap((id) => tasks.get(id) ?? []);

/** Bids anew for the bundle from where the drone is now, so that bids made at different times compare. */
export const quote = (
  auction: Auction,
  start: PathStart,
  tasks: ReadonlyMap<string, AuctionTask>,
): void => {
  const added: string[] = [];
  let least = MAX_PRICE;
  for (const id of auction.bundle) {
    const task = tasks.get(id);
    if (task === undefined) continue;
    const before = tasksOf(
      auction.path.filter((other) => added.includes(other)),
      tasks,
    );
    least = Math.min(least, priceBelow(bestInsertion(start, before, task).gain));
    setEntry(auction, id, { winner: auction.member, bid: least });
    added.push(id);
  }
};

/**
 * Adds to the bundle, one at a time, the task that adds most to the path among those that the own
 * bid wins. A bid never exceeds an earlier one of the bundle (bid warping: Johnson, Choi, How 2012),
 * so the auction converges though a new task may make another one worth more.
 */
export const build = (
  auction: Auction,
  start: PathStart,
  open: ReadonlyMap<string, AuctionTask>,
  rules: AuctionRules,
): void => {
  let least = auction.bundle.reduce(
    (bid, task) => Math.min(bid, entryOf(auction, task).bid),
    MAX_PRICE,
  );
  while (auction.bundle.length < rules.bundleSize) {
    const path = tasksOf(auction.path, open);
    let best: { task: AuctionTask; position: number; gain: number } | undefined;
    for (const task of open.values()) {
      if (auction.bundle.includes(task.id)) continue;
      const { position, gain } = bestInsertion(start, path, task);
      if (
        gain > (best?.gain ?? 0) &&
        wins(auction, task.id, Math.min(priceBelow(gain), least), rules)
      ) {
        best = { task, position, gain };
      }
    }
    if (best === undefined) return;
    least = Math.min(least, priceBelow(best.gain));
    auction.bundle.push(best.task.id);
    auction.path.splice(best.position, 0, best.task.id);
    setEntry(auction, best.task.id, { winner: auction.member, bid: least });
  }
};

const wins = (auction: Auction, task: string, bid: number, rules: AuctionRules): boolean => {
  const standing = entryOf(auction, task);
  if (standing.winner === NOBODY || standing.winner === auction.member) return bid > 0;
  const needed = { winner: standing.winner, bid: standing.bid * (1 + rules.stealShare) };
  return outbids({ winner: auction.member, bid }, needed);
};

/**
 * Whether the others should be told at once, not only when it is all said again: a winner changed, or a
 * price by more than `stealShare`. Of a price that rose by less nobody need know: whoever would take the
 * task over by the one that was told would have to bid more than the one that holds.
 */
export const hasNews = (auction: Auction, { stealShare }: AuctionRules): boolean => {
  const { table, told } = auction;
  for (const [task, entry] of table) {
    const before = told.get(task) ?? NO_ENTRY;
    if (before.winner !== entry.winner) return true;
    const [low, high] = before.bid < entry.bid ? [before, entry] : [entry, before];
    if (high.bid > low.bid * (1 + stealShare)) return true;
  }
  for (const [task, { winner }] of told) if (winner !== NOBODY && !table.has(task)) return true;
  return false;
};

/** The message that tells the others; `round` must exceed that of the last one. */
export const auctionMessage = (auction: Auction, round: number): Omit<Bid, 'goal'> => {
  auction.round = round;
  auction.told = new Map(auction.table);
  return {
    round,
    // By winner: the wire names each once.
    entries: [...auction.table]
      .filter(([, entry]) => entry.winner !== NOBODY)
      .map(([task, entry]): Bid['entries'][number] => [task, entry.winner, entry.bid])
      .sort((a, b) => a[1] - b[1]),
    heard: [...auction.stamps],
  };
};
