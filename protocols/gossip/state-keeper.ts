import type { Clock } from '../time.ts';
import { countersToStore, type Counters } from './counters.ts';
import type { MemberFiles } from './member-file.ts';
import type { MeshMember } from './mesh-member.ts';
import { encodeStoredState } from './stored-state.ts';

/** What peers hold as well need not be on disk at once; a write is some ten ms. */
const STORE_MS = 5000;
/** How far the others' positions and promises had come is on disk at most so long ago: what may be replayed after a reboot. */
const FRESHNESS_MS = 10_000;

/** A disk that refused a write is asked again after this. */
const RETRY_MS = 1000;

/** More messages than any member sends in a second. */
const MOST_PER_S = 100;

/**
 * Puts into files what must outlive the process; {@link keep} after every tick. A disk that is full or
 * broken ends nothing: a drone that hears no abort is worse than one that forgets. `onError` is told, and
 * the write tried again.
 */
export class StateKeeper {
  readonly #member: MeshMember;
  readonly #files: MemberFiles;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #onError: (error: unknown) => void;
  #counters: Counters | undefined;
  #storedOrder = -1;
  #storedMs = -Infinity;
  /** Up to here no order of an operator came since the last write. */
  #orderlessOrder = -1;
  #orders = 0;
  #retryMs = -Infinity;
  #hasKept = false;

  constructor(
    member: MeshMember,
    files: MemberFiles,
    clock: Pick<Clock, 'monotonicMs'>,
    onError: (error: unknown) => void,
  ) {
    this.#member = member;
    this.#files = files;
    this.#clock = clock;
    this.#onError = onError;
    this.#counters = files.readCounters();
  }

  keep(): void {
    if (this.#clock.monotonicMs() < this.#retryMs) return;
    this.#attempt(() => this.#keepAll());
  }

  /** As {@link keep}, whatever was stored a moment ago. */
  keepNow(): void {
    this.#attempt(() => this.#keepState());
  }

  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!this.#hasKept) this.#skipUnkept();
      this.#retryMs = this.#clock.monotonicMs() + RETRY_MS;
      this.#onError(error);
    }
    this.#hasKept = true;
  }

  /**
   * A process that begins and cannot say which numbers it will use may follow one that could not either:
   * it begins where no process since the computer's boot can have come.
   */
  #skipUnkept(): void {
    const most = Math.ceil((MOST_PER_S * this.#clock.monotonicMs()) / 1000);
    this.#member.sequence = Math.max(this.#member.sequence, most);
  }

  #keepAll(): void {
    const counters = countersToStore(this.#counters, this.#member);
    if (counters !== undefined) {
      this.#files.writeCounters(counters);
      this.#counters = counters;
    }
    const { nextOrder } = this.#member.admission.registers;
    const sinceMs = this.#clock.monotonicMs() - this.#storedMs;
    const isSame = nextOrder === this.#storedOrder;
    if (sinceMs < (isSame ? FRESHNESS_MS : STORE_MS)) {
      if (isSame || nextOrder === this.#orderlessOrder) return;
      if (this.#ordersOf() === this.#orders) {
        this.#orderlessOrder = nextOrder;
        return;
      }
    }
    this.#keepState();
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

  #keepState(): void {
    this.#files.writeState(encodeStoredState(this.#member));
    this.#storedMs = this.#clock.monotonicMs();
    this.#storedOrder = this.#member.admission.registers.nextOrder;
    this.#orders = this.#ordersOf();
  }
}
