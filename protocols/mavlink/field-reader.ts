import type {
  MavLinkData,
  MavLinkDataConstructor,
  MavLinkPacketField,
} from 'mavlink-mappings/dist/lib/mavlink.js';
import { DESERIALIZERS } from 'node-mavlink/dist/lib/serialization.js';

const OTHER = 0;
const FLOAT = 1;
const U8 = 2;
const I8 = 3;
const U16 = 4;
const I16 = 5;
const U32 = 6;
const I32 = 7;

const WAYS: Readonly<Record<string, number>> = {
  float: FLOAT,
  uint8_t: U8,
  uint8_t_mavlink_version: U8,
  int8_t: I8,
  uint16_t: U16,
  int16_t: I16,
  uint32_t: U32,
  int32_t: I32,
};

/** How one field is read; made once for each message. */
interface FieldReader {
  readonly field: MavLinkPacketField;
  readonly name: string;
  readonly at: number;
  readonly way: number;
}

/** The counterpart of `FieldWriters`: reads payloads from one buffer, plain numbers without a call for each. */
export class FieldReaders {
  readonly #bytes = new Uint8Array(256);
  readonly #buffer = Buffer.from(this.#bytes.buffer);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #readers = new Map<MavLinkDataConstructor<MavLinkData>, FieldReader[]>();

  /** A new message, its fields as mavlink-mappings names them; arrays and texts are its own. */
  read(payload: Uint8Array, definition: MavLinkDataConstructor<MavLinkData>): MavLinkData {
    const bytes = this.#bytes;
    const size = definition.PAYLOAD_LENGTH;
    const given = Math.min(size, payload.length);
    for (let at = 0; at < given; at += 1) bytes[at] = payload[at]!;
    // Zeros were cut off on the wire.
    bytes.fill(0, given, size);
    // The constructors list every enum's keys to find a default; all fields are set here anyway.
    const message = Reflect.construct(Object, [], definition) as Record<string, unknown>;
    const readers = this.#readersOf(definition);
    for (let index = 0; index < readers.length; index += 1) {
      const reader = readers[index]!;
      message[reader.name] = this.#value(reader);
    }
    return message as unknown as MavLinkData;
  }

  #readersOf(definition: MavLinkDataConstructor<MavLinkData>): readonly FieldReader[] {
    const known = this.#readers.get(definition);
    if (known !== undefined) return known;
    const readers = definition.FIELDS.map((field) => ({
      field,
      name: field.name,
      at: field.offset,
      way: WAYS[field.type] ?? OTHER,
    }));
    this.#readers.set(definition, readers);
    return readers;
  }

  #value({ way, at, field }: FieldReader): unknown {
    const view = this.#view;
    switch (way) {
      case FLOAT:
        return view.getFloat32(at, true);
      case U8:
        return view.getUint8(at);
      case I8:
        return view.getInt8(at);
      case U16:
        return view.getUint16(at, true);
      case I16:
        return view.getInt16(at, true);
      case U32:
        return view.getUint32(at, true);
      case I32:
        return view.getInt32(at, true);
      default:
        return DESERIALIZERS[field.type]!(this.#buffer, at, field.length);
    }
  }
}
