/** Nobody: member ids start at 1. */
export const NOBODY = 0;

/** What a member believes of one task of the auction. */
export interface AuctionEntry {
  winner: number;
  /** A price of bid-price.ts, so that everybody agrees about a tie; 0 without a winner. */
  bid: number;
}

export const NO_ENTRY: AuctionEntry = { winner: NOBODY, bid: 0 };

/** A higher bid wins, then the smaller member id. */
export const outbids = (a: AuctionEntry, b: AuctionEntry): boolean =>
  a.winner !== NOBODY &&
  (b.winner === NOBODY || a.bid > b.bid || (a.bid === b.bid && a.winner < b.winner));

export type Resolution = 'update' | 'reset' | 'leave';

/** Newest stamp that a member has of each other, in that other's own count of rounds. */
export type StampOf = (member: number) => number;

export interface Exchange {
  receiver: number;
  /** The receiver's belief. */
  own: AuctionEntry;
  /** Stamps of the receiver before this message. */
  ownStamp: StampOf;
  sender: number;
  heard: AuctionEntry;
  heardStamp: StampOf;
}

/**
 * What the receiver of a bid message does with its belief about one task: the decision table of the
 * consensus-based bundle algorithm (Choi, Brunet, How: Consensus-Based Decentralized Auctions for
 * Robust Task Allocation, IEEE T-RO 25(4), 2009, table I).
 */
export const resolve = (exchange: Exchange): Resolution => {
  const { receiver, sender, heard } = exchange;
  if (heard.winner === sender) return senderClaims(exchange);
  if (heard.winner === receiver) return receiverNamed(exchange);
  if (heard.winner === NOBODY) return nobodyNamed(exchange);
  return thirdNamed(exchange);
};

const newer = (exchange: Exchange, member: number): boolean =>
  exchange.heardStamp(member) > exchange.ownStamp(member);

const senderClaims = (exchange: Exchange): Resolution => {
  const { receiver, sender, own, heard } = exchange;
  if (own.winner === receiver) return outbids(heard, own) ? 'update' : 'leave';
  if (own.winner === sender || own.winner === NOBODY) return 'update';
  return newer(exchange, own.winner) || outbids(heard, own) ? 'update' : 'leave';
};

const receiverNamed = (exchange: Exchange): Resolution => {
  const { receiver, sender, own } = exchange;
  if (own.winner === receiver || own.winner === NOBODY) return 'leave';
  if (own.winner === sender) return 'reset';
  return newer(exchange, own.winner) ? 'reset' : 'leave';
};

const nobodyNamed = (exchange: Exchange): Resolution => {
  const { receiver, sender, own } = exchange;
  if (own.winner === receiver || own.winner === NOBODY) return 'leave';
  if (own.winner === sender) return 'update';
  return newer(exchange, own.winner) ? 'update' : 'leave';
};

const thirdNamed = (exchange: Exchange): Resolution => {
  const { receiver, sender, own, heard } = exchange;
  const fresher = newer(exchange, heard.winner);
  if (own.winner === receiver) return fresher && outbids(heard, own) ? 'update' : 'leave';
  if (own.winner === sender) return fresher ? 'update' : 'reset';
  if (own.winner === heard.winner || own.winner === NOBODY) return fresher ? 'update' : 'leave';
  if (fresher && (newer(exchange, own.winner) || outbids(heard, own))) return 'update';
  const senderIsStale = exchange.ownStamp(heard.winner) > exchange.heardStamp(heard.winner);
  return newer(exchange, own.winner) && senderIsStale ? 'reset' : 'leave';
};
