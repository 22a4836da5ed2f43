import { Fault } from '#protocols/fault.ts';
import type { AppendFile, Disk } from '#protocols/log/disk-port.ts';
import type { Random } from '#protocols/random.ts';

export class PowerCut extends Error {}

/** What a write to a full disk fails with. */
export const diskFull = (): Error =>
  Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

/** What a file system writes at once, and may write later than what comes after it, bytes. */
const BLOCK_BYTES = 4096;

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
 * synced a random part, of some files more and of others less, sometimes with holes of zeros where a
 * block was to be written after the ones behind it.
 */
export class CrashingDisk implements Disk {
  readonly #files = new Map<string, StoredFile>();
  /** Operations until the power goes; each append, sync, create and replace is one. */
  operationsLeft = Infinity;
  /** Nothing more can be written; of what is appended then a part may get through. */
  isFull = false;

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
        if (this.isFull) file.pieces.push(bytes.slice(0, bytes.length / 2));
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
    if (this.isFull) throw diskFull();
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
      const tail = unsynced.slice(0, kept);
      loseBlocks(tail, synced.length, random);
      after.put(name, joined([synced, tail]));
    }
    return after;
  }

  copy(): CrashingDisk {
    const copy = new CrashingDisk();
    for (const name of this.#files.keys()) copy.put(name, this.bytes(name));
    return copy;
  }
}

/** Blocks may reach a disk in any order: of every other tail some are missing, and read as zeros. */
const loseBlocks = (tail: Uint8Array, startsAt: number, random: Random): void => {
  if (random.uniform() < 0.5) return;
  let from = 0;
  while (from < tail.length) {
    const until = Math.min(tail.length, from + BLOCK_BYTES - ((startsAt + from) % BLOCK_BYTES));
    if (random.uniform() < 0.3) tail.fill(0, from, until);
    from = until;
  }
};
