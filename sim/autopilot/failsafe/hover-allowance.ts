/** Shorter than this COM_FAIL_ACT_T is none. */
const LEAST_S = 0.1;
/** What was used of it comes back so much slower. */
const RECOVERY = 1 / 4;

/**
 * The hover before a failsafe acts: COM_FAIL_ACT_T, granted once. A trouble that comes and goes uses
 * it up all the same, since what is used comes back at a quarter of the pace.
 */
export class HoverAllowance {
  #leftS = Number.POSITIVE_INFINITY;
  #endsS = Number.NEGATIVE_INFINITY;

  isHovering(timeS: number): boolean {
    return timeS < this.#endsS;
  }

  /** Begins a hover as long as is left, unless there is one. */
  begin(timeS: number, fullS: number): void {
    if (fullS <= LEAST_S || this.isHovering(timeS)) return;
    this.#endsS = timeS + Math.min(fullS, this.#leftS);
  }

  end(): void {
    this.#endsS = Number.NEGATIVE_INFINITY;
  }

  /** Books a step, spent hovering or not. */
  book(dtS: number, fullS: number, hovered: boolean): void {
    const leftS = Math.min(fullS, this.#leftS);
    this.#leftS = hovered ? Math.max(0, leftS - dtS) : Math.min(fullS, leftS + dtS * RECOVERY);
  }
}
