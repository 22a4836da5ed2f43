import type { Random } from '../random.ts';
import { packBundles } from './bundle.ts';
import { composeFrames, isHeardBy, type FastLane } from './fast-lane.ts';
import { dueOrders } from './fast-orders.ts';
import { dueRelays } from './fast-relay.ts';
import type { MeshMember } from './mesh-member.ts';
import { nextNumber, signDeparting } from './mesh-publish.ts';
import { takeDepartures, type Departure } from './outgoing.ts';
import { judgePace, type Pace } from './pace.ts';
import { isDurable } from './registers.ts';
import { authorDigest, encodeDigest } from './repair.ts';
import type { Topic } from './topic.ts';

/** What one tick hands to the transport. */
export interface MeshOutbox {
  gossip: Uint8Array[];
  /** Frames of the fast lane. */
  casts: Uint8Array[];
  /** Our own envelopes, one by one, for the record. */
  envelopes: Uint8Array[];
  direct: { to: number; bytes: Uint8Array }[];
}

/** Who is there to send to. */
export interface MeshSurroundings {
  /** Members connected to us. */
  peers: readonly number[];
  /** Whether frames can be sent at all. */
  canCast: boolean;
}

/** With one random peer each time, news that gossip lost reaches n members in about log n rounds. */
const REPAIR_INTERVAL_MS = 3000;
/** One message of gossip; a larger envelope (a goal) travels alone. */
const GOSSIP_BYTES = 16_384;
/** A member not heard for so long by any lane is no reason to keep gossip going. */
const ALIVE_MS = 15_000;
/** While all hear us on the fast lane, gossip carries a beacon this often, so that it is seen to work. */
const REFRESH_MS = 20_000;
/** The second copy of what lasts waits for company no longer. */
const AGAIN_MS = 250;
/** Twice lost in a row: its author is asked. */
const LACKING_MS = 700;

/** Commands of people and who belongs: by every lane at once, whatever the cost. */
const ON_ALL_LANES: ReadonlySet<Topic> = new Set(['directive', 'goal', 'roster']);

/**
 * Sends what is due and starts a round of repair now and then. To be called some twenty times a
 * second, and at once after something urgent was queued.
 */
export const meshTick = (
  member: MeshMember,
  { peers, canCast }: MeshSurroundings,
  nowMs: number,
  random: Random,
): MeshOutbox => {
  const lane = canCast ? member.lane : undefined;
  // One radio carries both: where no frame comes through, gossip tells how full it is.
  if (lane !== undefined) judgePace(lane.pace, nowMs, member.gossipPace);
  judgePace(member.gossipPace, nowMs);
  const paceMs = paceNow(member, { peers, canCast }).intervalMs;
  const isHurried = member.outgoing.hurry;
  const departures = takeDepartures(member.outgoing, nowMs, paceMs, (topic, payload) =>
    signDeparting(member, topic, payload, nowMs),
  );
  const isCovered = lane !== undefined && areAllReached(member, lane, peers, nowMs);
  // Without the lane the pace was gossip's own.
  const isGossips = lane === undefined || (isHurried && !isCovered);
  const onGossip = departures.filter(
    ({ topic }) => isGossips || needsGossip(member, topic, isCovered, nowMs),
  );
  return {
    gossip: packBundles(
      onGossip.map(({ envelope }) => envelope),
      GOSSIP_BYTES,
    ),
    casts: lane === undefined ? [] : castsOf(member, lane, departures, nowMs),
    envelopes: departures.map(({ envelope }) => envelope),
    direct: repairs(member, peers, nowMs, random),
  };
};

/** How often we speak now, by the lane that carries our words. */
export const paceNow = (member: MeshMember, { canCast }: MeshSurroundings): Pace =>
  (canCast ? member.lane?.pace : undefined) ?? member.gossipPace;

/** Frames of others to say again: to be asked for every few ms, for a relay is in time or of no use. */
export const relayTick = (member: MeshMember, nowMs: number): Uint8Array[] => {
  const { lane } = member;
  if (lane === undefined || lane.relay.waiting.size === 0) return [];
  const due = dueRelays(lane.relay, nowMs);
  lane.counts.relayed += due.length;
  return due;
};

