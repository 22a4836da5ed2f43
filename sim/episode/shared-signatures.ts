import type { SigningKey, Verify } from '#protocols/gossip/signing.ts';

/** Verdicts remembered; a bundle's envelopes reach everyone within a second or two. */
const MAX_VERDICTS = 8192;

interface Verdict {
  publicKey: Uint8Array;
  bytes: Uint8Array;
  isGood: boolean;
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const nameOf = (signature: Uint8Array): string =>
  Buffer.from(signature.buffer, signature.byteOffset, signature.length).toString('latin1');

/**
 * Signatures of a process that holds many members' keys: the same signature over the same bytes by
 * the same key is checked once for all, and not at all when it was made here. Checking is by far the
 * most expensive thing that a simulated swarm does, and a pure function.
 */
export class SharedSignatures {
  readonly #check: Verify;
  readonly #verdicts = new Map<string, Verdict>();

  constructor(check: Verify) {
    this.#check = check;
  }

  readonly verify: Verify = (publicKey, bytes, signature) => {
    const name = nameOf(signature);
    const known = this.#verdicts.get(name);
    if (known !== undefined && isSame(known.bytes, bytes) && isSame(known.publicKey, publicKey)) {
      return known.isGood;
    }
    const isGood = this.#check(publicKey, bytes, signature);
    this.#note(name, publicKey, bytes, isGood);
    return isGood;
  };

  /** The same key; what it signs from now on needs no check. */
  known(key: SigningKey): SigningKey {
    return {
      ...key,
      sign: (bytes) => {
        const signature = key.sign(bytes);
        this.#note(nameOf(signature), key.publicKey, bytes, true);
        return signature;
      },
    };
  }

  /** Copies: whoever handed the bytes in may change them. */
  #note(name: string, publicKey: Uint8Array, bytes: Uint8Array, isGood: boolean): void {
    this.#verdicts.set(name, { publicKey: publicKey.slice(), bytes: bytes.slice(), isGood });
    if (this.#verdicts.size > MAX_VERDICTS) {
      this.#verdicts.delete(this.#verdicts.keys().next().value!);
    }
  }
}
