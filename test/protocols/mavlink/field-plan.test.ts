import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REGISTRY as COMMON } from 'mavlink-mappings/dist/lib/common.js';
import { REGISTRY as MINIMAL } from 'mavlink-mappings/dist/lib/minimal.js';
import { REGISTRY as STANDARD } from 'mavlink-mappings/dist/lib/standard.js';
import { Attitude } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import { decode } from '#protocols/mavlink/codec.ts';
import { fieldPlan, readFields } from '#protocols/mavlink/field-plan.ts';

const MESSAGES: MavLinkDataConstructor<MavLinkData>[] = [MINIMAL, STANDARD, COMMON].flatMap(
  (registry) => Object.values(registry),
);

/** The numbers of a decoded message in the order of its fields. Text ends at its first zero, so it is left out. */
const numbersOf = (message: MavLinkData, definition: MavLinkDataConstructor<MavLinkData>) =>
  definition.FIELDS.flatMap((field) => {
    const value: unknown = Reflect.get(message, field.name);
    if (field.type === 'char[]') return Array.from({ length: field.length }, () => null);
    return (Array.isArray(value) ? value : [value]).map(Number);
  });

describe('fields read without a class', () => {
  test('are those of the class, for every message and whatever its payload, truncated or too long', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MESSAGES),
        fc.uint8Array({ minLength: 1, maxLength: 255 }),
        fc.nat({ max: 40 }),
        (definition, payload, lead) => {
          const plan = fieldPlan(definition);
          const into = new Float64Array(plan.size);
          const buffer = Uint8Array.from([...new Uint8Array(lead).fill(0xaa), ...payload, 0xff]);
          readFields({ buffer, payloadAt: lead, payloadLength: payload.length }, plan, into);
          const header = { sysid: 1, compid: 1, sequence: 0, msgid: definition.MSG_ID };
          const message = decode({ ...header, payload, bytes: payload })!;
          const wanted = numbersOf(message, definition);
          expect(into).toHaveLength(wanted.length);
          for (const [at, number] of wanted.entries()) {
            if (number !== null) expect(into[at]).toBe(number);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('are found by their names', () => {
    const plan = fieldPlan(Attitude);
    expect(plan.index).toEqual({
      timeBootMs: 0,
      roll: 1,
      pitch: 2,
      yaw: 3,
      rollspeed: 4,
      pitchspeed: 5,
      yawspeed: 6,
    });
  });
});
