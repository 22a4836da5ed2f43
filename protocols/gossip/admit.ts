import type { PayloadByTopic } from '../channel/mesh-messages.ts';
import { Fault, type FaultData } from '../fault.ts';
import type { Envelope } from './envelope.ts';
import { isNextEpoch } from './goal-order.ts';
import { plainReader, type EnvelopeReader, type OpenedEnvelope } from './opened-envelope.ts';
import {
  emptyRegisters,
  forgetAuthors,
  holdsEntry,
  isDurable,
  isNewer,
  keepEntry,
  newestGoal,
  newestRelease,
  type Registers,
} from './registers.ts';
import { AUTHORITY, maySay } from './roles.ts';
import type { Member, Roster } from './roster.ts';
import { authorityOf, openNextRoster } from './signed-roster.ts';
import type { Verify } from './signing.ts';
import { fullBucket, takeTokens, type TokenBucket } from './token-bucket.ts';
import type { Topic } from './topic.ts';

/**
 * Admission of foreign envelopes, cheapest question first: form, membership, role, freshness,
 * signature, schema, plausibility. Nothing is remembered of a message before its signature was
 * checked, so that a forger can neither silence an author nor fill a table.
 */
export interface AdmissionState {
  readonly self: number;
  /** Whom rosters are taken from: changes only by a roster that it signed over to the next. */
  authorityKey: Uint8Array;
  readonly verify: Verify;
  readonly reader: EnvelopeReader;
  roster: Roster;
  members: Map<number, Member>;
  /** Newest (boot epoch, sequence) per ageing topic of each member: at most members × topics. */
  newest: Map<number, Map<Topic, Freshness>>;
  rates: Map<number, TokenBucket>;
  lastingRates: Map<number, TokenBucket>;
  registers: Registers;
}

interface Freshness {
  bootEpoch: number;
  sequence: number;
}

/** Reject blames whoever passed it on; ignore does not: an honest peer may know less or be late. */
export type Refusal = {
  verdict: 'ignore' | 'reject';
  code: RefusalCode;
  data: FaultData;
};

export type RefusalCode =
  | 'malformed'
  | 'not-a-member'
  | 'role'
  | 'stale'
  | 'duplicate'
  | 'own'
  | 'author-rate'
  | 'signature'
  | 'payload'
  | 'implausible'
  | 'rollback'
  | 'roster';

export type Accepted = {
  [T in Topic]: {
    verdict: 'accept';
    envelope: Envelope & { topic: T };
    payload: PayloadByTopic[T];
    bytes: Uint8Array;
  };
}[Topic];

export type Admission = Accepted | Refusal;

/** What one drone may reasonably say that ages: intents, bids and beacons, thrice over. */
const AUTHOR_RATE = { perS: 30, burst: 60 };
/** And what lasts: reports, beliefs and findings come to two or three a second; repair brings the rest. */
const LASTING_RATE = { perS: 10, burst: 100 };

export const createAdmission = (
  self: number,
  roster: Roster,
  authorityKey: Uint8Array,
  verify: Verify,
  reader: EnvelopeReader = plainReader,
): AdmissionState => ({
  self,
  authorityKey,
  verify,
  reader,
  roster,
  members: membersOf(roster),
  newest: new Map(),
  rates: new Map(),
  lastingRates: new Map(),
  registers: emptyRegisters(),
});

const membersOf = (roster: Roster): Map<number, Member> =>
  new Map(roster.members.map((member) => [member.id, member]));

/**
 * Judges one envelope, and remembers it when it is accepted. Never throws on any bytes. What comes by
 * `repair` was asked for, and is as much as its author ever said: only gossip has a rate.
 */
export const admit = (
  state: AdmissionState,
  bytes: Uint8Array,
  nowMs: number,
  lane: 'gossip' | 'repair' = 'gossip',
): Admission => {
  const opened = state.reader.open(bytes);
  if (opened === undefined) return refuse('reject', 'malformed', { bytes: bytes.length });
  const { envelope } = opened;
  if (envelope.topic === 'roster') return admitRoster(state, envelope, bytes, nowMs);
  const author = state.members.get(envelope.author);
  const { author: id, topic } = envelope;
  if (author === undefined) return refuse('ignore', 'not-a-member', { author: id });
  if (!maySay(author.role, topic)) {
    // Under another roster the author may have another role: then its carrier is not to blame.
    const sameRoster = envelope.rosterEpoch === state.roster.epoch;
    return refuse(sameRoster ? 'reject' : 'ignore', 'role', { author: id, topic });
  }
  const old = staleness(state, envelope);
  if (old !== undefined) return refuse('ignore', old, { author: id, topic });
  if (!opened.isSignedBy(author.publicKey, state.verify)) {
    return refuse('reject', 'signature', { author: id, topic });
  }
  if (!takeRate(state, id, topic, lane, nowMs)) {
    return refuse('ignore', 'author-rate', { author: id, topic });
  }
  return admitPayload(state, author, opened, bytes, nowMs);
};

