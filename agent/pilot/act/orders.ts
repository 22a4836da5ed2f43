import type { StandingDirective } from '#protocols/channel/pilot-status.ts';
import type { Directive, DirectiveKind } from '#protocols/gossip/directive.ts';
import type { Envelope } from '#protocols/gossip/envelope.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import { compareGoalIds } from '#protocols/gossip/goal-order.ts';
import type { OrderTag } from '#protocols/gossip/order-tag.ts';

/** Place of a message among all of its author's: a greater boot epoch, then a greater sequence, is newer. */
export interface Place {
  bootEpoch: number;
  sequence: number;
}

/** A directive that was heard, whatever came of it. */
export interface HeardOrder {
  author: number;
  place: Place;
  number: number;
  kind: DirectiveKind;
  tag: OrderTag;
  answers: readonly OrderTag[];
}

interface HeardGoal {
  author: number;
  id: GoalId;
  place: Place;
}

/** An order of one who is no operator any more, and the goal that it was left standing under. */
interface Legacy {
  order: HeardOrder;
  under: GoalId | null;
}

/**
 * What the operators have said, as far as it may still count: of each the newest goal, the newest
 * directive and the newest abort or kill. Every part is the greatest of its kind, so that the book is
 * a function of the words that were heard: neither their order nor repeats change it. Plain data; its
 * parts are replaced, never changed in place.
 */
export interface OrderBook {
  goals: readonly HeardGoal[];
  directives: readonly HeardOrder[];
  stops: readonly HeardOrder[];
  legacies: readonly Legacy[];
}

export const emptyOrderBook = (): OrderBook => ({
  goals: [],
  directives: [],
  stops: [],
  legacies: [],
});

/** The newest goal, with the orders that its issuer knew. */
export interface GoalInForce {
  id: GoalId;
  answers: readonly OrderTag[];
}

/** What the words together mean. */
interface Ruling {
  /** An abort or kill that the newest goal does not answer: it is over. */
  latched: boolean;
  standing: StandingDirective;
  /** Whose directive that is; also a resume's. */
  decidedBy: HeardOrder | undefined;
}

export const isNewer = (a: Place, b: Place): boolean =>
  a.bootEpoch > b.bootEpoch || (a.bootEpoch === b.bootEpoch && a.sequence > b.sequence);

export const placeOf = ({ bootEpoch, sequence }: Envelope): Place => ({ bootEpoch, sequence });

export const isStop = ({ kind }: Pick<Directive, 'kind'>): boolean =>
  kind === 'abort' || kind === 'kill';

const of = <T extends { author: number }>(parts: readonly T[], author: number): T | undefined =>
  parts.find((one) => one.author === author);

/** In the order of authors: two books of the same words are equal. */
const put = <T extends { author: number }>(parts: readonly T[], part: T): T[] =>
  [...parts.filter(({ author }) => author !== part.author), part].sort(
    (a, b) => a.author - b.author,
  );

const without = <T extends { author: number }>(parts: readonly T[], author: number): T[] =>
  parts.filter((one) => one.author !== author);

/** Of two signings of one goal the earlier counts: repeating what was aborted starts nothing. */
export const noteGoal = (book: OrderBook, goal: HeardGoal): OrderBook => {
  const known = of(book.goals, goal.author);
  const order = known === undefined ? 1 : compareGoalIds(goal.id, known.id);
  const counts = order > 0 || (order === 0 && isNewer(known!.place, goal.place));
  return counts ? { ...book, goals: put(book.goals, goal) } : book;
};

/** The same book when the order is none of the newest of its author's. */
export const noteOrder = (book: OrderBook, order: HeardOrder): OrderBook => {
  const isNews = (parts: readonly HeardOrder[]): boolean => {
    const known = of(parts, order.author);
    return known === undefined || isNewer(order.place, known.place);
  };
  const directives = isNews(book.directives) ? put(book.directives, order) : book.directives;
  const isNewStop = isStop(order) && isNews(book.stops);
  const stops = isNewStop ? put(book.stops, order) : book.stops;
  const changed = directives !== book.directives || stops !== book.stops;
  return changed ? { ...book, directives, stops } : book;
};

