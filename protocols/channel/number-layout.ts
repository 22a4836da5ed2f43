/**
 * A fixed layout of float64 fields, little-endian, in the order of `fields`, optionally followed by
 * UTF-8 text: enough for the messages that the pilot reads and writes, without a general decoder.
 */
export interface NumberLayout<Field extends string> {
  readonly fields: readonly Field[];
  readonly bytes: number;
  encode(values: Readonly<Record<Field, number>>, text?: string): Uint8Array;
  /** Undefined when the bytes are too short or the text is longer than `maxTextBytes`. */
  decode(bytes: Uint8Array): { values: Record<Field, number>; text: string } | undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const numberLayout = <Field extends string>(
  fields: readonly Field[],
  maxTextBytes = 0,
): NumberLayout<Field> => {
  const fixed = 8 * fields.length;
  return {
    fields,
    bytes: fixed,
    encode: (values, text = '') => {
      const tail = encoder.encode(text).subarray(0, maxTextBytes);
      const bytes = new Uint8Array(fixed + tail.length);
      const view = new DataView(bytes.buffer);
      for (let index = 0; index < fields.length; index += 1) {
        view.setFloat64(8 * index, values[fields[index]!], true);
      }
      bytes.set(tail, fixed);
      return bytes;
    },
    decode: (bytes) => {
      if (bytes.length < fixed || bytes.length > fixed + maxTextBytes) return undefined;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const values = {} as Record<Field, number>;
      for (let index = 0; index < fields.length; index += 1) {
        values[fields[index]!] = view.getFloat64(8 * index, true);
      }
      return { values, text: decoder.decode(bytes.subarray(fixed)) };
    },
  };
};
