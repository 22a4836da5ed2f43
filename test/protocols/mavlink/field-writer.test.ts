import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Attitude, REGISTRY as COMMON } from 'mavlink-mappings/dist/lib/common.js';
import { REGISTRY as MINIMAL } from 'mavlink-mappings/dist/lib/minimal.js';
import { REGISTRY as STANDARD } from 'mavlink-mappings/dist/lib/standard.js';
import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import { SERIALIZERS } from 'node-mavlink/dist/lib/serialization.js';
import { FieldWriters } from '#protocols/mavlink/field-writer.ts';

type Definition = MavLinkDataConstructor<MavLinkData>;

const MESSAGES: Definition[] = [MINIMAL, STANDARD, COMMON].flatMap((registry) =>
  Object.values(registry),
);

const PAYLOAD_AT = 10;

const writers = new FieldWriters(300, PAYLOAD_AT);

/** Field by field with node-mavlink's own serializers; undefined when one of them refuses. */
const referenceOf = (message: MavLinkData, definition: Definition): Buffer | undefined => {
  const payload = Buffer.alloc(definition.PAYLOAD_LENGTH);
  try {
    for (const { name, type, offset, length } of definition.FIELDS) {
      const value: unknown = Reflect.get(message, name);
      if (Number.isNaN(value) && type !== 'float' && type !== 'double') return undefined;
      SERIALIZERS[type]!(value, payload, offset, length);
    }
    return payload;
  } catch {
    return undefined;
  }
};

const writtenOf = (message: MavLinkData, definition: Definition): Buffer | undefined => {
  try {
    writers.write(message, definition);
    const end = PAYLOAD_AT + definition.PAYLOAD_LENGTH;
    expect([...writers.bytes.subarray(0, PAYLOAD_AT), ...writers.bytes.subarray(end)]).toEqual(
      Array.from({ length: 300 - definition.PAYLOAD_LENGTH }, () => 0),
    );
    return Buffer.from(writers.bytes.subarray(PAYLOAD_AT, end));
  } catch (error) {
    expect(error).toMatchObject({ code: 'mavlink-unencodable' });
    return undefined;
  }
};

const number = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.double(),
  fc.constantFrom(-0, -0.5, 127.5, 255, 255.5, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1, 2 ** 32),
);

const FITTING: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'char[]': fc.string({ unit: 'binary-ascii', maxLength: 60 }),
  float: fc.double(),
  double: fc.double(),
};

/** Mostly what fits a field of the type, now and then anything at all. */
const valueFor = (type: string): fc.Arbitrary<unknown> => {
  const scalar = type.replace('[]', '');
  const wide = scalar.endsWith('64_t');
  const one =
    FITTING[scalar] ?? (wide ? fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }) : fc.nat({ max: 127 }));
  const fitting = FITTING[type] ?? (type.endsWith('[]') ? fc.array(one, { maxLength: 70 }) : one);
  const wild = fc.oneof(
    number,
    fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }),
    fc.string(),
    fc.constantFrom(undefined, null, true),
    fc.array(fc.oneof(number, fc.constantFrom(undefined, null, '7'))),
  );
  return fc.oneof({ weight: 200, arbitrary: fitting }, { weight: 1, arbitrary: wild });
};

const anyMessage = fc.constantFrom(...MESSAGES).chain((definition) => {
  const fields = definition.FIELDS.map(({ name, type }) => [name, valueFor(type)] as const);
  return fc.record(Object.fromEntries(fields)).map((values) => {
    const message = Object.assign(Object.create(definition.prototype) as MavLinkData, values);
    return { message, definition };
  });
});

test('any message is written as node-mavlink’s serializers write it, or refused where they refuse', () => {
  const seen = { written: 0, refused: 0 };
  fc.assert(
    fc.property(anyMessage, ({ message, definition }) => {
      const wanted = referenceOf(message, definition);
      expect(writtenOf(message, definition)).toEqual(wanted);
      seen[wanted === undefined ? 'refused' : 'written'] += 1;
    }),
    { numRuns: 3000 },
  );
  expect(seen.written).toBeGreaterThan(1000);
  expect(seen.refused).toBeGreaterThan(10);
});

test('so is a number that only just fits its field, or only just does not', () => {
  const scalars = MESSAGES.flatMap((definition) =>
    definition.FIELDS.filter(({ type }) => !type.endsWith('[]')).map((field) => ({
      definition,
      field,
    })),
  );
  fc.assert(
    fc.property(fc.constantFrom(...scalars), number, ({ definition, field }, value) => {
      const message = Object.assign(Object.create(definition.prototype) as MavLinkData);
      for (const { name, type } of definition.FIELDS) {
        Reflect.set(message, name, type.endsWith('64_t') ? 0n : type.endsWith('[]') ? [] : 0);
      }
      Reflect.set(message, field.name, value);
      expect(writtenOf(message, definition)).toEqual(referenceOf(message, definition));
    }),
    { numRuns: 5000 },
  );
});

test('nothing of a message is left in the next one, nor of one that was refused', () => {
  const full = Object.assign(new Attitude(), { timeBootMs: 0xff_ff_ff_ff, roll: 1, yawspeed: -1 });
  writers.write(full, Attitude);
  const broken = Object.assign(new Attitude(), { timeBootMs: 7, yawspeed: 1n });
  expect(() => writers.write(broken, Attitude)).toThrow('ATTITUDE.yawspeed cannot hold 1');
  writers.write(new Attitude(), Attitude);
  expect(writers.bytes.every((byte) => byte === 0)).toBe(true);
});