/** More than operators ever leave: what is older is forgotten. */
const MAX_LEGACIES = 32;

/**
 * The author is no operator any more, or has a new key and begins anew. What it left in force goes on until
 * any operator says otherwise or gives a newer goal: a revocation sets nothing in motion.
 */
export const leaveOrders = (
  book: OrderBook,
  author: number,
  goal: GoalInForce | undefined,
): OrderBook => {
  const left = [of(book.stops, author), of(book.directives, author)].filter(
    (one): one is HeardOrder =>
      one !== undefined && !isEnded(book, goal, one) && (isStop(one) || !isAnswered(book, one)),
  );
  const under = goal?.id ?? null;
  const distinct = left.filter(
    (one, index) => left.findIndex(({ tag }) => tag === one.tag) === index,
  );
  return {
    goals: without(book.goals, author),
    directives: without(book.directives, author),
    stops: without(book.stops, author),
    legacies: [...book.legacies, ...distinct.map((order) => ({ order, under }))].slice(
      -MAX_LEGACIES,
    ),
  };
};

/** By a later goal of its own author, or by the newest goal of all, whose issuer knew it. */
export const isEnded = (
  book: OrderBook,
  goal: GoalInForce | undefined,
  order: HeardOrder,
): boolean => {
  const own = of(book.goals, order.author);
  if (own !== undefined && isNewer(own.place, order.place)) return true;
  return goal?.answers.includes(order.tag) === true;
};

/** Another operator, who knew it, has said something since. */
const isAnswered = (book: OrderBook, { author, tag }: HeardOrder): boolean =>
  book.directives.some((other) => other.author !== author && other.answers.includes(tag));

/** Left standing under the goal that is still in force. */
const legaciesOf = (book: OrderBook, goal: GoalInForce | undefined): HeardOrder[] =>
  book.legacies
    .filter(({ under }) =>
      under === null || goal === undefined
        ? under === null && goal === undefined
        : compareGoalIds(under, goal.id) === 0,
    )
    .map(({ order }) => order);

/** Of two at once, by equals, the one that moves less, or brings down, is the safer error. */
const CAUTION: readonly DirectiveKind[] = ['resume', 'hold', 'rtl', 'land'];

/** Less than anybody's who is still in the roster. */
const NO_PRECEDENCE = -1;

/**
 * What is in force. An abort that the newest goal does not answer counts before everything. Of directives that
 * do not answer each other, and so were given at once, the one of the greatest precedence counts, then
 * the most cautious: never the one that came first or last.
 */
export const rulingOf = (
  book: OrderBook,
  goal: GoalInForce | undefined,
  precedenceOf: (author: number) => number,
): Ruling => {
  const legacies = legaciesOf(book, goal);
  const latched =
    book.stops.some((one) => !isEnded(book, goal, one)) || legacies.some((one) => isStop(one));
  if (latched) return { latched, standing: 'none', decidedBy: undefined };
  const present = book.directives.filter((one) => !isEnded(book, goal, one));
  const candidates = [
    ...present.map((order) => ({ order, precedence: precedenceOf(order.author) })),
    ...legacies.map((order) => ({ order, precedence: NO_PRECEDENCE })),
  ].filter(({ order }) => !isStop(order) && !isAnswered(book, order));
  candidates.sort(
    (a, b) =>
      b.precedence - a.precedence ||
      CAUTION.indexOf(b.order.kind) - CAUTION.indexOf(a.order.kind) ||
      b.order.author - a.order.author,
  );
  const decidedBy = candidates[0]?.order;
  return { latched, standing: standingOf(decidedBy?.kind), decidedBy };
};

const standingOf = (kind: DirectiveKind | undefined): StandingDirective =>
  kind === 'hold' || kind === 'rtl' || kind === 'land' ? kind : 'none';