/** Whether every member that is there hears our frames. */
const areAllReached = (
  { admission, peers: known }: MeshMember,
  lane: FastLane,
  peers: readonly number[],
  nowMs: number,
): boolean => {
  const { self } = admission;
  for (const { id, role } of admission.members.values()) {
    if (id === self || role === 'observer') continue;
    const heardMs = known.get(id)?.heardMs ?? Number.NaN;
    const isThere = nowMs - heardMs < ALIVE_MS || peers.includes(id);
    if (isThere && !isHeardBy(lane, self, id, nowMs)) return false;
  }
  return true;
};

const needsGossip = (
  member: MeshMember,
  topic: Topic,
  isCovered: boolean,
  nowMs: number,
): boolean => {
  if (ON_ALL_LANES.has(topic)) return true;
  if (isDurable(topic)) return !isCovered;
  if (isCovered && topic !== 'beacon') return false;
  const sinceMs = nowMs - (member.gossipedMs.get(topic) ?? -Infinity);
  const refreshMs = Math.max(REFRESH_MS, 1000 * member.admission.members.size);
  if (sinceMs < (isCovered ? refreshMs : member.gossipPace.intervalMs)) return false;
  member.gossipedMs.set(topic, nowMs);
  return true;
};

const isOrder = ({ topic }: Departure): boolean => topic === 'directive';

const castsOf = (
  member: MeshMember,
  lane: FastLane,
  departures: readonly Departure[],
  nowMs: number,
): Uint8Array[] => {
  const orders = dueOrders(member, nowMs);
  const isRipe = lane.again.length > 0 && nowMs - lane.againMs >= AGAIN_MS;
  if (departures.length === 0 && orders.length === 0 && !isRipe) return [];
  const said = departures.filter((one) => !isOrder(one)).map(({ envelope }) => envelope);
  const urgent = [...departures.filter(isOrder).map(({ envelope }) => envelope), ...orders];
  const { admission, bootEpoch } = member;
  const source = {
    self: admission.self,
    bootEpoch,
    ownDigest: authorDigest(admission.registers, admission.self),
    nextCounter: () => nextNumber(member),
  };
  const again = said.length > 0 || isRipe ? lane.again : [];
  if (again.length > 0) lane.again = [];
  const lasting = departures.filter(({ topic }) => isDurable(topic) && topic !== 'directive');
  if (lasting.length > 0) {
    lane.again.push(...lasting.map(({ envelope }) => envelope));
    lane.againMs = nowMs;
  }
  return [
    ...composeFrames(lane, urgent, true, source, nowMs),
    ...composeFrames(lane, [...said, ...again], false, source, nowMs),
  ];
};

/** Rounds of repair: with a random peer, and with whoever said that we lack something of its own. */
const repairs = (
  member: MeshMember,
  peers: readonly number[],
  nowMs: number,
  random: Random,
): MeshOutbox['direct'] => {
  const to = lackingOf(member, peers, nowMs);
  const by = to ?? peers[Math.floor(random.uniform() * peers.length)];
  if (by === undefined || (to === undefined && nowMs < member.nextRepairMs)) return [];
  member.nextRepairMs = nowMs + REPAIR_INTERVAL_MS * (0.75 + 0.5 * random.uniform());
  return [{ to: by, bytes: encodeDigest(member.admission.registers) }];
};

/** A peer whose own durable state has differed from what we have of it for a while. */
const lackingOf = (
  { lane, admission }: MeshMember,
  peers: readonly number[],
  nowMs: number,
): number | undefined => {
  if (lane === undefined || nowMs - lane.comparedMs < LACKING_MS) return undefined;
  lane.comparedMs = nowMs;
  let lacking: number | undefined;
  for (const [id, peer] of lane.peers) {
    const differs =
      nowMs - peer.anyMs < LACKING_MS && authorDigest(admission.registers, id) !== peer.ownDigest;
    if (differs && peer.differed && peers.includes(id)) lacking = id;
    peer.differed = differs;
  }
  return lacking;
};

/** The first words to a peer that has just connected: two partitions that meet repair at once. */
export const greeting = (member: MeshMember): Uint8Array =>
  encodeDigest(member.admission.registers);
