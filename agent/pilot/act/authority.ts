import {
  decodeDirective,
  directiveTargets,
  type Directive,
  type DirectiveKind,
} from '#protocols/gossip/directive.ts';
import { decodeEnvelope, signedPart, type Envelope } from '#protocols/gossip/envelope.ts';
import { compareGoalIds } from '#protocols/gossip/goal-order.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import { decodeSafetyEnvelope, type SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import type { Verify } from '#protocols/gossip/signing.ts';

/** What an operator's directive keeps in force until a resume or a newer goal. */
export type StandingDirective = 'none' | 'hold' | 'rtl' | 'land';

/** Place of a message among all of its author's: a greater boot epoch, then a greater sequence, is newer. */
export interface Place {
  bootEpoch: number;
  sequence: number;
}

/** What must survive a restart of the pilot. Plain data, so that it can be written as JSON. */
export interface AuthorityState {
  /** The signed envelope in force, in base64: verified again when it is read back. */
  safety: string | null;
  /** Newest goal ever accepted: an older one never comes back. */
  newestGoal: GoalId | null;
  /** The goal that an abort cancelled, and where the abort stood among its author's messages. */
  latch: { goal: GoalId | null; author: number; place: Place } | null;
  standing: StandingDirective;
  /** Author → newest directive obeyed. */
  directives: [author: number, place: Place, number: number][];
  /** Last directive obeyed, for the status; −1 = none. */
  lastIssuer: number;
  lastNumber: number;
}

export const emptyAuthorityState = (): AuthorityState => ({
  safety: null,
  newestGoal: null,
  latch: null,
  standing: 'none',
  directives: [],
  lastIssuer: -1,
  lastNumber: -1,
});

/** An operator's raw Ed25519 key. */
export interface OperatorKey {
  member: number;
  publicKey: Uint8Array;
}

/** What an envelope changed. */
export type AuthorityNews =
  | { kind: 'goal'; safety: SafetyEnvelope }
  | { kind: 'directive'; directive: DirectiveKind }
  | { kind: 'refused'; why: string };

const isNewer = (a: Place, b: Place): boolean =>
  a.bootEpoch > b.bootEpoch || (a.bootEpoch === b.bootEpoch && a.sequence > b.sequence);

/**
 * Who may say what: verifies operators' signatures itself and trusts nobody's word for it. Goals and
 * directives of one operator only ever move forward; an abort latches until a newer signed goal.
 */
export class Authority {
  readonly state: AuthorityState;
  readonly #sysid: number;
  readonly #keys: ReadonlyMap<number, Uint8Array>;
  readonly #verify: Verify;
  #safety: SafetyEnvelope | undefined;
  #safetyPlace: (Place & { author: number }) | undefined;

  constructor(
    sysid: number,
    operators: readonly OperatorKey[],
    verify: Verify,
    state: AuthorityState,
  ) {
    this.#sysid = sysid;
    this.#keys = new Map(operators.map((one) => [one.member, one.publicKey]));
    this.#verify = verify;
    this.state = state;
    if (state.safety !== null) this.#restoreSafety(Buffer.from(state.safety, 'base64'));
  }

  /** Limits of the newest goal, an aborted one included: the way home knows them too. */
  get safety(): SafetyEnvelope | undefined {
    return this.#safety;
  }

  get latched(): boolean {
    return this.state.latch !== null;
  }

  /** Takes the bytes of a signed envelope as the mesh process handed them over. */
  receive(bytes: Uint8Array): AuthorityNews {
    const envelope = decodeEnvelope(bytes);
    if (envelope === undefined) return refused('malformed envelope');
    if (!this.#isSigned(envelope, bytes)) return refused('no operator signed this');
    if (envelope.topic === 'safety') return this.#receiveSafety(envelope, bytes);
    if (envelope.topic === 'directive') return this.#receiveDirective(envelope);
    return refused(`topic ${envelope.topic} is not for a pilot`);
  }

  #isSigned(envelope: Envelope, bytes: Uint8Array): boolean {
    const key = this.#keys.get(envelope.author);
    return key !== undefined && this.#verify(key, signedPart(bytes), envelope.signature);
  }

