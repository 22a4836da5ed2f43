import { existsSync, readFileSync, statSync } from 'node:fs';
import { Fault } from '../fault.ts';
import { NewestFile } from '../newest-file.ts';
import { SIGNING_KEY_BYTES, signingKeyFromPassphrase } from './signing.ts';
import { parseSigningState, signingStateText, type SigningState } from './signing-state.ts';

/** Everyone but the owner. */
const OTHERS = 0o077;

const PASSPHRASE = 'passphrase:';

/**
 * Door: the secret of a signed link. The file holds 64 hex digits, or `passphrase:` and what people
 * share with MAVProxy or QGroundControl; only its owner may read it.
 * Throws the Faults `signing-key-missing`, `signing-key-open` (mode wider than 0600), `signing-key-invalid`.
 */
export const readSigningKey = (file: string): Uint8Array => {
  if (!existsSync(file)) {
    throw new Fault('signing-key-missing', `${file}: there is no signing key`, {
      exit: 'usage',
      data: { file },
      remedy: `Make one: (umask 077; openssl rand -hex 32 > ${file}), and give the autopilot the same.`,
    });
  }
  const mode = statSync(file).mode & 0o777;
  if ((mode & OTHERS) !== 0) {
    throw new Fault('signing-key-open', `${file}: others than its owner may read the signing key`, {
      exit: 'refused',
      data: { file, mode: mode.toString(8) },
      remedy: `chmod 600 ${file}, and make a new key if somebody may have read it.`,
    });
  }
  const text = readFileSync(file, 'utf8').trim();
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

/** Door: what a signed link must remember across restarts. */
export class SigningStateFile {
  readonly #path: string;
  readonly #file: NewestFile;

  constructor(path: string) {
    this.#path = path;
    this.#file = new NewestFile(path);
  }

  /** What an earlier process left; undefined for the first. Throws `signing-state-invalid`. */
  read(): SigningState | undefined {
    return existsSync(this.#path)
      ? parseSigningState(readFileSync(this.#path, 'utf8'), this.#path)
      : undefined;
  }

  /** See {@link NewestFile.write}. */
  write(state: SigningState, onError: (error: unknown) => void): void {
    this.#file.write(Buffer.from(signingStateText(state)), onError);
  }
}
