import { eventId } from './event-id.ts';

/** Bytes of EVENT.arguments. */
export const ARGUMENT_BYTES = 40;

/** Something that has happened, before it has a number and a time. */
export interface RaisedEvent {
  readonly id: number;
  /** Log levels as on the wire: internal in the upper four bits, external in the lower. */
  readonly levels: number;
  /** {@link ARGUMENT_BYTES}, zeros behind the last argument. */
  readonly arguments: Uint8Array;
}

const WRITERS = {
  u8: { bytes: 1, write: (view: DataView, at: number, value: number) => view.setUint8(at, value) },
  u16: {
    bytes: 2,
    write: (view: DataView, at: number, value: number) => view.setUint16(at, value, true),
  },
  u32: {
    bytes: 4,
    write: (view: DataView, at: number, value: number) => view.setUint32(at, value, true),
  },
  i32: {
    bytes: 4,
    write: (view: DataView, at: number, value: number) => view.setInt32(at, value, true),
  },
  f32: {
    bytes: 4,
    write: (view: DataView, at: number, value: number) => view.setFloat32(at, value, true),
  },
} as const;

export type ArgumentType = keyof typeof WRITERS;

/** Arguments by position, one for each declared type. */
type Values<Types extends readonly ArgumentType[]> = { [Index in keyof Types]: number };

export interface EventKind<Types extends readonly ArgumentType[]> {
  (...values: Values<Types>): RaisedEvent;
  readonly kindName: string;
}

/**
 * A kind of event by PX4's name: a function that makes one of its arguments, which lie on the wire one
 * behind the other without gaps. `levels` as recorded.
 */
export const eventKind = <const Types extends readonly ArgumentType[]>(
  name: string,
  levels: number,
  ...types: Types
): EventKind<Types> => {
  const id = eventId(name);
  const raise = (...values: Values<Types>): RaisedEvent => {
    const bytes = new Uint8Array(ARGUMENT_BYTES);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const [index, type] of types.entries()) {
      const writer = WRITERS[type];
      writer.write(view, at, values[index]!);
      at += writer.bytes;
    }
    return { id, levels, arguments: bytes };
  };
  return Object.assign(raise, { kindName: name });
};
