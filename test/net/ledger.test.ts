import { describe, expect, it } from 'vitest';

import { Ledger } from './ledger.ts';
import type { Account, Note } from './member/orders.ts';

const claim = (author: number, name: string, atMs: number): Note => ({
  kind: 'claim',
  author,
  name,
  atMs,
});
const account = (said: Note[], heard: Note[]): Account =>
  ({ said, heard }) as Partial<Account> as Account;

describe('the ledger of what three members said and heard', () => {
  const ledger = new Ledger([1, 2, 3]);
  ledger.add(
    new Map([
      [1, account([claim(1, 'a', 10), claim(1, 'b', 20)], [])],
      [2, account([], [claim(1, 'a', 14), claim(1, 'a', 99)])],
      [3, account([], [])],
    ]),
  );

  it('counts from the saying to the first hearing, and what was never heard as late for ever', () => {
    expect(ledger.delays('claim', { fromMs: 0, toMs: 15 })).toEqual([4, Infinity]);
    expect(ledger.delays('claim', { fromMs: 0, toMs: 15 }, [1, 2])).toEqual([4]);
    expect(ledger.delays('intent', { fromMs: 0, toMs: 15 })).toEqual([]);
  });

  it('knows how old the newest word is at any moment', () => {
    const span = { fromMs: 10, toMs: 20 };
    expect(ledger.ages('claim', span, undefined, 5)).toEqual([Infinity, 5, Infinity, Infinity]);
  });

  it('is complete once the last member has heard the last word', () => {
    expect(ledger.completeMs('claim', { fromMs: 0, toMs: 15 })).toBe(Infinity);
    ledger.add(new Map([[3, account([], [claim(1, 'a', 31)])]]));
    expect(ledger.completeMs('claim', { fromMs: 0, toMs: 15 })).toBe(31);
    expect(ledger.completeMs('claim', { fromMs: 0, toMs: 15, author: 2 })).toBe(-Infinity);
  });
});
