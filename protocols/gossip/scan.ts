/**
 * Reads the tokens of a msgpack message without building anything, so that a general decoder only
 * ever sees bytes that cannot hurt it: a decoder trusts claimed lengths, follows nesting as deep as
 * it goes, runs extension hooks and lets the last of two equal keys win.
 * Format: https://github.com/msgpack/msgpack/blob/master/spec.md
 */
export interface ScanLimits {
  maxBytes: number;
  /** Containers within containers; 1 = a flat array or map. */
  maxDepth: number;
  /** Values in the whole message, containers and keys counted. */
  maxElements: number;
  /** NaN, infinities and 64-bit integers pass: a drone's own log holds them. */
  anyNumber?: boolean;
}

export type ScanFault =
  | 'oversize'
  | 'truncated'
  | 'trailing-bytes'
  | 'extension'
  | 'reserved'
  | 'too-deep'
  | 'too-many-elements'
  | 'not-finite'
  | 'wide-integer'
  | 'bad-key'
  | 'duplicate-key';

const MAX_KEY_BYTES = 40;

/** What is wrong with `bytes` as one msgpack value within `limits`, or undefined when nothing is. */
export const scanMsgpack = (bytes: Uint8Array, limits: ScanLimits): ScanFault | undefined => {
  if (bytes.length > limits.maxBytes) return 'oversize';
  const scanner = new Scanner(bytes, limits);
  return scanner.value(0) ?? (scanner.offset < bytes.length ? 'trailing-bytes' : undefined);
};

class Scanner {
  offset = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #limits: ScanLimits;
  #elements = 0;

  constructor(bytes: Uint8Array, limits: ScanLimits) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limits = limits;
  }

  /** Passes one value; `depth` containers are open around it. */
  value(depth: number): ScanFault | undefined {
    this.#elements += 1;
    if (this.#elements > this.#limits.maxElements) return 'too-many-elements';
    const token = this.#bytes[this.offset];
    if (token === undefined) return 'truncated';
    this.offset += 1;
    if (token <= 0x7f || token >= 0xe0) return undefined;
    if (token <= 0x8f) return this.#map(token & 0x0f, depth);
    if (token <= 0x9f) return this.#array(token & 0x0f, depth);
    if (token <= 0xbf) return this.#skip(token & 0x1f);
    return this.#tagged(token, depth);
  }

  #tagged(token: number, depth: number): ScanFault | undefined {
    switch (token) {
      case 0xc0: // nil
      case 0xc2: // false
      case 0xc3: // true
        return undefined;
      case 0xc4: // bin 8, 16, 32
      case 0xc5:
      case 0xc6:
        return this.#sized(1 << (token - 0xc4), (count) => this.#skip(count));
      case 0xca: // float 32
        return this.#float(4);
      case 0xcb: // float 64
        return this.#float(8);
      case 0xcc: // uint 8, 16, 32
      case 0xcd:
      case 0xce:
        return this.#skip(1 << (token - 0xcc));
      case 0xd0: // int 8, 16, 32
      case 0xd1:
      case 0xd2:
        return this.#skip(1 << (token - 0xd0));
      case 0xcf: // uint 64, int 64: would decode as BigInt, which no message of ours holds
      case 0xd3:
        return this.#limits.anyNumber === true ? this.#skip(8) : 'wide-integer';
      case 0xd9: // str 8, 16, 32
      case 0xda:
      case 0xdb:
        return this.#sized(1 << (token - 0xd9), (count) => this.#skip(count));
      case 0xdc: // array 16, 32
      case 0xdd:
        return this.#sized(2 << (token - 0xdc), (count) => this.#array(count, depth));
      case 0xde: // map 16, 32
      case 0xdf:
        return this.#sized(2 << (token - 0xde), (count) => this.#map(count, depth));
      case 0xc1:
        return 'reserved';
      default:
        return 'extension';
    }
  }

  #skip(count: number): ScanFault | undefined {
    if (count > this.#bytes.length - this.offset) return 'truncated';
    this.offset += count;
    return undefined;
  }

  /** Reads a big-endian count of `width` bytes, then hands it on. */
  #sized(width: number, next: (count: number) => ScanFault | undefined): ScanFault | undefined {
    const at = this.offset;
    const fault = this.#skip(width);
    if (fault !== undefined) return fault;
    if (width === 1) return next(this.#view.getUint8(at));
    return next(width === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at));
  }

  #float(width: 4 | 8): ScanFault | undefined {
    const at = this.offset;
    const fault = this.#skip(width);
    if (fault !== undefined) return fault;
    const number = width === 4 ? this.#view.getFloat32(at) : this.#view.getFloat64(at);
    const passes = Number.isFinite(number) || this.#limits.anyNumber === true;
    return passes ? undefined : 'not-finite';
  }

  #array(count: number, depth: number): ScanFault | undefined {
    if (depth >= this.#limits.maxDepth) return 'too-deep';
    for (let index = 0; index < count; index += 1) {
      const fault = this.value(depth + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #map(count: number, depth: number): ScanFault | undefined {
    if (depth >= this.#limits.maxDepth) return 'too-deep';
    const keys = new Set<string>();
    for (let index = 0; index < count; index += 1) {
      const key = this.#key();
      if (key === undefined) return 'bad-key';
      if (keys.has(key)) return 'duplicate-key';
      keys.add(key);
      const fault = this.value(depth + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** A key must be a short ASCII string, and never one that reaches an object's prototype. */
  #key(): string | undefined {
    this.#elements += 1;
    const token = this.#bytes[this.offset];
    if (token === undefined || token < 0xa0 || token > 0xd9) return undefined;
    let length = token & 0x1f;
    this.offset += 1;
    if (token === 0xd9) {
      length = this.#bytes[this.offset] ?? MAX_KEY_BYTES + 1;
      this.offset += 1;
    } else if (token > 0xbf) return undefined;
    if (length > MAX_KEY_BYTES || this.offset + length > this.#bytes.length) return undefined;
    let key = '';
    for (const end = this.offset + length; this.offset < end; this.offset += 1) {
      const code = this.#bytes[this.offset]!;
      if (code > 0x7f) return undefined;
      key += String.fromCharCode(code);
    }
    return key === '__proto__' ? undefined : key;
  }
}
