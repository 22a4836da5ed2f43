import { numberLayout } from './number-layout.ts';

/**
 * What the mind wants of the flight as a whole; the pilot decides whether and how.
 * standby: stay on the ground · fly: arm, take off to `heightM`, then follow trajectories ·
 * land: descend here and disarm · return: PX4's RTL.
 */
export const ORDER_KINDS = ['standby', 'fly', 'land', 'return'] as const;
export type OrderKind = (typeof ORDER_KINDS)[number];

export interface Order {
  kind: OrderKind;
  /** Grows with every change of mind; repeats of one number are the same order. */
  number: number;
  /** Take-off height above home, m (fly only). */
  heightM: number;
  /** The goal it serves: the pilot flies only under the safety envelope of this very goal. */
  goalEpoch: number;
  goalSequence: number;
  goalIssuer: number;
}

const layout = numberLayout([
  'kind',
  'number',
  'heightM',
  'goalEpoch',
  'goalSequence',
  'goalIssuer',
] as const);

export const encodeOrder = (order: Order): Uint8Array =>
  layout.encode({ ...order, kind: ORDER_KINDS.indexOf(order.kind) });

/** Undefined for anything malformed. */
export const decodeOrder = (bytes: Uint8Array): Order | undefined => {
  const decoded = layout.decode(bytes);
  const kind = decoded === undefined ? undefined : ORDER_KINDS[decoded.values.kind];
  if (decoded === undefined || kind === undefined) return undefined;
  if (!Object.values(decoded.values).every(Number.isFinite)) return undefined;
  return { ...decoded.values, kind };
};
