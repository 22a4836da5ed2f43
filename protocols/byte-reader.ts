import { Fault } from './fault.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads what a {@link ByteWriter} wrote, from bytes that anybody may have written: every read is
 * bounded. Throws Fault 'bytes-malformed' where the bytes end too early or are no text.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** A view of the bytes, not a copy. */
  bytes(): Uint8Array {
    const length = this.u32();
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  text(): string {
    const length = this.u16();
    const at = this.#take(length);
    try {
      return decoder.decode(this.#bytes.subarray(at, at + length));
    } catch {
      throw this.malformed('no text');
    }
  }

  floats(): Float32Array {
    const count = this.u32();
    const at = this.#take(4 * count);
    const values = new Float32Array(count);
    for (let index = 0; index < count; index += 1) {
      values[index] = this.#view.getFloat32(at + 4 * index, true);
    }
    return values;
  }

  /** How many there are of something of which each takes `leastBytes` at least. */
  count(leastBytes: number): number {
    const count = this.u32();
    if (count * leastBytes > this.#bytes.length - this.#at) throw this.malformed('a count');
    return count;
  }

  /** To be called last: what follows means nothing. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw this.malformed('bytes behind the end');
  }

  malformed(what: string): Fault {
    const offset = this.#at;
    return new Fault('bytes-malformed', `malformed at byte ${offset}: ${what}`, {
      data: { offset, what, bytes: this.#bytes.length },
      remedy: 'It is damaged, or another version of this project wrote it: read it with that one.',
    });
  }

  #take(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#bytes.length) throw this.malformed('cut short');
    this.#at = at + bytes;
    return at;
  }
}