const admitPayload = (
  state: AdmissionState,
  author: Member,
  opened: OpenedEnvelope,
  bytes: Uint8Array,
  nowMs: number,
): Admission => {
  const { envelope } = opened;
  const { topic } = envelope;
  const decoded = opened.payload();
  if (!decoded.ok) {
    const { code, detail } = decoded;
    return refuse('reject', 'payload', { author: author.id, topic, code, detail });
  }
  const { roster, verify } = state;
  const implausible = opened.implausible({ author, roster, verify });
  if (implausible !== undefined) {
    const data = { author: author.id, topic, why: implausible.why, ...implausible.data };
    return refuse('reject', 'implausible', data);
  }
  const accepted = { verdict: 'accept', envelope, payload: decoded.payload, bytes } as Accepted;
  if (accepted.envelope.topic === 'release') {
    const { name, version } = accepted.payload as PayloadByTopic['release'];
    const newest = newestRelease(state.registers, name);
    if (version < newest) return refuse('ignore', 'rollback', { name, version, newest });
  }
  if (accepted.envelope.topic === 'goal') {
    const { id } = accepted.payload as PayloadByTopic['goal'];
    const newest = newestGoal(state.registers)?.goal;
    // Ignored, not rejected: whoever carries it may know goals that we do not.
    if (!isNextEpoch(id, newest)) {
      return refuse('ignore', 'implausible', { author: author.id, topic, epoch: id.epoch });
    }
  }
  return remember(state, accepted, nowMs)
    ? accepted
    : refuse('ignore', 'stale', { author: author.id, topic });
};

/** False when a durable message turns out to be superseded by what is known. */
const remember = (state: AdmissionState, accepted: Accepted, nowMs: number): boolean => {
  const { envelope, payload, bytes } = accepted;
  if (isDurable(envelope.topic)) {
    return keepEntry(state.registers, envelope, payload, bytes, nowMs) === 'kept';
  }
  const { author, topic, bootEpoch, sequence } = envelope;
  const topics = state.newest.get(author) ?? new Map<Topic, Freshness>();
  topics.set(topic, { bootEpoch, sequence });
  state.newest.set(author, topics);
  return true;
};

/**
 * What ages is accepted in order only: an older intent is of no use once a newer one is here, which
 * also refuses every replay. What lasts is judged by its register once its payload is known.
 */
const staleness = (
  state: AdmissionState,
  envelope: Envelope,
): 'own' | 'duplicate' | 'stale' | undefined => {
  const { author, topic } = envelope;
  if (isDurable(topic)) {
    return holdsEntry(state.registers, author, envelope) ? 'duplicate' : undefined;
  }
  if (author === state.self) return 'own';
  const newest = state.newest.get(author)?.get(topic);
  return newest !== undefined && !isNewer(envelope, newest) ? 'stale' : undefined;
};

/** After the signature: a forger must not use up another's rate. People's orders have none. */
const takeRate = (
  state: AdmissionState,
  author: number,
  topic: Topic,
  lane: 'gossip' | 'repair',
  nowMs: number,
): boolean => {
  const lasts = isDurable(topic);
  if (lasts && (lane === 'repair' || !maySay('drone', topic))) return true;
  const [buckets, limits] = lasts ? [state.lastingRates, LASTING_RATE] : [state.rates, AUTHOR_RATE];
  const bucket = buckets.get(author) ?? fullBucket(limits, nowMs);
  buckets.set(author, bucket);
  return takeTokens(bucket, limits, 1, nowMs);
};

const BEHIND = new Set(['authority-superseded', 'authority-unlinked']);

const admitRoster = (
  state: AdmissionState,
  envelope: Envelope,
  bytes: Uint8Array,
  nowMs: number,
): Admission => {
  if (envelope.author !== AUTHORITY) return refuse('reject', 'role', { author: envelope.author });
  if (holdsEntry(state.registers, AUTHORITY, envelope)) return refuse('ignore', 'duplicate', {});
  const { bootEpoch } = envelope;
  if (bootEpoch < state.roster.epoch) return refuse('ignore', 'stale', { epoch: bootEpoch });
  let roster: Roster;
  try {
    roster = openNextRoster(bytes, state);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // Whoever carries it may be behind with the changes of authority, or we are.
    const verdict = BEHIND.has(error.code) ? 'ignore' : 'reject';
    return refuse(verdict, 'roster', { code: error.code, why: error.message });
  }
  if (roster.swarm !== state.roster.swarm) {
    return refuse('ignore', 'roster', { swarm: roster.swarm });
  }
  const accepted = { verdict: 'accept', envelope, payload: roster, bytes } as Accepted;
  if (!remember(state, accepted, nowMs)) return refuse('ignore', 'stale', { epoch: roster.epoch });
  adoptRoster(state, roster);
  return accepted;
};

const keyText = (members: ReadonlyMap<number, Member>, id: number): string | undefined =>
  members.get(id)?.publicKey.join();

/** From now on this roster decides; whoever it leaves out is forgotten with all that they said. */
const adoptRoster = (state: AdmissionState, roster: Roster): void => {
  const known = state.members;
  state.roster = roster;
  state.authorityKey = authorityOf(roster, state.authorityKey);
  state.members = membersOf(roster);
  // A member with a new key is a new member: its device starts counting afresh.
  const belongs = (id: number): boolean =>
    id === AUTHORITY || (known.has(id) && keyText(known, id) === keyText(state.members, id));
  forgetAuthors(state.registers, belongs);
  for (const table of [state.newest, state.rates, state.lastingRates]) {
    for (const id of table.keys()) if (!belongs(id)) table.delete(id);
  }
};

const refuse = (verdict: Refusal['verdict'], code: RefusalCode, data: FaultData): Refusal => ({
  verdict,
  code,
  data,
});
