/** Packets of one component over which the verdict is formed: a few seconds of PX4's traffic. */
const WINDOW_PACKETS = 128;

/** Changes from one running sequence to the other within a window; stray reorderings make a few. */
const TWIN_SWITCHES = 24;

/**
 * Whether one component's packets come from one sender. Every sender counts its packets on its own, so
 * two senders under one id show as two sequences that go on side by side; a lossy link shows one
 * sequence that jumps, and a radio that repeats packets shows the same number twice.
 */
export class SequenceWatch {
  readonly #last: [number, number] = [-1, -1];
  #current = 0;
  #switches = 0;
  #packets = 0;
  #twins = false;

  /** Two senders were there in the last full window. */
  get twins(): boolean {
    return this.#twins;
  }

  observe(sequence: number): void {
    this.#packets += 1;
    if (this.#packets > WINDOW_PACKETS) {
      this.#twins = this.#switches >= TWIN_SWITCHES;
      this.#packets = 1;
      this.#switches = 0;
    }
    const last = this.#last;
    const here = this.#current;
    const other = 1 - here;
    if (sequence === last[here] || sequence === last[other]) return;
    if (isNext(last[here]!, sequence)) {
      last[here] = sequence;
    } else {
      if (isNext(last[other]!, sequence)) this.#switches += 1;
      last[other] = sequence;
      this.#current = other;
    }
  }
}

const isNext = (last: number, sequence: number): boolean =>
  last >= 0 && sequence === ((last + 1) & 0xff);
