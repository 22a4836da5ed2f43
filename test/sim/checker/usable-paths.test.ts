import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { reachableFrom } from '#sim/checker/usable-paths.ts';
import { RADIO_PROFILES, type RadioProfile } from '#sim/radio/profile.ts';

const { P1, P3, P4 } = RADIO_PROFILES;

describe('who can be reached over usable links', () => {
  it('goes by others, and never over a link that works one way only or is jammed', () => {
    const profiles = new Map<string, RadioProfile>([
      ['1>2', P1],
      ['2>1', P3],
      ['2>3', P3],
      ['3>2', P3],
      ['3>4', P1],
      ['4>3', P4],
      ['1>5', P1],
    ]);
    const reached = reachableFrom(1, [1, 2, 3, 4, 5], (a, b) => profiles.get(`${a}>${b}`));
    expect([...reached].sort()).toEqual([2, 3]);
  });

  it('is mutual', () => {
    const members = [1, 2, 3, 4, 5, 6];
    const links = fc.uniqueArray(
      fc.tuple(fc.constantFrom(...members), fc.constantFrom(...members)),
    );
    fc.assert(
      fc.property(links, (pairs) => {
        const linked = new Set(pairs.map(([a, b]) => `${a}>${b}`));
        const profileOf = (a: number, b: number) => (linked.has(`${a}>${b}`) ? P1 : undefined);
        for (const a of members) {
          for (const b of reachableFrom(a, members, profileOf)) {
            expect(reachableFrom(b, members, profileOf).has(a)).toBe(true);
          }
        }
      }),
    );
  });
});
