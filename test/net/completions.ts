import type { Ledger, Span } from './ledger.ts';

/** By then two that hear each other agree about a task (I6 of docs/invariants.md), ms. */
const AGREED_MS = 5000;
const ALWAYS: Span = { fromMs: -Infinity, toMs: Infinity };

export interface Completions {
  /** Tasks that are done. */
  tasks: number;
  /** Of them, those that two or more have done, neither of whom could know of the other. */
  doneApart: number;
  /** Those that somebody did who had had time to hear that they were done. */
  doneAgain: number;
}

/** How often a task of the common list was completed, when the links were cut for these spans. */
export const completionsOf = (ledger: Ledger, cuts: readonly Span[]): Completions => {
  const timesOf = new Map<string, number[]>();
  for (const { name, atMs } of ledger.said('done', ALWAYS)) {
    timesOf.set(name, [...(timesOf.get(name) ?? []), atMs]);
  }
  /** Since when nothing was cut; a time in a cut is its own. */
  const wholeSince = (atMs: number): number =>
    Math.max(
      -Infinity,
      ...cuts.filter(({ fromMs }) => fromMs < atMs).map(({ toMs }) => Math.min(toMs, atMs)),
    );
  let [doneApart, doneAgain] = [0, 0];
  for (const times of timesOf.values()) {
    const [firstMs, ...laterMs] = times.sort((a, b) => a - b);
    if (laterMs.length > 0) doneApart += 1;
    const couldKnow = (atMs: number): boolean =>
      atMs - Math.max(firstMs!, wholeSince(atMs)) > AGREED_MS;
    if (laterMs.some(couldKnow)) doneAgain += 1;
  }
  return { tasks: timesOf.size, doneApart: doneApart - doneAgain, doneAgain };
};
