import * as z from 'zod';

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

/** Bytes of any length up to `max`. */
export const byteString = (max: number): z.ZodType<Uint8Array> =>
  z.custom<Uint8Array>((value) => isBytes(value) && value.length <= max, `at most ${max} bytes`);

/** Exactly `length` bytes. */
export const exactBytes = (length: number): z.ZodType<Uint8Array> =>
  z.custom<Uint8Array>((value) => isBytes(value) && value.length === length, `${length} bytes`);
