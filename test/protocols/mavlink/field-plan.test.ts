import { isDeepStrictEqual } from 'node:util';

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Attitude,
  AttitudeQuaternion,
  HighresImu,
  LocalPositionNed,
  Odometry,
  REGISTRY as COMMON,
} from 'mavlink-mappings/dist/lib/common.js';
import { REGISTRY as MINIMAL } from 'mavlink-mappings/dist/lib/minimal.js';
import { GlobalPositionInt, REGISTRY as STANDARD } from 'mavlink-mappings/dist/lib/standard.js';
import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import { decode } from '#protocols/mavlink/codec.ts';
import {
  fieldPlan,
  MAX_FIELD_NUMBERS,
  readFields,
  readPayload,
  type FieldPlan,
} from '#protocols/mavlink/field-plan.ts';
import { copyFrame, Framer } from '#protocols/mavlink/framer.ts';
import { seededRandom } from '#protocols/random.ts';
import { onboardTraffic } from '../../fuzz/mavlink/traffic.ts';

type Definition = MavLinkDataConstructor<MavLinkData>;

const MESSAGES: Definition[] = [MINIMAL, STANDARD, COMMON].flatMap((registry) =>
  Object.values(registry),
);

const HOT: Definition[] = [
  Attitude,
  AttitudeQuaternion,
  HighresImu,
  GlobalPositionInt,
  LocalPositionNed,
  Odometry,
];

/** What stood in the numbers before: a field that is not written shows. */
const STALE = -12_345.678;

const payloadRead = (payload: Uint8Array, definition: Definition): Float64Array => {
  const values = new Float64Array(MAX_FIELD_NUMBERS).fill(STALE);
  readPayload(payload, fieldPlan(definition), values);
  return values;
};

const viewRead = (payload: Uint8Array, lead: number, definition: Definition): Float64Array => {
  const buffer = Uint8Array.from([...new Uint8Array(lead).fill(0xaa), ...payload, 0xff, 0xff]);
  const values = new Float64Array(MAX_FIELD_NUMBERS).fill(STALE);
  const view = {
    sysid: 1,
    compid: 1,
    sequence: 0,
    msgid: definition.MSG_ID,
    buffer,
    data: new DataView(buffer.buffer),
    start: 0,
    length: buffer.length,
    payloadAt: lead,
    payloadLength: payload.length,
  };
  readFields(view, fieldPlan(definition), values);
  return values;
};

const classRead = (payload: Uint8Array, { MSG_ID: msgid }: Definition): MavLinkData =>
  decode({ sysid: 1, compid: 1, sequence: 0, msgid, payload, bytes: payload })!;

/** A field's numbers as the class decoder gives them: a bigint, a text or plain numbers. */
const asClass = (
  type: string,
  length: number,
  at: number,
  values: Float64Array,
): number | bigint | string | (number | bigint)[] => {
  const scalar = type.replace('[]', '');
  const elements = type.endsWith('[]') ? length : 1;
  if (type === 'char[]') {
    const text = String.fromCodePoint(...values.subarray(at, at + elements));
    return text.split('\0')[0]!;
  }
  const wide = scalar.endsWith('int64_t');
  const read = Array.from({ length: elements }, (_, element) =>
    wide
      ? (BigInt(values[at + 2 * element + 1]!) << 32n) | BigInt(values[at + 2 * element]!)
      : values[at + element]!,
  );
  return type.endsWith('[]') ? read : read[0]!;
};

/** Names of the fields that differ from the class's, bit by bit; numbers not written, or beyond the plan. */
const differences = (
  values: Float64Array,
  payload: Uint8Array,
  definition: Definition,
): string[] => {
  const plan: FieldPlan = fieldPlan(definition);
  const message = classRead(payload, definition);
  const different = definition.FIELDS.filter(({ name, type, length }) => {
    const read = asClass(type, length, plan.index[name]!, values);
    // Tells −0 from 0, a bigint from a number, and takes NaN for NaN.
    return !isDeepStrictEqual(read, Reflect.get(message, name));
  });
  const stale = values.subarray(0, plan.size).includes(STALE);
  const beyond = values.subarray(plan.size).some((one) => one !== STALE);
  return [
    ...different.map(({ name }) => `${definition.MSG_NAME}.${name}`),
    ...(stale ? ['not written'] : []),
    ...(beyond ? ['written beyond the plan'] : []),
  ];
};

/** Payloads with the values that break readers: NaN, infinities, −0, the ends of integers, zeros. */
const hostileBytes = (maxLength: number): fc.Arbitrary<Uint8Array> =>
  fc
    .array(
      fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
        fc.constantFrom(
          Uint8Array.of(0, 0, 0xc0, 0x7f),
          Uint8Array.of(0, 0, 0x80, 0xff),
          Uint8Array.of(0, 0, 0, 0x80),
          Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 0x7f),
          new Uint8Array(8).fill(255),
          new Uint8Array(8),
        ),
      ),
      { minLength: 1, maxLength: 64 },
    )
    .map((pieces) => Uint8Array.from(pieces.flatMap((piece) => [...piece])).slice(0, maxLength));

describe('fields read without a class', () => {
  test('are those of the class bit by bit, for every message, truncated anywhere or too long', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MESSAGES),
        hostileBytes(255),
        fc.nat({ max: 40 }),
        (definition, payload, lead) => {
          const copied = payloadRead(payload, definition);
          expect(differences(copied, payload, definition)).toEqual([]);
          const inPlace = viewRead(payload, lead, definition);
          expect(differences(inPlace, payload, definition)).toEqual([]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('of the hot messages hold at every length of the payload', () => {
    fc.assert(
      fc.property(fc.constantFrom(...HOT), hostileBytes(255), (definition, bytes) => {
        const full = new Uint8Array(definition.PAYLOAD_LENGTH + 2);
        full.set(bytes.subarray(0, full.length));
        for (let length = 1; length <= full.length; length += 1) {
          const payload = full.subarray(0, length);
          const values = viewRead(payload, 3, definition);
          expect(differences(values, payload, definition)).toEqual([]);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('of a stream are the same where the packets lie as when they are copied, while the buffer grows', () => {
    const framer = new Framer();
    const values = new Float64Array(MAX_FIELD_NUMBERS);
    const packets = onboardTraffic(300, seededRandom(7));
    let read = 0;
    for (let sent = 0, burst = 1; sent < packets.length; sent += burst, burst *= 2) {
      for (const packet of packets.slice(sent, sent + burst)) framer.push(packet);
      for (let view = framer.nextView(); view !== undefined; view = framer.nextView()) {
        const definition = MESSAGES.find(({ MSG_ID }) => MSG_ID === view!.msgid)!;
        values.fill(STALE);
        readFields(view, fieldPlan(definition), values);
        expect(differences(values, copyFrame(view).payload, definition)).toEqual([]);
        read += 1;
      }
    }
    expect(read).toBe(packets.length);
  });

  test('are found by their names', () => {
    expect(fieldPlan(Attitude).index).toEqual({
      timeBootMs: 0,
      roll: 1,
      pitch: 2,
      yaw: 3,
      rollspeed: 4,
      pitchspeed: 5,
      yawspeed: 6,
    });
    // A 64-bit integer takes two numbers, an array one for each element.
    expect(fieldPlan(AttitudeQuaternion).index.reprOffsetQ).toBe(8);
    expect(fieldPlan(HighresImu).index.xacc).toBe(2);
  });
});
