import type { Sized } from '../sized.ts';
import { MAX_PASSING } from './fast-orders.ts';
import { MAX_SEEN } from './fast-relay.ts';
import type { MeshMember } from './mesh-member.ts';
import { MAX_SENT_TIMES } from './mesh-publish.ts';
import { MAX_LASTING } from './outgoing.ts';
import { MAX_ENTRIES_OF_AUTHOR } from './registers.ts';

/** What of a member grows with what others say, and how far it may: tables by the roster, queues by number. */
export const memberSizes = ({
  admission,
  peers,
  outgoing,
  sentTimes,
  lane,
  orders,
}: MeshMember): Sized[] => {
  const members = admission.members.size;
  const { newest, rates, lastingRates, registers } = admission;
  const entries = [...registers.byAuthor.values()].map(({ size }) => size);
  return [
    { name: 'peers', size: peers.size, cap: members },
    { name: 'freshness', size: newest.size, cap: members },
    { name: 'rates', size: Math.max(rates.size, lastingRates.size), cap: members },
    // The authority's roster is one more author.
    { name: 'authors in registers', size: registers.byAuthor.size, cap: members + 1 },
    { name: 'registers of one author', size: Math.max(0, ...entries), cap: MAX_ENTRIES_OF_AUTHOR },
    { name: 'lasting messages that wait', size: outgoing.lasting.length, cap: MAX_LASTING },
    { name: 'orders to pass on', size: orders.passing.length, cap: MAX_PASSING },
    { name: 'peers of the fast lane', size: lane?.peers.size ?? 0, cap: members },
    { name: 'frames seen', size: lane?.relay.seen.size ?? 0, cap: MAX_SEEN },
    { name: 'departures', size: sentTimes.size, cap: MAX_SENT_TIMES },
  ];
};
