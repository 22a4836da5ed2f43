import { Fault } from '../fault.ts';
import { TOPICS, type Topic } from './topic.ts';

/** Times are told in whole ms or in sixteenths where that is exact, else as they are. */
export const TICKS_PER_MS = 16;

/** What the two low bits of a moment say of the rest. */
export const MOMENT = { wholeMs: 0, ticks: 1, float64: 2 } as const;

/** A moment in ms or ticks must leave two bits for its kind. */
const MOST_COUNTS = 2 ** 50;

const utf8 = new TextEncoder();

/**
 * Writes one payload of a fixed layout, little-endian. Numbers that are mostly small are varints: seven
 * bits a byte, the least first, the top bit says that more follow; signed ones alternate (0, −1, 1, −2, …).
 * Throws Fault 'payload-invalid' for what the layout cannot say and 'payload-oversize' beyond the
 * topic's budget. One writer serves a topic for good: `begin`, the fields, `finish`.
 */
export class LayoutWriter {
  readonly #topic: Topic;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #length = 0;

  constructor(topic: Topic) {
    this.#topic = topic;
    this.#bytes = new Uint8Array(TOPICS[topic].budgetBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  begin(version: number): void {
    this.#length = 0;
    this.byte(version);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  byte(value: number): void {
    this.#bytes[this.#room(1)] = value;
  }

  u32(value: number, field: string): void {
    this.#require(isWhole(value, 0, 0xff_ff_ff_ff), field, value);
    this.#view.setUint32(this.#room(4), value, true);
  }

  i32(value: number, field: string): void {
    this.#require((value | 0) === value, field, value);
    this.#view.setInt32(this.#room(4), value, true);
  }

  /** A whole number from 0 to `max` ≤ 255, in a byte. */
  whole8(value: number, max: number, field: string): void {
    this.#require(isWhole(value, 0, max), field, value);
    this.byte(value);
  }

  /** A whole number from 0 to `max` < 2^53. */
  whole(value: number, max: number, field: string): void {
    this.#require(isWhole(value, 0, max), field, value);
    this.#varint(value);
  }

  /** A whole number from −`max` to `max` < 2^52. */
  signed(value: number, max: number, field: string): void {
    this.#require(isWhole(value, -max, max), field, value);
    this.#varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Any finite number, exactly; a time in whole ms or ticks takes least. */
  moment(ms: number, field: string): void {
    this.#require(Number.isFinite(ms), field, ms);
    const kind = momentKind(ms);
    if (kind === MOMENT.float64) {
      this.byte(kind);
      this.#view.setFloat64(this.#room(8), ms, true);
    } else this.#varint(4 * (kind === MOMENT.ticks ? ms * TICKS_PER_MS : ms) + kind);
  }

  bytes(value: Uint8Array): void {
    this.#bytes.set(value, this.#room(value.length));
  }

  /** Bytes with their number before them. */
  countedBytes(value: Uint8Array, max: number, field: string): void {
    this.whole(value.length, max, field);
    this.bytes(value);
  }

  /** UTF-8 with the number of its bytes before it. */
  text(value: string, maxChars: number, field: string): void {
    this.#require(value.length <= maxChars, field, value);
    this.countedBytes(utf8.encode(value), 3 * maxChars, field);
  }

  /** Stops at a value of our own that the layout cannot say. */
  refuse(field: string, value: string | number): never {
    throw new Fault('payload-invalid', `a ${this.#topic} of our own has an impossible ${field}`, {
      data: { topic: this.#topic, field, value },
    });
  }

  #require(isGood: boolean, field: string, value: string | number): void {
    if (!isGood) this.refuse(field, value);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte(128 + (rest % 128));
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  #room(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#bytes.length) {
      const budgetBytes = this.#bytes.length;
      throw new Fault('payload-oversize', `a ${this.#topic} is over its ${budgetBytes} bytes`, {
        data: { topic: this.#topic, budgetBytes },
        remedy: 'Send less in one message.',
      });
    }
    return at;
  }
}

/** The one form that a moment has. */
export const momentKind = (ms: number): number => {
  if (isWhole(ms, 0, MOST_COUNTS)) return MOMENT.wholeMs;
  return isWhole(ms * TICKS_PER_MS, 0, MOST_COUNTS) ? MOMENT.ticks : MOMENT.float64;
};

const isWhole = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;
