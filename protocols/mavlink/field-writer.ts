import type {
  MavLinkData,
  MavLinkDataConstructor,
  MavLinkPacketField,
} from 'mavlink-mappings/dist/lib/mavlink.js';
import { SERIALIZERS } from 'node-mavlink/dist/lib/serialization.js';
import { Fault } from '../fault.ts';

const FLOATING: ReadonlySet<string> = new Set(['float', 'double']);

/** Least and greatest value of the types that a plain number fills. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  uint8_t: [0, 0xff],
  uint8_t_mavlink_version: [0, 0xff],
  int8_t: [-0x80, 0x7f],
  uint16_t: [0, 0xffff],
  int16_t: [-0x80_00, 0x7f_ff],
  uint32_t: [0, 0xff_ff_ff_ff],
  int32_t: [-0x80_00_00_00, 0x7f_ff_ff_ff],
};

const OTHER = 0;
const FLOAT = 1;
const FLOATS = 2;
const ONE_BYTE = 3;
const TWO_BYTES = 4;
const FOUR_BYTES = 5;

/** How one field is written; made once for each message. */
interface FieldWriter {
  readonly field: MavLinkPacketField;
  readonly name: string;
  readonly way: number;
  readonly at: number;
  readonly least: number;
  readonly greatest: number;
}

const wayOf = (type: string): number => {
  if (type === 'float') return FLOAT;
  if (type === 'float[]') return FLOATS;
  const range = RANGES[type];
  if (range === undefined) return OTHER;
  const values = range[1] - range[0];
  if (values === 0xff) return ONE_BYTE;
  return values === 0xffff ? TWO_BYTES : FOUR_BYTES;
};

const writersOf = (
  definition: MavLinkDataConstructor<MavLinkData>,
  payloadAt: number,
): FieldWriter[] =>
  definition.FIELDS.map((field) => {
    const [least, greatest] = RANGES[field.type] ?? [Number.NaN, Number.NaN];
    const at = payloadAt + field.offset;
    return { field, name: field.name, way: wayOf(field.type), at, least, greatest };
  });

/**
 * Writes messages into one buffer, again and again: what a flight sends often costs no objects.
 * What is not a plain number in its range goes the way of node-mavlink's own serializers.
 */
export class FieldWriters {
  /** The buffer: its payload is that of the last message written. */
  readonly bytes: Uint8Array;
  readonly #buffer: Buffer;
  readonly #view: DataView;
  readonly #payloadAt: number;
  readonly #writers = new Map<MavLinkDataConstructor<MavLinkData>, FieldWriter[]>();

  constructor(bytes: number, payloadAt: number) {
    // Not a Buffer for all but the slow way: the checksum is much faster if it only ever sees one kind.
    this.bytes = new Uint8Array(bytes);
    this.#buffer = Buffer.from(this.bytes.buffer);
    this.#view = new DataView(this.bytes.buffer);
    this.#payloadAt = payloadAt;
  }

  /** Throws the Fault `mavlink-unencodable` for a value that its field cannot hold. */
  write(message: MavLinkData, definition: MavLinkDataConstructor<MavLinkData>): void {
    this.bytes.fill(0);
    let writers = this.#writers.get(definition);
    if (writers === undefined) {
      writers = writersOf(definition, this.#payloadAt);
      this.#writers.set(definition, writers);
    }
    for (const writer of writers) {
      const value = (message as unknown as Record<string, unknown>)[writer.name];
      if (typeof value === 'number' ? !this.#number(writer, value) : !this.#floats(writer, value)) {
        this.#other(writer, value, definition);
      }
    }
  }

  /** False for a number that needs a closer look. */
  #number({ way, at, least, greatest }: FieldWriter, value: number): boolean {
    if (way === FLOAT) this.#view.setFloat32(at, value, true);
    else if (!(value >= least && value <= greatest)) return false;
    else if (way === ONE_BYTE) this.bytes[at] = value;
    else if (way === TWO_BYTES) this.#view.setUint16(at, value, true);
    else this.#view.setUint32(at, value, true);
    return true;
  }

  #floats({ way, at, field }: FieldWriter, values: unknown): boolean {
    if (way !== FLOATS || !Array.isArray(values)) return false;
    const count = Math.min(values.length, field.length);
    for (let element = 0; element < count; element += 1) {
      const value: unknown = values[element];
      if (typeof value !== 'number') return false;
      this.#view.setFloat32(at + 4 * element, value, true);
    }
    return true;
  }

  #other(
    { field, at }: FieldWriter,
    value: unknown,
    definition: MavLinkDataConstructor<MavLinkData>,
  ): void {
    try {
      // Buffer's integer writers would turn NaN into 0 without a word.
      if (Number.isNaN(value) && !FLOATING.has(field.type)) throw new RangeError('not a number');
      SERIALIZERS[field.type]!(value, this.#buffer, at, field.length);
    } catch (cause) {
      throw new Fault(
        'mavlink-unencodable',
        `${definition.MSG_NAME}.${field.source} cannot hold ${String(value)}`,
        { data: { message: definition.MSG_NAME, field: field.source, type: field.type }, cause },
      );
    }
  }
}
