/** How late ticks came, counted: bounds of lateness in ms and how many were beyond each. */
export class Jitter {
  ticks = 0;
  over2Ms = 0;
  over10Ms = 0;
  over50Ms = 0;
  over250Ms = 0;
  worstMs = 0;

  /** `lateMs` after the deadline. */
  note(lateMs: number): void {
    this.ticks += 1;
    if (lateMs > 2) this.over2Ms += 1;
    if (lateMs > 10) this.over10Ms += 1;
    if (lateMs > 50) this.over50Ms += 1;
    if (lateMs > 250) this.over250Ms += 1;
    this.worstMs = Math.max(this.worstMs, lateMs);
  }
}
