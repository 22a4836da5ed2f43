import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';

import { emptyAccount, noteWord, recentOf } from '#protocols/gossip/peer-account.ts';

describe('the account of what a member says', () => {
  it('finds the share of its words that never came', () => {
    const account = emptyAccount(0);
    for (let sequence = 100; sequence < 400; sequence += 1) {
      if (sequence % 4 !== 0) noteWord(account, { bootEpoch: 1, sequence }, 200, sequence * 20);
    }
    const { loss, bytesPerS } = recentOf(account, 8000);
    expect(loss).toBeCloseTo(0.25, 1);
    expect(account.bytes).toBe(225 * 200);
    // 37.5 words a second came, of 200 bytes.
    expect(bytesPerS).toBeGreaterThan(6000);
    expect(bytesPerS).toBeLessThan(9000);
  });

  it('takes neither a reboot nor what was said before it listened for loss', () => {
    const account = emptyAccount(0);
    noteWord(account, { bootEpoch: 1, sequence: 50_000 }, 100, 0);
    noteWord(account, { bootEpoch: 1, sequence: 50_001 }, 100, 100);
    expect(recentOf(account, 200).loss).toBe(0);
    noteWord(account, { bootEpoch: 2, sequence: 7 }, 100, 5000);
    noteWord(account, { bootEpoch: 1, sequence: 50_002 }, 100, 5050);
    noteWord(account, { bootEpoch: 2, sequence: 8 }, 100, 5100);
    expect(recentOf(account, 5200).loss).toBe(0);
    expect(account.messages).toBe(5);
  });

  it('forgets: of one that fell silent nothing recent is known', () => {
    const account = emptyAccount(0);
    for (let sequence = 0; sequence < 50; sequence += 2) {
      noteWord(account, { bootEpoch: 1, sequence }, 100, 20 * sequence);
    }
    expect(recentOf(account, 1000).loss).toBeGreaterThan(0.4);
    expect(recentOf(account, 60_000)).toEqual({ loss: null, bytesPerS: 0 });
  });

  it('is a share and a rate whatever comes in whatever order', () => {
    const word = fc.record({
      bootEpoch: fc.nat(3),
      sequence: fc.nat(1000),
      bytes: fc.nat(5000),
      afterMs: fc.nat(15_000),
    });
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const account = emptyAccount(0);
        let nowMs = 0;
        for (const { bootEpoch, sequence, bytes, afterMs } of words) {
          nowMs += afterMs;
          noteWord(account, { bootEpoch, sequence }, bytes, nowMs);
          const { loss, bytesPerS } = recentOf(account, nowMs);
          expect(loss === null || (loss >= 0 && loss <= 1)).toBe(true);
          expect(bytesPerS).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
