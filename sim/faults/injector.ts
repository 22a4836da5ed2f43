import type { Random } from '#protocols/random.ts';
import type { Episode } from '../episode/episode.ts';
import { endOf, kindNamed, type Fault } from './fault.ts';
import type { ActiveFault } from './fault-kind.ts';

interface Scheduled {
  fault: Fault;
  name: string;
}

interface Holding {
  endMs: number;
  active: ActiveFault;
}

/** Brings a list of faults over an episode, each at its time, and takes back those that end. */
export class Injector {
  readonly #episode: Episode;
  readonly #random: Random;
  readonly #due: Scheduled[];
  #holding: Holding[] = [];
  readonly #held = new Map<string, number>();

  /** @param random drawn from by faults that go on drawing while they hold. */
  constructor(episode: Episode, faults: readonly Fault[], random: Random) {
    this.#episode = episode;
    this.#random = random;
    // Stable: of the same moment, in the order of the list.
    this.#due = faults
      .map((fault, index) => ({ fault, name: `fault-${index}` }))
      .sort((a, b) => a.fault.atMs - b.fault.atMs);
  }

  /** Before each step of the episode. */
  step(nowMs: number): void {
    if (this.#holding.length > 0) this.#goOn(nowMs);
    while (this.#due.length > 0 && this.#due[0]!.fault.atMs <= nowMs) {
      this.#begin(this.#due.shift()!, nowMs);
    }
  }

  #begin({ fault, name }: Scheduled, nowMs: number): void {
    const scene = {
      episode: this.#episode,
      name,
      random: this.#random.fork(name),
      hold: (what: string) => this.#hold(what),
    };
    const active = kindNamed(fault.kind).begin(fault, scene);
    if (active === undefined) return;
    const endMs = 'forMs' in fault ? endOf(fault) : Number.POSITIVE_INFINITY;
    this.#holding.push({ endMs, active });
    active.step?.(nowMs);
  }

  #hold(what: string): () => boolean {
    const holds = (change: number): number => {
      const count = (this.#held.get(what) ?? 0) + change;
      this.#held.set(what, count);
      return count;
    };
    holds(1);
    return () => holds(-1) === 0;
  }

  #goOn(nowMs: number): void {
    const over = this.#holding.filter(({ endMs }) => endMs <= nowMs);
    if (over.length > 0) {
      this.#holding = this.#holding.filter(({ endMs }) => endMs > nowMs);
      over.sort((a, b) => a.endMs - b.endMs);
      for (const { active } of over) active.end?.();
    }
    for (const { active } of this.#holding) active.step?.(nowMs);
  }
}
