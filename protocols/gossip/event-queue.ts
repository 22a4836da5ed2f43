interface Event {
  atMs: number;
  order: number;
  run(): void;
}

/** Events of a simulation in order of time; of the same moment, in the order in which they were planned. */
export class EventQueue {
  /** Binary heap, the earliest first. */
  readonly #heap: Event[] = [];
  #order = 0;

  plan(atMs: number, run: () => void): void {
    this.#order += 1;
    const heap = this.#heap;
    const event = { atMs, order: this.#order, run };
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  /** Takes out the first event that is due until `untilMs`; undefined when none is. */
  take(untilMs: number): Readonly<Event> | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.atMs > untilMs) return undefined;
    const last = heap.pop()!;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(event: Event): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const child = right < heap.length && isBefore(heap[right]!, heap[left]!) ? right : left;
      if (!isBefore(heap[child]!, event)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = event;
  }
}

const isBefore = (a: Event, b: Event): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
