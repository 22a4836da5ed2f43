import { describe, expect, it } from 'vitest';

import { seededRandom } from '#protocols/random.ts';
import type { Episode } from '#sim/episode/episode.ts';
import { drawFaults } from '#sim/faults/draw-faults.ts';
import type { Fault } from '#sim/faults/fault.ts';
import { Injector } from '#sim/faults/injector.ts';
import { RadioField } from '#sim/radio/radio-field.ts';

const field = (): RadioField =>
  new RadioField('P1', { edgeM: 100, lostM: 200 }, () => ({ northM: 0, eastM: 0, heightM: 0 }));

/** Of the links 1-2, 2-3 and 1-3 those that hold, at each moment asked for. */
const linksAt = (faults: Fault[], moments: number[]): string[] => {
  const radio = field();
  const injector = new Injector({ field: radio } as Episode, faults, seededRandom(1));
  return moments.map((nowMs) => {
    injector.step(nowMs);
    const pairs = [
      [1, 2],
      [2, 3],
      [1, 3],
    ] as const;
    return pairs
      .filter(
        ([a, b]) => radio.profileOf(a, b) !== undefined && radio.profileOf(b, a) !== undefined,
      )
      .map((pair) => pair.join('-'))
      .join(' ');
  });
};

const SWIZZLE: Fault = {
  kind: 'swizzle',
  atMs: 1000,
  links: [
    { a: 1, b: 2, cutAfterMs: 0, healAfterMs: 3000 },
    { a: 2, b: 3, cutAfterMs: 1000, healAfterMs: 2000 },
  ],
  forMs: 4000,
};

describe('links that are cut in one order and healed in another', () => {
  it('are cut and healed each at its moment', () => {
    expect(linksAt([SWIZZLE], [996, 1000, 1004, 2000, 2996, 3000, 4000, 5000])).toEqual([
      '1-2 2-3 1-3',
      '2-3 1-3',
      '2-3 1-3',
      '1-3',
      '1-3',
      '2-3 1-3',
      '1-2 2-3 1-3',
      '1-2 2-3 1-3',
    ]);
  });

  it('all heal when the fault ends before them, but for those that another fault holds', () => {
    const short: Fault = { ...SWIZZLE, forMs: 1500 };
    const deaf: Fault = { kind: 'deaf', atMs: 0, from: 3, to: 1, forMs: 60_000 };
    expect(linksAt([short, deaf], [996, 2400, 2500])).toEqual(['1-2 2-3', '', '1-2 2-3']);
  });

  it('are drawn in another order than they heal in', () => {
    let others = 0;
    for (let seed = 0; seed < 40; seed += 1) {
      const window = { sysids: [1, 2, 3], others: [1000], fromMs: 0, untilMs: 1000, reachM: 60 };
      const drawn = drawFaults({ ...window, kinds: ['swizzle'], most: 3 }, seededRandom(seed));
      for (const fault of drawn) {
        if (fault.kind !== 'swizzle' || fault.links.length < 3) continue;
        const heal = fault.links.map(({ healAfterMs }) => healAfterMs);
        if (heal.some((atMs, index) => index > 0 && atMs < heal[index - 1]!)) others += 1;
        expect(Math.max(...heal)).toBeLessThanOrEqual(fault.forMs);
      }
    }
    expect(others).toBeGreaterThan(10);
  });
});
