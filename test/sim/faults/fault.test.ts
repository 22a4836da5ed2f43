import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { seededRandom } from '#protocols/random.ts';
import { drawFaults } from '#sim/faults/draw-faults.ts';
import {
  endOf,
  FAULT_KINDS,
  faultInWords,
  faultListSchema,
  faultSchema,
} from '#sim/faults/fault.ts';

const KILL = { kind: 'kill', atMs: 12_400, sysid: 2, process: 'mind' } as const;

/** Every part of a JSON schema that describes a number. */
const numbersIn = (schema: unknown): object[] => {
  if (typeof schema !== 'object' || schema === null) return [];
  const own =
    'type' in schema && ['number', 'integer'].includes(String(schema.type)) ? [schema] : [];
  return [...own, ...Object.values(schema).flatMap(numbersIn)];
};

describe('a fault as a schedule has it', () => {
  it('is strict: another kind, another field or another unit is refused', () => {
    expect(faultSchema.parse(KILL)).toEqual(KILL);
    for (const wrong of [
      { ...KILL, kind: 'gremlin' },
      { ...KILL, atS: 12.4 },
      { ...KILL, process: 'supervisor' },
      { ...KILL, sysid: 0 },
      { ...KILL, atMs: -1 },
      { kind: 'kill', atMs: 1 },
      null,
    ]) {
      expect(faultSchema.safeParse(wrong).success).toBe(false);
    }
  });

  it('has every number bounded on both sides', () => {
    const numbers = numbersIn(z.toJSONSchema(faultListSchema));
    expect(numbers.length).toBeGreaterThan(20);
    for (const number of numbers) {
      expect(number).toSatisfy(
        (one: object) => ('minimum' in one || 'exclusiveMinimum' in one) && 'maximum' in one,
      );
    }
  });

  it('is what every kind draws', () => {
    for (const kind of FAULT_KINDS) {
      for (let seed = 0; seed < 20; seed += 1) {
        const window = {
          sysids: [1, 2, 3],
          others: [1000],
          fromMs: 10_000,
          untilMs: 50_000,
          kinds: [kind],
          most: 5,
          reachM: 60,
        };
        const faults = drawFaults(window, seededRandom(seed));
        expect(faultListSchema.parse(JSON.parse(JSON.stringify(faults)))).toEqual(faults);
      }
    }
  });

  it('says in words what it is, and when it is over', () => {
    expect(faultInWords(KILL)).toBe('12.4 s kill sysid 2, process "mind"');
    expect(endOf(KILL)).toBe(12_400);
    expect(endOf({ kind: 'gnss', atMs: 1000, sysid: 1, forMs: 500 })).toBe(1500);
  });
});
