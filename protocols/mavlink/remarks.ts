/** What the vehicle said so long before a command was sent does not belong to it. */
const KEPT_MS = 3000;
const MAX_KEPT = 32;

interface Remark {
  text: string;
  atMs: number;
}

/** What a vehicle said of late in words, to be found when a command is refused. */
export class Remarks {
  #kept: Remark[] = [];

  add(text: string, nowMs: number): void {
    this.#kept.push({ text, atMs: nowMs });
    this.#kept = this.#kept.filter(({ atMs }) => nowMs - atMs <= KEPT_MS).slice(-MAX_KEPT);
  }

  /** Everything said since a moment, each text once, oldest first. */
  since(sinceMs: number): string[] {
    return [...new Set(this.#kept.filter(({ atMs }) => atMs >= sinceMs).map(({ text }) => text))];
  }
}
