import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { Fault } from '#protocols/fault.ts';
import { TlogReader, type TlogRecord } from '#protocols/mavlink/tlog.ts';

/** Door: the records of a .tlog or .tlog.gz, and what was left unread at its end. */
export class TlogFile {
  bytesSkipped = 0;
  /** A last record that was cut off. */
  bytesLeft = 0;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Throws the Faults `tlog-missing` (exit usage) and `tlog-unreadable`. */
  async *records(): AsyncGenerator<TlogRecord, void, void> {
    const reader = new TlogReader();
    const raw = createReadStream(this.#path);
    const stream = this.#path.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
    raw.on('error', (error) => stream.destroy(error));
    try {
      for await (const piece of stream as AsyncIterable<Buffer>) {
        reader.push(piece);
        for (let record = reader.next(); record !== undefined; record = reader.next()) {
          yield record;
        }
      }
    } catch (cause) {
      throw this.#fault(cause);
    }
    this.bytesSkipped = reader.bytesSkipped;
    this.bytesLeft = reader.bytesLeft;
  }

  #fault(cause: unknown): Fault {
    const system = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const missing = system === 'ENOENT' || system === 'EACCES';
    return new Fault(
      missing ? 'tlog-missing' : 'tlog-unreadable',
      `${this.#path} cannot be read: ${system}`,
      {
        exit: missing ? 'usage' : 'failed',
        data: { file: this.#path, system },
        remedy: missing ? 'Check the path and its permissions.' : 'Copy the log again.',
        cause,
      },
    );
  }
}
