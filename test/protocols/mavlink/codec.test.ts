import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CommandLong,
  DoSetModeCommand,
  REGISTRY as COMMON,
  StatusText,
  TimeSync,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import { Heartbeat, REGISTRY as MINIMAL } from 'mavlink-mappings/dist/lib/minimal.js';
import { GlobalPositionInt, REGISTRY as STANDARD } from 'mavlink-mappings/dist/lib/standard.js';
import { Fault } from '#protocols/fault.ts';
import { Encoder, decode } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';

const CLASSES: MavLinkDataConstructor<MavLinkData>[] = [
  ...new Set([COMMON, MINIMAL, STANDARD].flatMap((registry) => Object.values(registry))),
];

const frameOf = (bytes: Uint8Array): Frame => {
  const framer = new Framer();
  framer.push(bytes);
  const frame = framer.next();
  expect(frame).toBeDefined();
  return frame!;
};

const SCALARS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  char: fc.constant(0),
  int8_t: fc.integer({ min: -128, max: 127 }),
  uint8_t: fc.integer({ min: 0, max: 255 }),
  uint8_t_mavlink_version: fc.integer({ min: 0, max: 255 }),
  int16_t: fc.integer({ min: -32_768, max: 32_767 }),
  uint16_t: fc.integer({ min: 0, max: 65_535 }),
  int32_t: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  uint32_t: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  int64_t: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  uint64_t: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  float: fc.float(),
  double: fc.double(),
};

const valueOf = (type: string, length: number): fc.Arbitrary<unknown> => {
  if (type === 'char[]') {
    return fc.string({
      unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
      maxLength: length,
    });
  }
  const scalar = SCALARS[type.replace('[]', '')]!;
  return type.endsWith('[]') ? fc.array(scalar, { minLength: length, maxLength: length }) : scalar;
};

const anyMessage = fc.constantFrom(...CLASSES).chain((definition) =>
  fc.tuple(...definition.FIELDS.map((field) => valueOf(field.type, field.length))).map((values) => {
    const message = new definition();
    definition.FIELDS.forEach((field, index) => Reflect.set(message, field.name, values[index]));
    return { definition, message };
  }),
);

describe('every message that the common dialect defines', () => {
  test('comes back as it went out, whatever its values', () => {
    fc.assert(
      fc.property(anyMessage, ({ definition, message }) => {
        const decoded = decode(frameOf(new Encoder(7, 191).encode(message)));
        expect(decoded).toBeInstanceOf(definition);
        for (const { name } of definition.FIELDS) {
          expect(Reflect.get(decoded!, name)).toEqual(Reflect.get(message, name));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('decodes from any payload at all without throwing, at its full width', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CLASSES),
        fc.uint8Array({ maxLength: 255 }),
        (definition, payload) => {
          const frame = { sysid: 1, compid: 1, sequence: 0, msgid: definition.MSG_ID };
          const message = decode({ ...frame, payload, bytes: payload })!;
          expect(Object.keys(message)).toEqual(definition.FIELDS.map(({ name }) => name));
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('an unknown message decodes to nothing', () => {
  const empty = new Uint8Array(0);
  const frame = { sysid: 1, compid: 1, sequence: 0, msgid: 8, payload: empty, bytes: empty };
  expect(decode(frame)).toBeUndefined();
});

test('trailing zeros are cut on the wire, and one byte always stays', () => {
  const packet = new Encoder(1, 1).encode(new CommandLong());
  expect(packet[0]).toBe(0xfd);
  expect(packet[1]).toBe(1);
  expect(packet).toHaveLength(13);
  expect(decode(frameOf(packet))).toMatchObject({ command: 0, confirmation: 0, _param7: 0 });
});

test('fields of a newer dialect behind the known ones are ignored', () => {
  const position = new GlobalPositionInt();
  position.lat = 454_671_160;
  position.hdg = 35_999;
  const frame = frameOf(new Encoder(1, 1).encode(position));
  const payload = Buffer.concat([frame.payload, Buffer.from([1, 2, 3])]);
  expect(decode({ ...frame, payload })).toMatchObject({ lat: 454_671_160, hdg: 35_999 });
});

test('each encoder counts its own sequence and wraps at 256', () => {
  const one = new Encoder(1, 1);
  const other = new Encoder(1, 1);
  const sequences = Array.from(
    { length: 258 },
    () => frameOf(one.encode(new Heartbeat())).sequence,
  );
  expect(sequences.slice(0, 3)).toEqual([0, 1, 2]);
  expect(sequences.slice(255)).toEqual([255, 0, 1]);
  expect(frameOf(other.encode(new Heartbeat())).sequence).toBe(0);
});

test('a command named by its class is sent as COMMAND_LONG', () => {
  const command = new DoSetModeCommand(3, 1);
  command.customMode = 6;
  const decoded = decode(frameOf(new Encoder(245, 191).encode(command)));
  expect(decoded).toMatchObject({ command: 176, targetSystem: 3, _param2: 6 });
});

test('the bytes are those of MAVLink itself', () => {
  // Header and payload written out by hand from the serialization guide.
  const heartbeat = new Heartbeat();
  heartbeat.type = 18;
  heartbeat.autopilot = 8;
  heartbeat.systemStatus = 4;
  heartbeat.mavlinkVersion = 3;
  const packet = Buffer.from(new Encoder(245, 191).encode(heartbeat)).toString('hex');
  expect(packet.slice(0, -4)).toBe('fd09000000f5bf000000000000001208000403');
});

const faultOf = (message: MavLinkData): unknown => {
  try {
    new Encoder(1, 1).encode(message);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('a value that a field cannot hold', () => {
  test('names the message and the field', () => {
    const position = new GlobalPositionInt();
    position.hdg = 70_000;
    const fault = faultOf(position);
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({
      code: 'mavlink-unencodable',
      data: { message: 'GLOBAL_POSITION_INT', field: 'hdg' },
    });
  });

  test('may be a number where a bigint belongs, or NaN where an integer does', () => {
    const timesync = new TimeSync();
    Reflect.set(timesync, 'tc1', 5);
    expect(faultOf(timesync)).toMatchObject({ data: { field: 'tc1' } });
    const position = new GlobalPositionInt();
    position.lat = Number.NaN;
    expect(faultOf(position)).toMatchObject({ data: { field: 'lat' } });
  });

  test('costs no sequence number', () => {
    const encoder = new Encoder(1, 1);
    const text = new StatusText();
    text.text = '\u2603';
    expect(() => encoder.encode(text)).toThrow(Fault);
    expect(frameOf(encoder.encode(new Heartbeat())).sequence).toBe(0);
  });
});
