import type { Directive } from './directive.ts';
import type { MeshMember } from './mesh-member.ts';

/**
 * Orders on the fast lane. Its author says a directive again, ever more seldom, until each drone that it
 * is for and that can be heard has answered by its beacon; whoever first hears of one by another lane
 * says it once too. Gossip and repair carry it besides.
 */
export interface FastOrders {
  /** Ours, the newest; an older one is obeyed no more. */
  own: OwnOrder | undefined;
  /** Others', to be said once. */
  passing: Uint8Array[];
}

interface OwnOrder {
  envelope: Uint8Array;
  directive: Directive;
  nextMs: number;
  gapMs: number;
  endMs: number;
}

const FIRST_GAP_MS = 60;
const MOST_GAP_MS = 1000;
/** Whoever has not answered by then is told by repair when it can be heard again. */
const REPEAT_MS = 60_000;
/** A drone counts as within hearing for so long after its last word. */
const REACHABLE_MS = 5000;
export const MAX_PASSING = 16;

export const noOrders = (): FastOrders => ({ own: undefined, passing: [] });

export const repeatOrder = (
  orders: FastOrders,
  envelope: Uint8Array,
  directive: Directive,
  nowMs: number,
): void => {
  // The first time it departs with the rest.
  const nextMs = nowMs + FIRST_GAP_MS;
  orders.own = { envelope, directive, nextMs, gapMs: FIRST_GAP_MS, endMs: nowMs + REPEAT_MS };
};

export const passOrder = (orders: FastOrders, envelope: Uint8Array): void => {
  orders.passing.push(envelope);
  if (orders.passing.length > MAX_PASSING) orders.passing.shift();
};

/** Envelopes of orders to say now. */
export const dueOrders = (member: MeshMember, nowMs: number): Uint8Array[] => {
  const { orders } = member;
  const due = orders.passing;
  orders.passing = [];
  const { own } = orders;
  if (own === undefined || nowMs < own.nextMs) return due;
  if (nowMs >= own.endMs || isAnswered(member, own.directive, nowMs)) {
    orders.own = undefined;
    return due;
  }
  own.gapMs = Math.min(MOST_GAP_MS, 2 * own.gapMs);
  own.nextMs = nowMs + own.gapMs;
  due.push(own.envelope);
  return due;
};

/** True when no drone within hearing has yet to answer. One that answered a newer order heard that one. */
const isAnswered = (member: MeshMember, directive: Directive, nowMs: number): boolean => {
  const { members, self } = member.admission;
  const targets = new Set(directive.targets);
  for (const { id, role } of members.values()) {
    if (role !== 'drone' || (targets.size > 0 && !targets.has(id))) continue;
    const peer = member.peers.get(id);
    if (peer === undefined || !(nowMs - peer.heardMs < REACHABLE_MS)) continue;
    const [issuer, number] = peer.obeyed ?? [0, 0];
    if (issuer !== self || number < directive.number) return false;
  }
  return true;
};