  #restoreSafety(bytes: Uint8Array): void {
    const envelope = decodeEnvelope(bytes);
    if (envelope === undefined || envelope.topic !== 'safety') return;
    if (!this.#isSigned(envelope, bytes)) return;
    this.#safety = decodeSafetyEnvelope(envelope.payload);
    this.#safetyPlace = { ...placeOf(envelope), author: envelope.author };
  }

  #receiveSafety(envelope: Envelope, bytes: Uint8Array): AuthorityNews {
    const safety = decodeSafetyEnvelope(envelope.payload);
    if (safety === undefined) return refused('malformed safety envelope');
    if (safety.goalId.issuer !== envelope.author)
      return refused('safety envelope of another issuer');
    const { newestGoal, latch } = this.state;
    if (newestGoal !== null && compareGoalIds(safety.goalId, newestGoal) <= 0) {
      return refused('not newer than the goal in force');
    }
    if (latch !== null && !isSurelyLater(envelope, latch)) {
      return refused('aborted, and not surely newer than the abort');
    }
    this.#safety = safety;
    this.#safetyPlace = { ...placeOf(envelope), author: envelope.author };
    this.state.safety = Buffer.from(bytes).toString('base64');
    this.state.newestGoal = safety.goalId;
    this.state.latch = null;
    this.state.standing = 'none';
    return { kind: 'goal', safety };
  }

  #receiveDirective(envelope: Envelope): AuthorityNews {
    const directive = decodeDirective(envelope.payload);
    if (directive === undefined) return refused('malformed directive');
    if (!directiveTargets(directive, this.#sysid)) return refused('directive for others');
    if (directive.kind === 'kill' && !directive.confirmed)
      return refused('kill without confirmation');
    if (!this.#isFresh(envelope, directive)) return refused('directive already superseded');
    this.#remember(envelope, directive);
    this.#apply(envelope, directive.kind);
    return { kind: 'directive', directive: directive.kind };
  }

  /**
   * Newer than all of its author's, in order and in number. An abort overtaken on its way by a later
   * directive still counts, if it is later than the goal in force: nothing but a goal outranks it.
   */
  #isFresh(envelope: Envelope, directive: Directive): boolean {
    const known = this.state.directives.find(([author]) => author === envelope.author);
    if (known === undefined) return true;
    const [, place, number] = known;
    if (isNewer(placeOf(envelope), place) && directive.number > number) return true;
    const goal = this.#safetyPlace;
    const overtaken =
      directive.kind === 'abort' && !this.latched && goal?.author === envelope.author;
    return overtaken && goal !== undefined && isNewer(placeOf(envelope), goal);
  }

  #remember(envelope: Envelope, directive: Directive): void {
    const others = this.state.directives.filter(([author]) => author !== envelope.author);
    const known = this.state.directives.find(([author]) => author === envelope.author);
    const place = placeOf(envelope);
    const newest = known !== undefined && isNewer(known[1], place) ? known[1] : place;
    const number = Math.max(known?.[2] ?? 0, directive.number);
    this.state.directives = [...others, [envelope.author, newest, number]];
    this.state.lastIssuer = envelope.author;
    this.state.lastNumber = directive.number;
  }

  #apply(envelope: Envelope, kind: DirectiveKind): void {
    const state = this.state;
    if (kind === 'resume') state.standing = 'none';
    else if (kind === 'abort' || kind === 'kill') {
      state.latch = { goal: state.newestGoal, author: envelope.author, place: placeOf(envelope) };
      state.standing = 'none';
    } else state.standing = kind;
  }

  /** True while the limits of this very goal are in force and no abort has cancelled it. */
  permits(goal: GoalId): boolean {
    return (
      !this.latched && this.#safety !== undefined && compareGoalIds(this.#safety.goalId, goal) === 0
    );
  }
}

/**
 * Who aborted may have signed a goal before that is heard after it: the order of signing counts. Another
 * operator's goal is only known to be newer where it is newer than the goal that the abort cancelled.
 */
const isSurelyLater = (
  envelope: Envelope,
  { goal, author, place }: NonNullable<AuthorityState['latch']>,
): boolean => (author === envelope.author ? isNewer(placeOf(envelope), place) : goal !== null);

const placeOf = ({ bootEpoch, sequence }: Envelope): Place => ({ bootEpoch, sequence });

const refused = (why: string): AuthorityNews => ({ kind: 'refused', why });
