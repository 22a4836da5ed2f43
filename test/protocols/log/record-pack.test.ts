import * as fc from 'fast-check';
import { pack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { recordContent } from '#coordinator/audit/describe-record.ts';
import { readPlan } from '#coordinator/report/plan-statistics.ts';
import { unpackRecord } from '#protocols/log/record-pack.ts';

const record = (payload: Uint8Array) =>
  ({ channel: 'mind/plan', number: 0, monotonicMs: 0, logTimeUs: 0n, payload }) as const;

const bytes = (...values: number[]): Buffer => Buffer.from(values);

describe('a record that holds msgpack', () => {
  it('of our own is read whole, costs beyond all bounds and big numbers included', () => {
    const plan = {
      source: 'model',
      planMs: 12.5,
      tripped: false,
      bestCost: Number.POSITIVE_INFINITY,
      rejectedCosts: Array.from({ length: 2000 }, (_, index) => index / 7),
      atUs: 1_790_000_000_000_000,
    };
    expect(unpackRecord(pack(plan))).toEqual(plan);
    expect(readPlan(pack(plan))).toMatchObject({ planMs: 12.5 });
    expect(recordContent(record(pack(plan)))).toMatchObject({ bestCost: null });
  });

  it.each([
    [
      'half a million lists',
      Buffer.concat([bytes(0xdd, 0, 7, 0xff, 0xf0), Buffer.alloc(0x7fff0, 0x90)]),
    ],
    ['lists in lists in lists', Buffer.alloc(1 << 19, 0x91)],
    ['more than a record may', Buffer.concat([bytes(0xc6, 0, 0x20, 0, 0), Buffer.alloc(1 << 21)])],
    ['a list that claims four thousand million', bytes(0xdd, 0xff, 0xff, 0xff, 0xff)],
    ['a made-up type', bytes(0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 1)],
    [
      'a key that reaches the prototype',
      Buffer.concat([bytes(0x81, 0xa9), Buffer.from('__proto__'), bytes(1)]),
    ],
  ])('of %s is not built', (_, payload) => {
    expect(unpackRecord(payload)).toBeUndefined();
    expect(recordContent(record(payload))).toBeUndefined();
    expect(readPlan(payload)).toBeUndefined();
  });

  it('of arbitrary bytes never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => {
        expect(() => unpackRecord(payload)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});
