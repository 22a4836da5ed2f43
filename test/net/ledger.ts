import type { Account, Note } from './member/orders.ts';

export interface Span {
  fromMs: number;
  toMs: number;
  /** Left out: everyone's. */
  author?: number;
}

const textOf = (note: Omit<Note, 'atMs'>): string => `${note.kind} ${note.author} ${note.name}`;

/** Who said what, and who heard it when: the notes of all members, over as many accounts as were asked for. */
export class Ledger {
  readonly #said = new Map<string, Note>();
  readonly #heardMs = new Map<number, Map<string, number>>();

  constructor(members: readonly number[]) {
    for (const member of members) this.#heardMs.set(member, new Map());
  }

  add(accounts: ReadonlyMap<number, Account>): void {
    for (const [member, { said, heard }] of accounts) {
      for (const note of said) this.#said.set(textOf(note), note);
      const times = this.#heardMs.get(member)!;
      for (const note of heard) {
        const text = textOf(note);
        if (!times.has(text)) times.set(text, note.atMs);
      }
    }
  }

  /** Which of these names in `author`'s name the member has heard, whatever they name. */
  heardBy(member: number, author: number, names: readonly string[]): string[] {
    const times = this.#heardMs.get(member)!;
    const kinds = ['intent', 'claim'] as const;
    return names.filter((name) => kinds.some((kind) => times.has(textOf({ kind, author, name }))));
  }

  said(kind: Note['kind'], span: Span): Note[] {
    return [...this.#said.values()].filter(
      (note) =>
        note.kind === kind &&
        note.atMs >= span.fromMs &&
        note.atMs < span.toMs &&
        note.author === (span.author ?? note.author),
    );
  }

  /**
   * Ms from saying to first hearing, one for every message of the span and every other member of
   * `hearers`; Infinity where it was never heard.
   */
  delays(kind: Note['kind'], span: Span, hearers = [...this.#heardMs.keys()]): number[] {
    return this.said(kind, span).flatMap((note) =>
      hearers
        .filter((hearer) => hearer !== note.author)
        .map((hearer) => (this.#heardMs.get(hearer)!.get(textOf(note)) ?? Infinity) - note.atMs),
    );
  }

  /** When the last of these messages reached the last member; Infinity: one has not. */
  completeMs(kind: Note['kind'], span: Span): number {
    let lastMs = -Infinity;
    for (const note of this.said(kind, span)) {
      for (const [hearer, times] of this.#heardMs) {
        if (hearer === note.author) continue;
        lastMs = Math.max(lastMs, times.get(textOf(note)) ?? Infinity);
      }
    }
    return lastMs;
  }

  /**
   * How old the newest word of every other author is at its hearers, sampled every `stepMs` of the span;
   * Infinity where nothing was heard yet.
   */
  ages(
    kind: Note['kind'],
    { fromMs, toMs, author: of }: Span,
    hearers = [...this.#heardMs.keys()],
    stepMs = 100,
  ): number[] {
    const all = this.said(kind, {
      fromMs: -Infinity,
      toMs,
      ...(of !== undefined && { author: of }),
    });
    const authors = new Set(all.map((note) => note.author));
    const ages: number[] = [];
    for (const hearer of hearers) {
      const times = this.#heardMs.get(hearer)!;
      for (const author of authors) {
        if (author === hearer) continue;
        const heard = all
          .filter((note) => note.author === author)
          .map((note) => ({ saidMs: note.atMs, heardMs: times.get(textOf(note)) ?? Infinity }))
          .sort((a, b) => a.heardMs - b.heardMs);
        let newestMs = -Infinity;
        let next = 0;
        for (let atMs = fromMs; atMs < toMs; atMs += stepMs) {
          for (; next < heard.length && heard[next]!.heardMs <= atMs; next += 1) {
            newestMs = Math.max(newestMs, heard[next]!.saidMs);
          }
          ages.push(atMs - newestMs);
        }
      }
    }
    return ages;
  }
}
