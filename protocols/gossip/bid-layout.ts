import { isPrice, MAX_PRICE_CODE, priceCode, priceOfCode } from './bid-price.ts';
import { MAX_BID_ENTRIES, MAX_BID_HEARD, type Bid } from './bid.ts';
import { readGoalId, writeGoalId } from './goal-id-layout.ts';
import { LayoutReader } from './layout-reader.ts';
import { LayoutWriter } from './layout-writer.ts';
import { readTaskId, writeTaskId } from './task-id-layout.ts';

/**
 * u8 version · goal id · varint round · varint number of entries · runs of entries with one winner, each:
 * varint winner, varint length, then per entry task id and varint code of its price · varint number of
 * members heard, each: varint member, signed varint round less the author's own.
 */
const VERSION = 1;

const U16 = 0xff_ff;
const U32 = 0xff_ff_ff_ff;

const writer = new LayoutWriter('bid');

/**
 * Exact, and the one form of its bid: what {@link decodeBid} took encodes to the same bytes. Least
 * bytes when entries of one winner follow each other.
 */
export const encodeBid = (bid: Bid): Uint8Array => {
  writer.begin(VERSION);
  writeGoalId(writer, bid.goal);
  writer.whole(bid.round, U32, 'round');
  writeEntries(bid.entries);
  writer.whole(bid.heard.length, MAX_BID_HEARD, 'heard');
  for (const [member, round] of bid.heard) {
    writer.whole(member, U16, 'heard');
    // Rounds grow with clocks, and drones are switched on at about the same time.
    writer.signed(round - bid.round, U32, 'heard');
  }
  return writer.finish();
};

const writeEntries = (entries: Bid['entries']): void => {
  writer.whole(entries.length, MAX_BID_ENTRIES, 'entries');
  let next = 0;
  while (next < entries.length) {
    const [, winner] = entries[next]!;
    const end = endOfRun(entries, next);
    writer.whole(winner, U16, 'entries');
    writer.whole(end - next, MAX_BID_ENTRIES, 'entries');
    for (; next < end; next += 1) {
      const [task, , price] = entries[next]!;
      writeTaskId(writer, task);
      if (!isPrice(price)) writer.refuse('entries', price);
      writer.whole(priceCode(price), MAX_PRICE_CODE, 'entries');
    }
  }
};

const endOfRun = (entries: Bid['entries'], start: number): number => {
  const winner = entries[start]![1];
  let end = start + 1;
  while (end < entries.length && entries[end]![1] === winner) end += 1;
  return end;
};

/** Undefined for anything malformed. */
export const decodeBid = (payload: Uint8Array): Bid | undefined => {
  const reader = new LayoutReader(payload);
  if (reader.byte() !== VERSION) return undefined;
  const goal = readGoalId(reader);
  const round = reader.whole(U32);
  const entries = readEntries(reader);
  const heard = readHeard(reader, round);
  return reader.isWhole ? { goal, round, entries, heard } : undefined;
};

const readEntries = (reader: LayoutReader): Bid['entries'] => {
  const entries: Bid['entries'] = [];
  const count = reader.whole(MAX_BID_ENTRIES);
  let last = -1;
  while (reader.isSound && entries.length < count) {
    const winner = reader.whole(U16);
    const length = reader.whole(count - entries.length);
    // An empty run, or two of one winner, would give one bid two forms.
    if (length === 0 || winner === last) reader.spoil();
    last = winner;
    for (let left = length; left > 0 && reader.isSound; left -= 1) {
      const task = readTaskId(reader);
      entries.push([task, winner, priceOfCode(reader.whole(MAX_PRICE_CODE))]);
    }
  }
  return entries;
};

const readHeard = (reader: LayoutReader, round: number): Bid['heard'] => {
  const heard: Bid['heard'] = [];
  const count = reader.whole(MAX_BID_HEARD);
  while (reader.isSound && heard.length < count) {
    const member = reader.whole(U16);
    const theirs = round + reader.signed(U32);
    heard.push([member, theirs >= 0 && theirs <= U32 ? theirs : reader.spoil()]);
  }
  return heard;
};
