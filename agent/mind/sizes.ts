import type { Sized } from '#protocols/sized.ts';
import { MAX_AUCTION_MEMBERS } from './allocate/auction.ts';
import { MAX_TASKS } from './allocate/ownership.ts';
import { MAX_AUTHORS } from './belief/look-counts.ts';
import type { Mind } from './state.ts';
import { MAX_MEMBERS } from './swarm/members.ts';
import { MAX_PENDING } from './take-in.ts';

/** What of a mind grows with what others say, and how far it may. */
export const mindSizes = ({ members, book, pending, counts, auction }: Mind): Sized[] => [
  { name: 'members', size: members.size, cap: MAX_MEMBERS },
  { name: 'task book', size: book.size, cap: MAX_TASKS },
  { name: 'messages for a later goal', size: pending.length, cap: MAX_PENDING },
  { name: 'authors of looks', size: counts.byAuthor.size, cap: MAX_AUTHORS },
  { name: 'bidders', size: auction.stamps.size, cap: MAX_AUCTION_MEMBERS },
];
