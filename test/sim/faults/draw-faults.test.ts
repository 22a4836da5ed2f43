import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { seededRandom } from '#protocols/random.ts';
import { drawFaults, type FaultWindow } from '#sim/faults/draw-faults.ts';
import { FAULT_KINDS } from '#sim/faults/fault.ts';

const WINDOW: FaultWindow = {
  sysids: [1, 2, 3],
  others: [1000],
  fromMs: 10_000,
  untilMs: 50_000,
  kinds: FAULT_KINDS,
  most: 5,
  reachM: 60,
};

describe('faults drawn from a seed', () => {
  it('are the same for the same seed, in order, inside their window, and no more than allowed', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const faults = drawFaults(WINDOW, seededRandom(seed));
        expect(drawFaults(WINDOW, seededRandom(seed))).toEqual(faults);
        expect(faults.length).toBeLessThanOrEqual(5);
        const times = faults.map(({ atMs }) => atMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        for (const atMs of times) {
          expect(atMs).toBeGreaterThanOrEqual(10_000);
          expect(atMs).toBeLessThanOrEqual(50_000);
        }
      }),
    );
  });

  it('come in every kind, and of the wanted kinds only', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 200; seed += 1) {
      for (const { kind } of drawFaults(WINDOW, seededRandom(seed))) seen.add(kind);
    }
    expect([...seen].sort()).toEqual([...FAULT_KINDS].sort());
    for (let seed = 0; seed < 50; seed += 1) {
      for (const { kind } of drawFaults({ ...WINDOW, kinds: ['gnss'] }, seededRandom(seed))) {
        expect(kind).toBe('gnss');
      }
    }
    expect(drawFaults({ ...WINDOW, kinds: [] }, seededRandom(1))).toEqual([]);
  });

  it('put every member in exactly one part of a partition', () => {
    for (let seed = 0; seed < 100; seed += 1) {
      for (const fault of drawFaults({ ...WINDOW, kinds: ['partition'] }, seededRandom(seed))) {
        if (fault.kind !== 'partition') continue;
        expect(fault.groups.flat().sort((a, b) => a - b)).toEqual([1, 2, 3, 1000]);
      }
    }
  });
});
