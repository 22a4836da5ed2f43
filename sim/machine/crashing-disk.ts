import { Fault } from '#protocols/fault.ts';
import type { AppendFile, Disk } from '#protocols/log/disk-port.ts';
import type { Random } from '#protocols/random.ts';

export class PowerCut extends Error {}

/** Appended pieces in order; the first `syncedPieces` of them are durable. */
interface StoredFile {
  pieces: Uint8Array[];
  syncedPieces: number;
}

const sealed = (bytes: Uint8Array): StoredFile => ({ pieces: [bytes], syncedPieces: 1 });

/** No Buffer, whose slice() shares memory: tests change what they get. */
const joined = (pieces: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(pieces));

/**
 * A disk in memory that keeps only its promises: {@link crash} leaves of what was appended and not
 * synced a random part, of some files more and of others less.
 */
export class CrashingDisk implements Disk {
  readonly #files = new Map<string, StoredFile>();
  /** Operations until the power goes; each append, sync, create and replace is one. */
  operationsLeft = Infinity;

  async list(): Promise<string[]> {
    return [...this.#files.keys()].sort();
  }

  async read(name: string, maxBytes: number): Promise<Uint8Array> {
    const bytes = this.bytes(name);
    if (bytes.length > maxBytes) throw new Fault('log-file-oversize', name);
    return bytes;
  }

  async create(name: string): Promise<AppendFile> {
    this.#work();
    if (this.#files.has(name)) throw new Fault('log-file-exists', name);
    this.#files.set(name, { pieces: [], syncedPieces: 0 });
    return this.#handle(name);
  }

  async extend(name: string): Promise<AppendFile> {
    if (!this.#files.has(name)) throw new Error(`no file ${name}`);
    return this.#handle(name);
  }

  async replace(name: string, bytes: Uint8Array): Promise<void> {
    this.#work();
    this.#files.set(name, sealed(bytes.slice()));
  }

  #handle(name: string): AppendFile {
    const file = this.#files.get(name)!;
    return {
      append: async (bytes) => {
        this.#work();
        file.pieces.push(bytes.slice());
      },
      sync: async () => {
        this.#work();
        file.syncedPieces = file.pieces.length;
      },
      close: async () => {},
    };
  }

  #work(): void {
    this.operationsLeft -= 1;
    if (this.operationsLeft < 0) throw new PowerCut('power cut');
  }

  bytes(name: string): Uint8Array {
    const file = this.#files.get(name);
    if (file === undefined) throw new Error(`no file ${name}`);
    return joined(file.pieces);
  }

  put(name: string, bytes: Uint8Array): void {
    this.#files.set(name, sealed(bytes));
  }

  remove(name: string): void {
    this.#files.delete(name);
  }

  /** What stands after a power cut. */
  crash(random: Random): CrashingDisk {
    const after = new CrashingDisk();
    for (const [name, { pieces, syncedPieces }] of this.#files) {
      const synced = joined(pieces.slice(0, syncedPieces));
      const unsynced = joined(pieces.slice(syncedPieces));
      const kept = Math.floor(random.uniform() * (unsynced.length + 1));
      after.put(name, joined([synced, unsynced.subarray(0, kept)]));
    }
    return after;
  }

  copy(): CrashingDisk {
    const copy = new CrashingDisk();
    for (const name of this.#files.keys()) copy.put(name, this.bytes(name));
    return copy;
  }
}
