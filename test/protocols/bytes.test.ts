import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ByteReader } from '#protocols/byte-reader.ts';
import { ByteWriter } from '#protocols/byte-writer.ts';
import { Fault } from '#protocols/fault.ts';

type Part =
  | { kind: 'u8' | 'u16' | 'u32' | 'f64'; value: number }
  | { kind: 'bytes'; value: Uint8Array }
  | { kind: 'text'; value: string }
  | { kind: 'floats'; value: Float32Array };

const whole = (kind: 'u8' | 'u16' | 'u32', max: number): fc.Arbitrary<Part> =>
  fc.record({ kind: fc.constant(kind), value: fc.nat({ max }) });

const part: fc.Arbitrary<Part> = fc.oneof(
  whole('u8', 0xff),
  whole('u16', 0xffff),
  whole('u32', 0xffff_ffff),
  fc.record({ kind: fc.constant('f64' as const), value: fc.double() }),
  fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 6000 }) }),
  fc.record({
    kind: fc.constant('text' as const),
    value: fc.string({ unit: 'grapheme', maxLength: 40 }),
  }),
  fc.record({ kind: fc.constant('floats' as const), value: fc.float32Array({ maxLength: 40 }) }),
);

const write = (writer: ByteWriter, { kind, value }: Part): void =>
  (writer[kind] as (value: unknown) => void).call(writer, value);

describe('bytes written one after the other', () => {
  it('are read again as they were, whatever was written before into the same array', () => {
    const writer = new ByteWriter();
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        writer.reset();
        for (const one of parts) write(writer, one);
        const reader = new ByteReader(writer.written().slice());
        for (const { kind, value } of parts) expect(reader[kind]()).toEqual(value);
        reader.end();
      }),
    );
  });

  it('cut short, are a fault and nothing else', () => {
    const writer = new ByteWriter();
    fc.assert(
      fc.property(part, fc.nat(), (one, cut) => {
        writer.reset();
        write(writer, one);
        const length = cut % writer.length;
        const reader = new ByteReader(writer.written().slice(0, length));
        expect(() => reader[one.kind]()).toThrow(Fault);
      }),
    );
  });

  it('give no count that their rest could not hold', () => {
    const writer = new ByteWriter();
    writer.u32(0xffff_ffff);
    expect(() => new ByteReader(writer.written()).count(1)).toThrow(/a count/);
  });

  it('keep of a text what its length can say, and whole characters', () => {
    const writer = new ByteWriter();
    writer.text('é'.repeat(40_000));
    expect(new ByteReader(writer.written()).text()).toBe('é'.repeat(32_767));
  });
});
