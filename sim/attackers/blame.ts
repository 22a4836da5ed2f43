import type { Violation } from '../checker/violation.ts';

/** Invariants between two: when one of the two has turned, the other is not to blame. */
const MUTUAL: ReadonlySet<string> = new Set(['I1', 'I6']);

/**
 * What of the judge's findings the honest answer for. What becomes of an attacker's own vehicle, and of
 * its bargains with others, says nothing about them.
 */
export const honestOnly = (
  violations: readonly Violation[],
  insiders: ReadonlyMap<number, number>,
): Violation[] =>
  violations.flatMap((violation) => {
    const { drones, invariant, atMs } = violation;
    const isHonest = (one: number): boolean =>
      atMs < (insiders.get(one) ?? Number.POSITIVE_INFINITY);
    const honest = drones.filter(isHonest);
    if (honest.length === drones.length) return [violation];
    if (honest.length === 0 || MUTUAL.has(invariant)) return [];
    return [{ ...violation, drones: honest }];
  });
