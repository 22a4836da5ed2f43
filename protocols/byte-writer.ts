const FIRST_BYTES = 4096;
/** Most bytes that one character of a string takes as UTF-8. */
const UTF8_BYTES = 3;

const encoder = new TextEncoder();

/**
 * Writes numbers, texts and bytes one after the other, little-endian, into one array that grows and
 * is used again: what is written ten times a second must not cost an array for each of its parts.
 */
export class ByteWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Begins anew; what {@link written} gave is overwritten by what follows. */
  reset(): void {
    this.#length = 0;
  }

  u8(value: number): void {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#grow(2);
    this.#view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, true);
  }

  f64(value: number): void {
    const at = this.#grow(8);
    this.#view.setFloat64(at, value, true);
  }

  /** u32 length, then the bytes. */
  bytes(bytes: Uint8Array): void {
    this.u32(bytes.length);
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** u16 length in bytes, then UTF-8; what does not fit into the length is cut off. */
  text(text: string): void {
    const at = this.#grow(2 + UTF8_BYTES * text.length);
    const room = this.#bytes.subarray(at + 2, Math.min(this.#length, at + 2 + 0xffff));
    const { written } = encoder.encodeInto(text, room);
    this.#view.setUint16(at, written, true);
    this.#length = at + 2 + written;
  }

  /** u32 count, then float32 each. */
  floats(values: Float32Array): void {
    this.u32(values.length);
    const at = this.#grow(4 * values.length);
    for (let index = 0; index < values.length; index += 1) {
      this.#view.setFloat32(at + 4 * index, values[index]!, true);
    }
  }

  /** A view of what was written since the last reset, good until the next. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Makes room and says where it begins. */
  #grow(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}
