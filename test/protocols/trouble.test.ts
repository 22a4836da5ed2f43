import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  gravestOf,
  MAX_LINES_BYTES,
  MAX_TROUBLES,
  packTrouble,
  trouble,
  TROUBLE_CODES,
  troubleLines,
  TROUBLES,
  troublesOfLines,
  troubleText,
  unpackTrouble,
} from '#protocols/trouble.ts';

const troubles = fc.record({
  code: fc.constantFrom(...TROUBLE_CODES),
  grave: fc.boolean(),
  subject: fc.string({ unit: 'binary', maxLength: 40 }),
});

describe('troubles', () => {
  test('have a number of their own each', () => {
    const numbers = TROUBLE_CODES.map((code) => TROUBLES[code].number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Math.max(...numbers)).toBeLessThan(64);
  });

  test('come back as they were sent, on the air and in the channels, whatever their subject was', () => {
    fc.assert(
      fc.property(fc.array(troubles, { maxLength: 6 }), (raw) => {
        const sent = gravestOf(
          raw.map(({ code, grave, subject }) => trouble(code, grave, subject)),
        );
        expect(sent.length).toBeLessThanOrEqual(MAX_TROUBLES);
        expect(sent.map(packTrouble).map(unpackTrouble)).toEqual(sent);
        const lines = troubleLines(sent);
        expect(new TextEncoder().encode(lines).length).toBeLessThanOrEqual(MAX_LINES_BYTES);
        expect(troublesOfLines(lines.split('\n').slice(1))).toEqual(sent);
        expect(sent.map(troubleText).join('')).toMatch(/^[\x20-\x7e]*$/u);
      }),
    );
  });

  test('that are none are left out', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (lines) => {
        expect(troublesOfLines(lines).length).toBeLessThanOrEqual(MAX_TROUBLES);
      }),
    );
    expect(troublesOfLines(['!toString x', 'link-down', '!link-down', '?link-down é'])).toEqual([]);
    expect(unpackTrouble([127, ''])).toBeUndefined();
  });
});
