import type { StatusText } from 'mavlink-mappings/dist/lib/common.js';

export interface VehicleText {
  /** MAV_SEVERITY: 0 emergency … 3 error, 4 warning, 6 info. */
  severity: number;
  text: string;
}

/** Characters in one message; a chunk that is shorter is the last one. */
const CHUNK_CHARS = 50;
/** Texts that may be incomplete at once, and chunks in one: 800 characters. */
const MAX_OPEN = 8;
const MAX_CHUNKS = 16;
/** A text whose other chunks do not come by then is given out with its gaps marked. */
const PATIENCE_MS = 1000;
const GAP = '[…]';

interface Open {
  severity: number;
  chunks: (string | undefined)[];
  ended: boolean;
  sinceMs: number;
}

/**
 * Texts of a vehicle: those longer than 50 characters come in chunks, in any order. The tab by which
 * PX4 marks what it sends as an event too is cut off, and control characters are left out: they end
 * on terminals.
 */
export class StatusTexts {
  readonly #open = new Map<number, Open>();
  #ready: VehicleText[] = [];

  hear({ severity, text, id, chunkSeq }: StatusText, nowMs: number): void {
    const part = text.split('\0')[0]!;
    if (id === 0 || (chunkSeq === 0 && part.length < CHUNK_CHARS && !this.#open.has(id))) {
      this.#give(severity, part);
      return;
    }
    if (chunkSeq >= MAX_CHUNKS) return;
    const open = this.#open.get(id) ?? { severity, chunks: [], ended: false, sinceMs: nowMs };
    this.#open.set(id, open);
    open.chunks[chunkSeq] = part;
    if (part.length < CHUNK_CHARS) open.ended = true;
    if (open.ended && !this.#hasGap(open)) this.#close(id, open);
    else if (this.#open.size > MAX_OPEN) this.#close(...this.#open.entries().next().value!);
  }

  get idle(): boolean {
    return this.#open.size === 0 && this.#ready.length === 0;
  }

  /** What is complete, or waited too long, in order. */
  tick(nowMs: number): VehicleText[] {
    for (const [id, open] of this.#open) {
      if (nowMs - open.sinceMs >= PATIENCE_MS) this.#close(id, open);
    }
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #hasGap({ chunks }: Open): boolean {
    return Array.from(chunks).includes(undefined);
  }

  #close(id: number, { severity, chunks }: Open): void {
    this.#open.delete(id);
    this.#give(severity, Array.from(chunks, (chunk) => chunk ?? GAP).join(''));
  }

  #give(severity: number, text: string): void {
    const clean = text.replaceAll(/\p{Cc}/gu, '').trim();
    if (clean !== '' && this.#ready.length < 256) this.#ready.push({ severity, text: clean });
  }
}
