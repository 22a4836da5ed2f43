import type { StandingDirective } from '#protocols/channel/pilot-status.ts';
import {
  decodeDirective,
  directiveTargets,
  type DirectiveKind,
} from '#protocols/gossip/directive.ts';
import { decodeEnvelope, signedPart, type Envelope } from '#protocols/gossip/envelope.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import { compareGoalIds, isNextEpoch } from '#protocols/gossip/goal-order.ts';
import { hexFromBytes, publicKeyFromHex } from '#protocols/gossip/identity.ts';
import { orderTag } from '#protocols/gossip/order-tag.ts';
import { openCommand, type Command, type Commander } from '#protocols/gossip/roster-operators.ts';
import { decodeSafetyEnvelope, type SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import type { Verify } from '#protocols/gossip/signing.ts';
import {
  emptyOrderBook,
  isEnded,
  isNewer,
  isStop,
  leaveOrders,
  noteGoal,
  noteOrder,
  placeOf,
  rulingOf,
  type GoalInForce,
  type HeardOrder,
  type OrderBook,
  type Place,
} from './orders.ts';

/** What must survive a restart of the pilot. Plain data, so that it can be written as JSON. */
export interface AuthorityState {
  /** The newest roster as the authority signed it, in base64; null while the configured keys count. */
  roster: string | null;
  /** Whom it came to trust by that roster, and the configured authority that led there; in hex. */
  followed: { rootHex: string; keyHex: string } | null;
  /** The signed envelope in force, in base64: verified again when it is read back. */
  safety: string | null;
  /** The key that it was signed with, in hex: its issuer may have left the roster since. */
  safetyKeyHex: string | null;
  /** Newest goal ever accepted: an older one never comes back. */
  newestGoal: GoalId | null;
  orders: OrderBook;
  /** Last directive obeyed, for the status; −1 = none. */
  lastIssuer: number;
  lastNumber: number;
}

export const emptyAuthorityState = (): AuthorityState => ({
  roster: null,
  followed: null,
  safety: null,
  safetyKeyHex: null,
  newestGoal: null,
  orders: emptyOrderBook(),
  lastIssuer: -1,
  lastNumber: -1,
});

/** Whom a pilot believes. */
export interface Trust {
  /** Until a roster comes. */
  operators: readonly Commander[];
  /** Signs rosters; undefined = none is taken. */
  authorityKey: Uint8Array | undefined;
  verify: Verify;
}

/** What an envelope changed. */
export type AuthorityNews =
  | { kind: 'goal'; safety: SafetyEnvelope }
  | { kind: 'directive'; directive: DirectiveKind }
  /** An operator's word, kept, but another's counts. */
  | { kind: 'overruled' }
  | { kind: 'roster'; epoch: number }
  | { kind: 'refused'; why: string };

/**
 * Who may say what: verifies signatures itself and trusts nobody's word for it. What is in force
 * follows from what was heard, not from the order in which it came (orders.ts); an abort latches
 * until a goal whose issuer knew of it.
 */
export class Authority {
  readonly state: AuthorityState;
  readonly #sysid: number;
  readonly #verify: Verify;
  readonly #rootKey: Uint8Array | undefined;
  #authorityKey: Uint8Array | undefined;
  #operators: ReadonlyMap<number, Commander>;
  #command: Command | undefined;
  #safety: SafetyEnvelope | undefined;
  #safetyPlace: Place | undefined;
  #ruling: ReturnType<typeof rulingOf>;

  constructor(sysid: number, trust: Trust, state: AuthorityState) {
    this.#sysid = sysid;
    this.#verify = trust.verify;
    this.#rootKey = trust.authorityKey;
    this.#authorityKey = followedFrom(trust.authorityKey, state);
    this.state = state;
    this.#operators = byMember(trust.operators);
    if (state.roster !== null) this.#restoreRoster(Buffer.from(state.roster, 'base64'));
    if (state.safety !== null) this.#restoreSafety(Buffer.from(state.safety, 'base64'));
    this.#ruling = this.#rule();
  }

  /** Limits of the newest goal, an aborted one included: the way home knows them too. */
  get safety(): SafetyEnvelope | undefined {
    return this.#safety;
  }

  get latched(): boolean {
    return this.#ruling.latched;
  }

  /** What an operator's directive keeps in force until a resume or a newer goal. */
  get standing(): StandingDirective {
    return this.#ruling.standing;
  }

  /** Of the roster in force; undefined while the configured keys count. */
  get rosterEpoch(): number | undefined {
    return this.#command?.epoch;
  }

  /** Takes the bytes of a signed envelope as the mesh process handed them over. */
  receive(bytes: Uint8Array): AuthorityNews {
    const envelope = decodeEnvelope(bytes);
    if (envelope === undefined) return refused('malformed envelope');
    if (envelope.topic === 'roster') return this.#receiveRoster(bytes);
    const key = this.#operators.get(envelope.author)?.publicKey;
    if (key === undefined || !this.#verify(key, signedPart(bytes), envelope.signature)) {
      return refused('no operator signed this');
    }
    if (envelope.topic === 'safety') return this.#receiveSafety(envelope, bytes, key);
    if (envelope.topic === 'directive') return this.#receiveDirective(envelope, bytes);
    return refused(`topic ${envelope.topic} is not for a pilot`);
  }

  /** True while the limits of this very goal are in force and no abort has cancelled it. */
  permits(goal: GoalId): boolean {
    return (
      !this.latched && this.#safety !== undefined && compareGoalIds(this.#safety.goalId, goal) === 0
    );
  }

  #rule(): ReturnType<typeof rulingOf> {
    const precedenceOf = (author: number) => this.#operators.get(author)?.precedence ?? 0;
    return rulingOf(this.state.orders, this.#goal(), precedenceOf);
  }

  #goal(): GoalInForce | undefined {
    const id = this.state.newestGoal;
    return id === null ? undefined : { id, answers: this.#safety?.answers ?? [] };
  }

  #open(bytes: Uint8Array): Command | undefined {
    if (this.#authorityKey === undefined) return undefined;
    return openCommand(bytes, this.#authorityKey, this.#verify);
  }

  #restoreRoster(bytes: Uint8Array): void {
    this.#command = this.#open(bytes);
    if (this.#command === undefined) return;
    this.#authorityKey = this.#command.authorityKey;
    this.#operators = byMember(this.#command.operators);
  }

  #restoreSafety(bytes: Uint8Array): void {
    const envelope = decodeEnvelope(bytes);
    const key = publicKeyFromHex(this.state.safetyKeyHex ?? '');
    if (envelope?.topic !== 'safety' || key === undefined) return;
    if (!this.#verify(key, signedPart(bytes), envelope.signature)) return;
    this.#safety = decodeSafetyEnvelope(envelope.payload);
    this.#safetyPlace = placeOf(envelope);
  }

  #receiveRoster(bytes: Uint8Array): AuthorityNews {
    // The cheap question first: the mesh hands the roster over again with every connection.
    const epoch = decodeEnvelope(bytes)?.bootEpoch ?? -1;
    if (epoch <= (this.#command?.epoch ?? -1)) return refused('not newer than the roster in force');
    const command = this.#open(bytes);
    if (command === undefined) return refused('no roster of the authority');
    if (this.#command !== undefined && command.swarm !== this.#command.swarm) {
      return refused('roster of another swarm');
    }
    const next = byMember(command.operators);
    let { orders } = this.state;
    for (const [member, { publicKey }] of this.#operators) {
      const kept = next.get(member)?.publicKey;
      const stays = kept !== undefined && hexFromBytes(kept) === hexFromBytes(publicKey);
      if (!stays) orders = leaveOrders(orders, member, this.#goal());
    }
    this.#command = command;
    this.#operators = next;
    this.#authorityKey = command.authorityKey;
    this.state.followed = {
      rootHex: hexFromBytes(this.#rootKey!),
      keyHex: hexFromBytes(command.authorityKey),
    };
    this.state.roster = Buffer.from(bytes).toString('base64');
    this.state.orders = orders;
    this.#ruling = this.#rule();
    return { kind: 'roster', epoch: command.epoch };
  }

  #receiveSafety(envelope: Envelope, bytes: Uint8Array, key: Uint8Array): AuthorityNews {
    const safety = decodeSafetyEnvelope(envelope.payload);
    if (safety === undefined) return refused('malformed safety envelope');
    const { author } = envelope;
    const id = safety.goalId;
    if (id.issuer !== author) return refused('safety envelope of another issuer');
    const { state } = this;
    if (!isNextEpoch(id, state.newestGoal)) return refused('far ahead of all goals');
    const place = placeOf(envelope);
    state.orders = noteGoal(state.orders, { author, id, place });
    const order = state.newestGoal === null ? 1 : compareGoalIds(id, state.newestGoal);
    const isEarlier = this.#safetyPlace === undefined || isNewer(this.#safetyPlace, place);
    if (order < 0 || (order === 0 && !isEarlier)) {
      this.#ruling = this.#rule();
      return refused('not newer than the goal in force');
    }
    this.#safety = safety;
    this.#safetyPlace = place;
    state.safety = Buffer.from(bytes).toString('base64');
    state.safetyKeyHex = hexFromBytes(key);
    state.newestGoal = id;
    this.#ruling = this.#rule();
    return { kind: 'goal', safety };
  }

  #receiveDirective(envelope: Envelope, bytes: Uint8Array): AuthorityNews {
    const directive = decodeDirective(envelope.payload);
    if (directive === undefined) return refused('malformed directive');
    if (!directiveTargets(directive, this.#sysid)) return refused('directive for others');
    const { kind, number, answers = [] } = directive;
    if (kind === 'kill' && !directive.confirmed) return refused('kill without confirmation');
    const { state } = this;
    const order: HeardOrder = {
      author: envelope.author,
      place: placeOf(envelope),
      number,
      kind,
      tag: orderTag(bytes),
      answers,
    };
    const before = state.orders;
    state.orders = noteOrder(before, order);
    if (state.orders === before) return refused('directive already superseded');
    const wasLatched = this.latched;
    this.#ruling = this.#rule();
    return this.#newsOf(order, wasLatched);
  }

  /**
   * What a new order does. An abort overtaken on its way by a later directive still counts; motors are cut
   * only by who has said nothing else since.
   */
  #newsOf(order: HeardOrder, wasLatched: boolean): AuthorityNews {
    const isNewest = this.state.orders.directives.includes(order);
    const goal = this.#goal();
    const stops = isStop(order) && !isEnded(this.state.orders, goal, order);
    if (!stops && this.#ruling.decidedBy !== order) return { kind: 'overruled' };
    if (stops && !isNewest && wasLatched) return { kind: 'overruled' };
    this.state.lastIssuer = order.author;
    this.state.lastNumber = order.number;
    return { kind: 'directive', directive: stops && !isNewest ? 'abort' : order.kind };
  }
}

/** Another root than the one that led there was configured by somebody since: it begins anew. */
const followedFrom = (
  root: Uint8Array | undefined,
  { followed }: AuthorityState,
): Uint8Array | undefined =>
  root !== undefined && followed?.rootHex === hexFromBytes(root)
    ? (publicKeyFromHex(followed.keyHex) ?? root)
    : root;

const byMember = (operators: readonly Commander[]): ReadonlyMap<number, Commander> =>
  new Map(operators.map((one) => [one.member, one]));

const refused = (why: string): AuthorityNews => ({ kind: 'refused', why });
