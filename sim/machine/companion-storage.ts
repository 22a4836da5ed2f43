import type { Counters } from '#protocols/gossip/counters.ts';
import type { MemberFiles } from '#protocols/gossip/member-file.ts';
import type { Random } from '#protocols/random.ts';
import { CrashingDisk, diskFull } from './crashing-disk.ts';

/** How late a file that is replaced in the background may be behind what was last said to it, ms. */
const BEHIND_MS = { pilotMemory: 100, mindState: 1000 };

/** A file that is replaced whole: after a power cut there is the newest version, or the one before. */
interface ReplacedFile<T> {
  content: T | undefined;
  before: T | undefined;
  writtenMs: number;
}

const newFile = <T>(): ReplacedFile<T> => ({ content: undefined, before: undefined, writtenMs: 0 });

/** What a companion computer keeps when its processes die: files that are replaced whole, and the log. */
export class CompanionStorage implements MemberFiles {
  /** Of the running flight; earlier ones, each of a boot of its own, in {@link formerLogs}. */
  log = new CrashingDisk();
  readonly formerLogs: CrashingDisk[] = [];
  readonly #nowMs: () => number;
  readonly #pilotMemory = newFile<Uint8Array>();
  readonly #mindState = newFile<string>();
  #counters: Counters | undefined;
  #meshState: Uint8Array = new Uint8Array(0);
  #isFull = false;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** No write succeeds while it is; what is there stays. */
  set isFull(isFull: boolean) {
    this.#isFull = isFull;
    this.log.isFull = isFull;
  }

  get pilotMemory(): Uint8Array | undefined {
    return this.#pilotMemory.content;
  }

  set pilotMemory(memory: Uint8Array | undefined) {
    this.#replace(this.#pilotMemory, memory);
  }

  /** JSON of the mind's durable state. */
  get mindState(): string | undefined {
    return this.#mindState.content;
  }

  set mindState(state: string | undefined) {
    this.#replace(this.#mindState, state);
  }

  readCounters(): Counters | undefined {
    return this.#counters;
  }

  writeCounters(counters: Counters): void {
    if (this.#isFull) throw diskFull();
    this.#counters = { ...counters };
  }

  readState(): Uint8Array {
    return this.#meshState;
  }

  writeState(bytes: Uint8Array): void {
    if (this.#isFull) throw diskFull();
    this.#meshState = bytes.slice();
  }

  /**
   * The power goes: the log loses of what was not synced as much as `random` says, and files that were
   * being written in the background may be the version before.
   */
  losePower(random: Random): void {
    this.log = this.log.crash(random);
    this.#perhapsBefore(this.#pilotMemory, BEHIND_MS.pilotMemory, random);
    this.#perhapsBefore(this.#mindState, BEHIND_MS.mindState, random);
  }

  /** Another boot writes another flight's log. */
  beginFlight(): void {
    this.formerLogs.push(this.log);
    this.log = new CrashingDisk();
    this.log.isFull = this.#isFull;
  }

  #perhapsBefore<T>(file: ReplacedFile<T>, behindMs: number, random: Random): void {
    const isUnderWay = this.#nowMs() - file.writtenMs < behindMs * random.uniform();
    if (isUnderWay) file.content = file.before;
  }

  /** Who writes in the background hears of a full disk, says so, and goes on. */
  #replace<T>(file: ReplacedFile<T>, content: T | undefined): void {
    if (this.#isFull) return;
    file.before = file.content;
    file.content = content;
    file.writtenMs = this.#nowMs();
  }
}
