import type { Clock } from '../time.ts';
import { countersToStore, type Counters } from './counters.ts';
import type { MemberFiles } from './member-file.ts';
import type { MeshMember } from './mesh-member.ts';
import { encodeStoredState } from './stored-state.ts';

/** What peers hold as well need not be on disk at once; a write is some ten ms. */
const STORE_MS = 5000;

/** Puts into files what must outlive the process; {@link keep} after every tick. */
export class StateKeeper {
  readonly #member: MeshMember;
  readonly #files: MemberFiles;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #counters: Counters | undefined;
  #storedOrder = -1;
  #storedMs = -Infinity;
  #orders = 0;

  constructor(member: MeshMember, files: MemberFiles, clock: Pick<Clock, 'monotonicMs'>) {
    this.#member = member;
    this.#files = files;
    this.#clock = clock;
    this.#counters = files.readCounters();
  }

  keep(): void {
    const counters = countersToStore(this.#counters, this.#member);
    if (counters !== undefined) {
      this.#files.writeCounters(counters);
      this.#counters = counters;
    }
    if (this.#member.admission.registers.nextOrder === this.#storedOrder) return;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#storedMs >= STORE_MS || this.#ordersOf() !== this.#orders) this.keepNow();
  }

  /** An order of an operator is kept at once, or a reboot would forget an abort. */
  #ordersOf(): number {
    const entries = this.#member.admission.registers.byAuthor;
    let newest = 0;
    for (const one of entries.values()) {
      for (const { topic, order } of one.values()) {
        const isOrder = topic === 'goal' || topic === 'directive' || topic === 'roster';
        if (isOrder) newest = Math.max(newest, order);
      }
    }
    return newest;
  }

  keepNow(): void {
    this.#storedMs = this.#clock.monotonicMs();
    this.#storedOrder = this.#member.admission.registers.nextOrder;
    this.#orders = this.#ordersOf();
    this.#files.writeState(encodeStoredState(this.#member));
  }
}
