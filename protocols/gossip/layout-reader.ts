import { MOMENT, momentKind, TICKS_PER_MS } from './layout-writer.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Of a number below 2^56; seven bits each. */
const MOST_VARINT_BYTES = 8;

/**
 * Reads what {@link LayoutWriter} wrote, from bytes that anyone may have written: never throws, never
 * reads beyond them. What is missing or out of its range reads as nothing and spoils the whole, so ask
 * `isSound` before a count is followed, and `isWhole` at the end.
 */
export class LayoutReader {
  /** False from the first field on that could not be read. */
  isSound = true;
  readonly #bytes: Uint8Array;
  #view: DataView | undefined;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Everything was read and nothing is left over. */
  get isWhole(): boolean {
    return this.isSound && this.#at === this.#bytes.length;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    this.#at += 1;
    return value ?? this.spoil();
  }

  u32(): number {
    const at = this.#take(4);
    return at < 0 ? 0 : this.#dataView.getUint32(at, true);
  }

  i32(): number {
    const at = this.#take(4);
    return at < 0 ? 0 : this.#dataView.getInt32(at, true);
  }

  whole8(max: number): number {
    const value = this.byte();
    return value <= max ? value : this.spoil();
  }

  whole(max: number): number {
    const value = this.#varint();
    return value <= max ? value : this.spoil();
  }

  signed(max: number): number {
    const value = this.#varint();
    const half = Math.floor(value / 2);
    const signed = value % 2 === 0 ? half : -half - 1;
    return signed >= -max && signed <= max ? signed : this.spoil();
  }

  moment(): number {
    const counted = this.#varint();
    const kind = counted % 4;
    const ms = this.#momentOf(kind, Math.floor(counted / 4));
    // Told in any form but its own, one time would have several.
    return Number.isFinite(ms) && momentKind(ms) === kind ? ms : this.spoil();
  }

  #momentOf(kind: number, count: number): number {
    if (kind === MOMENT.wholeMs) return count;
    if (kind === MOMENT.ticks) return count / TICKS_PER_MS;
    const at = kind === MOMENT.float64 && count === 0 ? this.#take(8) : -1;
    return at < 0 ? Number.NaN : this.#dataView.getFloat64(at, true);
  }

  /** A copy. */
  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return at < 0 ? new Uint8Array(0) : this.#bytes.slice(at, at + count);
  }

  countedBytes(max: number): Uint8Array {
    return this.bytes(this.whole(max));
  }

  text(maxChars: number): string {
    const length = this.whole(3 * maxChars);
    if (length === 0) return '';
    const at = this.#take(length);
    if (at < 0) return '';
    try {
      const text = utf8.decode(this.#bytes.subarray(at, at + length));
      if (text.length <= maxChars) return text;
    } catch {
      // No UTF-8: as good as missing.
    }
    this.spoil();
    return '';
  }

  /** Notes that something cannot be; the number that stands for it. */
  spoil(): 0 {
    this.isSound = false;
    return 0;
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 1; count <= MOST_VARINT_BYTES; count += 1) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      // A last byte of nothing would give one number two forms.
      if (byte < 128) return byte === 0 && count > 1 ? this.spoil() : value;
      scale *= 128;
    }
    return this.spoil();
  }

  /** Where the next bytes begin; −1 when there are not so many. */
  #take(count: number): number {
    const at = this.#at;
    if (!this.isSound || count > this.#bytes.length - at) {
      this.spoil();
      return -1;
    }
    this.#at = at + count;
    return at;
  }

  get #dataView(): DataView {
    const { buffer, byteOffset, byteLength } = this.#bytes;
    this.#view ??= new DataView(buffer, byteOffset, byteLength);
    return this.#view;
  }
}
