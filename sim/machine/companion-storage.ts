import type { Counters } from '#protocols/gossip/counters.ts';
import type { MemberFiles } from '#protocols/gossip/member-file.ts';
import { CrashingDisk } from './crashing-disk.ts';

/** What a companion computer keeps when its processes die: files that are replaced whole, and the log. */
export class CompanionStorage implements MemberFiles {
  pilotMemory: Uint8Array | undefined;
  /** JSON of the mind's durable state. */
  mindState: string | undefined;
  log = new CrashingDisk();
  #counters: Counters | undefined;
  #meshState: Uint8Array = new Uint8Array(0);

  readCounters(): Counters | undefined {
    return this.#counters;
  }

  writeCounters(counters: Counters): void {
    this.#counters = { ...counters };
  }

  readState(): Uint8Array {
    return this.#meshState;
  }

  writeState(bytes: Uint8Array): void {
    this.#meshState = bytes.slice();
  }
}
