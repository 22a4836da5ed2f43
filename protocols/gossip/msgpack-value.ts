/**
 * Builds the value of a msgpack message that {@link scanMsgpack} has passed: for the pilot, which loads
 * no decoder of a library. Maps become Maps; throws RangeError on bytes that were not scanned.
 */
export const msgpackValue = (bytes: Uint8Array): unknown => new ValueReader(bytes).value();

class ValueReader {
  #offset = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(): unknown {
    const token = this.#view.getUint8(this.#offset);
    this.#offset += 1;
    if (token <= 0x7f) return token;
    if (token >= 0xe0) return token - 0x1_00;
    if (token <= 0x8f) return this.#map(token & 0x0f);
    if (token <= 0x9f) return this.#array(token & 0x0f);
    if (token <= 0xbf) return this.#text(token & 0x1f);
    return this.#tagged(token);
  }

  #tagged(token: number): unknown {
    switch (token) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return token === 0xc3;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#slice(this.#unsigned(1 << (token - 0xc4))).slice();
      case 0xca:
        return this.#view.getFloat32(this.#advance(4));
      case 0xcb:
        return this.#view.getFloat64(this.#advance(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#unsigned(1 << (token - 0xcc));
      case 0xd0:
        return this.#view.getInt8(this.#advance(1));
      case 0xd1:
        return this.#view.getInt16(this.#advance(2));
      case 0xd2:
        return this.#view.getInt32(this.#advance(4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#unsigned(1 << (token - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#unsigned(2 << (token - 0xdc)));
      case 0xde:
      case 0xdf:
        return this.#map(this.#unsigned(2 << (token - 0xde)));
      default:
        throw new RangeError(`token ${token} was not scanned`);
    }
  }

  #advance(count: number): number {
    const at = this.#offset;
    this.#offset += count;
    return at;
  }

  #unsigned(width: number): number {
    const at = this.#advance(width);
    if (width === 1) return this.#view.getUint8(at);
    return width === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #slice(count: number): Uint8Array {
    const at = this.#advance(count);
    return this.#bytes.subarray(at, at + count);
  }

  #text(count: number): string {
    return new TextDecoder().decode(this.#slice(count));
  }

  #array(count: number): unknown[] {
    const values: unknown[] = [];
    for (let index = 0; index < count; index += 1) values.push(this.value());
    return values;
  }

  #map(count: number): Map<unknown, unknown> {
    const values = new Map<unknown, unknown>();
    for (let index = 0; index < count; index += 1) {
      const key = this.value();
      values.set(key, this.value());
    }
    return values;
  }
}
