import { describe, expect, it } from 'vitest';

import { completionsOf } from './completions.ts';
import { Ledger } from './ledger.ts';
import type { Account } from './member/orders.ts';

const ledgerOf = (...done: [author: number, name: string, atMs: number][]): Ledger => {
  const ledger = new Ledger([1, 2]);
  for (const [author, name, atMs] of done) {
    const said = [{ kind: 'done' as const, author, name, atMs }];
    ledger.add(new Map([[author, { said, heard: [] as never[] } as unknown as Account]]));
  }
  return ledger;
};

describe('what was completed twice', () => {
  it('counts what was done by both sides of a cut, and what was done again after it, apart', () => {
    const ledger = ledgerOf(
      [1, 'a', 1000],
      [1, 'b', 12_000],
      [2, 'b', 19_000],
      [1, 'c', 13_000],
      [2, 'c', 24_000],
      [1, 'd', 14_000],
      [2, 'd', 25_500],
    );
    const cut = { fromMs: 10_000, toMs: 20_000 };
    expect(completionsOf(ledger, [cut])).toEqual({ tasks: 4, doneApart: 2, doneAgain: 1 });
  });

  it('takes five seconds without a cut for enough to know, however long ago that was', () => {
    const ledger = ledgerOf([1, 'a', 1000], [2, 'a', 7000], [1, 'b', 8000], [2, 'b', 12_000]);
    expect(completionsOf(ledger, [])).toEqual({ tasks: 2, doneApart: 1, doneAgain: 1 });
  });
});
