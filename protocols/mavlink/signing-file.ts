import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { Fault } from '../fault.ts';
import { NewestFile } from '../newest-file.ts';
import { SIGNING_KEY_BYTES, signingKeyFromPassphrase, signingKeyName } from './signing.ts';
import { parseSigningState, signingStateText, type SigningState } from './signing-state.ts';

/** Everyone but the owner. */
const OTHERS = 0o077;

const PASSPHRASE = 'passphrase:';

/** Longer than any passphrase that people share. */
const MAX_KEY_FILE_BYTES = 4096;

/**
 * Door: the secret of a signed link. The file holds 64 hex digits, or `passphrase:` and what people
 * share with MAVProxy or QGroundControl; only its owner may read it.
 * Throws the Faults `signing-key-missing`, `signing-key-unreadable`, `signing-key-open` (mode wider than
 * 0600), `signing-key-invalid`.
 */
export const readSigningKey = (file: string): Uint8Array => {
  if (!existsSync(file)) {
    throw new Fault('signing-key-missing', `${file}: there is no signing key`, {
      exit: 'usage',
      data: { file },
      remedy: `Make one: (umask 077; openssl rand -hex 32 > ${file}), and give the autopilot the same.`,
    });
  }
  const text = keyText(file).trim();
  if (text.startsWith(PASSPHRASE) && text.length > PASSPHRASE.length) {
    return signingKeyFromPassphrase(text.slice(PASSPHRASE.length));
  }
  if (!/^[0-9a-f]{64}$/iu.test(text) || /^0+$/u.test(text)) {
    throw new Fault('signing-key-invalid', `${file}: not 64 hex digits that are not all zero`, {
      exit: 'usage',
      data: { file, characters: text.length, wanted: 2 * SIGNING_KEY_BYTES },
      remedy: `Make one: (umask 077; openssl rand -hex 32 > ${file}).`,
    });
  }
  return Uint8Array.from(Buffer.from(text, 'hex'));
};

/** Mode and content of one and the same file, whatever its name comes to mean meanwhile. */
const keyText = (file: string): string => {
  const handle = opened(file);
  try {
    const stat = fstatSync(handle);
    const mode = stat.mode & 0o777;
    if (stat.isFile() && (mode & OTHERS) !== 0) {
      throw new Fault(
        'signing-key-open',
        `${file}: others than its owner may read the signing key`,
        {
          exit: 'refused',
          data: { file, mode: mode.toString(8) },
          remedy: `chmod 600 ${file}, and make a new key if somebody may have read it.`,
        },
      );
    }
    if (!stat.isFile() || stat.size > MAX_KEY_FILE_BYTES) throw unreadableKey(file, 'no key file');
    const bytes = Buffer.alloc(MAX_KEY_FILE_BYTES);
    return bytes.toString('utf8', 0, readSync(handle, bytes));
  } finally {
    closeSync(handle);
  }
};

const opened = (file: string): number => {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    throw unreadableKey(file, systemCode(cause), cause);
  }
};

const systemCode = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';

const unreadableKey = (file: string, why: string, cause?: unknown): Fault =>
  new Fault('signing-key-unreadable', `${file} cannot be read as a signing key: ${why}`, {
    exit: 'usage',
    data: { file, why },
    remedy: 'Name the file of the key, and see that the user who runs this owns it.',
    cause,
  });

/** Door: what a link signed with one key must remember across restarts. */
export class SigningStateFile {
  readonly #path: string;
  readonly #key: string;
  readonly #file: NewestFile;

  constructor(path: string, key: Uint8Array) {
    this.#path = path;
    this.#key = signingKeyName(key);
    this.#file = new NewestFile(path);
  }

  /**
   * What an earlier process left; undefined for the first with this key. Throws `signing-state-invalid` and
   * `signing-state-unreadable` (exit refused).
   */
  read(): SigningState | undefined {
    if (!existsSync(this.#path)) return undefined;
    return parseSigningState(this.#text(), this.#path, this.#key);
  }

  #text(): string {
    try {
      return readFileSync(this.#path, 'utf8');
    } catch (cause) {
      const system = systemCode(cause);
      throw new Fault('signing-state-unreadable', `${this.#path} cannot be read: ${system}`, {
        exit: 'refused',
        data: { file: this.#path, system },
        remedy: 'See that the user who runs the agent owns the file and its directory.',
        cause,
      });
    }
  }

  /** See {@link NewestFile.write}. */
  write(state: SigningState, onError: (error: unknown) => void): void {
    this.#file.write(Buffer.from(signingStateText(state, this.#key)), onError);
  }
}
