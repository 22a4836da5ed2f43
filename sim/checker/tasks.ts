import type { SwarmTruth } from './swarm-truth.ts';
import type { Report } from './violation.ts';

/** I6's bound: two who do one task have agreed by then, once they hear each other again, ms. */
const AGREE_MS = 5000;

/**
 * I6: no two drones that hear each other work on one task for more than five seconds.
 * `hear` says whether the two have been linked, in both directions, since a moment.
 */
export class DoubleWorkCheck {
  readonly #hearEachOther: (a: number, b: number) => boolean;
  /** Since when a pair has done the same task while it could hear each other. */
  readonly #sinceMs = new Map<string, number>();

  constructor(hearEachOther: (a: number, b: number) => boolean) {
    this.#hearEachOther = hearEachOther;
  }

  readonly check = ({ drones, nowMs }: SwarmTruth, report: Report): void => {
    for (const [index, a] of drones.entries()) {
      for (const b of drones.slice(index + 1)) {
        const name = `${a.sysid}-${b.sysid}`;
        const isDouble =
          a.task !== null && a.task === b.task && this.#hearEachOther(a.sysid, b.sysid);
        if (!isDouble) {
          this.#sinceMs.delete(name);
          continue;
        }
        const sinceMs = this.#sinceMs.get(name) ?? nowMs;
        this.#sinceMs.set(name, sinceMs);
        if (nowMs - sinceMs <= AGREE_MS) continue;
        report([a.sysid, b.sysid], `both work on ${a.task!} for ${nowMs - sinceMs} ms`);
      }
    }
  };
}
