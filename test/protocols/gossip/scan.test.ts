import * as fc from 'fast-check';
import { Packr, Unpackr } from 'msgpackr';
import { describe, expect, it } from 'vitest';

import { scanMsgpack, type ScanLimits } from '#protocols/gossip/scan.ts';

const limits: ScanLimits = { maxBytes: 4096, maxDepth: 4, maxElements: 200 };
const packr = new Packr({ useRecords: false, variableMapSize: true });
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true });

const scan = (...bytes: number[]) => scanMsgpack(Uint8Array.from(bytes), limits);

describe('what a scan lets through', () => {
  it('every message that our own encoder makes within the limits', () => {
    const scalar = fc.oneof(
      fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ maxLength: 300 }),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array({ maxLength: 300 }),
    );
    const key = fc.stringMatching(/^[a-zA-Z]{1,38}$/u);
    const value = fc.oneof(
      scalar,
      fc.array(fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })), { maxLength: 5 }),
      fc.dictionary(key, scalar, { maxKeys: 20 }),
    );
    fc.assert(
      fc.property(value, (message) => {
        expect(scanMsgpack(Uint8Array.from(packr.pack(message)), limits)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('only what the decoder then takes without throwing and without a BigInt or an extension', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        if (scanMsgpack(bytes, limits) !== undefined) return;
        const text = JSON.stringify(unpackr.unpack(bytes));
        expect(text).toBeTypeOf('string');
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('what a scan refuses', () => {
  it('lengths that promise more than there is, without reserving memory for them', () => {
    expect(scan(0xdd, 0xff, 0xff, 0xff, 0xff)).toBe('truncated');
    expect(scan(0xc6, 0xff, 0xff, 0xff, 0xff, 1)).toBe('truncated');
    expect(scan(0xdb, 0x7f, 0xff, 0xff, 0xff)).toBe('truncated');
    expect(scan(0xdf, 0xff, 0xff, 0xff, 0xff)).toBe('bad-key');
    expect(scan()).toBe('truncated');
  });

  it('extensions, reserved tokens and integers of 64 bits', () => {
    for (const token of [0xc7, 0xc8, 0xc9, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8]) {
      expect(scan(token, 0, 0, 0)).toBe('extension');
    }
    expect(scan(0xc1)).toBe('reserved');
    expect(scan(0xcf, 0, 0, 0, 0, 0, 0, 0, 1)).toBe('wide-integer');
    expect(scan(0xd3, 0, 0, 0, 0, 0, 0, 0, 1)).toBe('wide-integer');
  });

  it('numbers that are none', () => {
    for (const number of [Number.NaN, Infinity, -Infinity]) {
      expect(scanMsgpack(Uint8Array.from(packr.pack([number])), limits)).toBe('not-finite');
    }
    expect(scan(0xca, 0x7f, 0x80, 0, 0)).toBe('not-finite');
  });

  it('nesting, breadth and size over the limits', () => {
    expect(scan(0x91, 0x91, 0x91, 0x91, 1)).toBeUndefined();
    expect(scan(0x91, 0x91, 0x91, 0x91, 0x91, 1)).toBe('too-deep');
    expect(scan(...Array.from({ length: 4000 }, () => 0x91))).toBe('too-deep');
    expect(scan(0xdc, 0, 201, ...Array.from({ length: 201 }, () => 1))).toBe('too-many-elements');
    expect(scanMsgpack(new Uint8Array(4097), limits)).toBe('oversize');
    expect(scan(1, 1)).toBe('trailing-bytes');
  });

  it('keys that repeat, are no short text, or reach the prototype', () => {
    expect(scan(0x82, 0xa1, 0x61, 1, 0xa1, 0x61, 2)).toBe('duplicate-key');
    expect(scan(0x82, 0xa1, 0x61, 1, 0xd9, 1, 0x61, 2)).toBe('duplicate-key');
    expect(scan(0x81, 1, 1)).toBe('bad-key');
    expect(scan(0x81, 0xa2, 0xc3, 0xa4, 1)).toBe('bad-key');
    const prototype = [...new TextEncoder().encode('__proto__')];
    expect(scan(0x81, 0xa9, ...prototype, 1)).toBe('bad-key');
  });
});
