import type { InvariantId } from '../checker/violation.ts';
import type { Verdict } from '../episode/judged-episode.ts';
import type { Fault } from '../faults/fault.ts';
import { withDrones } from './fewer-drones.ts';
import type { DrawnEpisode } from './fuzz-episode.ts';
import { minimise } from './minimise.ts';

export type EpisodeData = DrawnEpisode['episode'];

/** Flies it; the violations alone count. */
export type Fly = (episode: EpisodeData) => Promise<Pick<Verdict, 'violations'>>;

export interface Shrunk {
  episode: EpisodeData;
  /** When the invariant is violated in what is left, simulated ms. */
  atMs: number;
  flights: number;
}

/** What an end that comes too early violates by itself. */
const OF_THE_END: ReadonlySet<InvariantId> = new Set(['I14']);
/** After the violation the episode goes on for this long, ms: it may show better what happened. */
const AFTER_MS = 200;
const MAX_ROUNDS = 4;

/**
 * Reduces an episode as long as the same invariant is violated: shorter, fewer drones, fewer faults and
 * orders, a good radio, an empty world, vehicles all alike, briefer faults. What is changed is the concrete
 * episode, never its seed's draws, so that one thing can go while all others stay. Undefined when
 * it does not violate `invariant` in the first place.
 */
export const shrink = async (
  episode: EpisodeData,
  invariant: InvariantId,
  fly: Fly,
  say: (words: string) => void = () => undefined,
): Promise<Shrunk | undefined> => {
  const search = new Search(episode, invariant, fly, say);
  if (!(await search.takes(episode))) return undefined;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const before = JSON.stringify(search.best);
    await search.cut();
    await search.dropFaults();
    await search.dropOrders();
    await search.dropDrones();
    await search.simplify();
    if (JSON.stringify(search.best) === before) break;
  }
  return { episode: search.best, atMs: search.atMs, flights: search.flights };
};

class Search {
  best: EpisodeData;
  atMs = 0;
  flights = 0;
  readonly #invariant: InvariantId;
  readonly #fly: Fly;
  readonly #say: (words: string) => void;
  /** Tried before; a round asks for much of what the one before asked for. */
  readonly #known = new Set<string>();

  constructor(
    episode: EpisodeData,
    invariant: InvariantId,
    fly: Fly,
    say: (words: string) => void,
  ) {
    this.best = episode;
    this.#invariant = invariant;
    this.#fly = fly;
    this.#say = say;
  }

  /** Whether it violates the same; then it is the best so far. */
  async takes(candidate: EpisodeData): Promise<boolean> {
    const name = JSON.stringify(candidate);
    if (this.#known.has(name)) return name === JSON.stringify(this.best);
    this.#known.add(name);
    this.flights += 1;
    const { violations } = await this.#fly(candidate);
    const found = violations.find(({ invariant }) => invariant === this.#invariant);
    if (found === undefined) return false;
    this.best = candidate;
    this.atMs = found.atMs;
    const { faults, orders = [], scenario, untilMs } = candidate;
    this.#say(
      `${this.flights} flights: ${scenario.vehicles.length} drones, ${faults.length} faults, ${orders.length} orders, ${(untilMs / 1000).toFixed(1)} s`,
    );
    return true;
  }

  async cut(): Promise<void> {
    const untilMs = Math.ceil(this.atMs + AFTER_MS);
    if (OF_THE_END.has(this.#invariant) || untilMs >= this.best.untilMs) return;
    await this.takes({ ...this.best, untilMs });
  }

  async dropFaults(): Promise<void> {
    await minimise(this.best.faults, (faults) => this.takes({ ...this.best, faults }));
  }

  async dropOrders(): Promise<void> {
    await minimise(this.best.orders ?? [], (orders) => this.takes({ ...this.best, orders }));
  }

  async dropDrones(): Promise<void> {
    const sysids = this.best.scenario.vehicles.map(({ sysid }) => sysid);
    await minimise(sysids, async (some) =>
      some.length === 0 ? false : this.takes(withDrones(this.best, some)),
    );
  }

  /** Each by itself: what one of them needs must not keep the others. */
  async simplify(): Promise<void> {
    const { radio, scenario, mission } = this.best;
    const isPlain = Object.keys(scenario.wind).length === 0;
    if (radio.base !== 'P1') await this.takes({ ...this.best, radio: { ...radio, base: 'P1' } });
    if (!isPlain) await this.takes({ ...this.best, scenario: { ...this.best.scenario, wind: {} } });
    if (mission.obstacles.length > 0) {
      await this.takes({
        ...this.best,
        mission: { ...this.best.mission, obstacles: [] },
        scenario: { ...this.best.scenario, obstacles: [] },
      });
    }
    const vehicles = this.best.scenario.vehicles.map((one) => ({
      ...one,
      yawDeg: 0,
      physics: {},
      battery: {},
    }));
    await this.takes({ ...this.best, scenario: { ...this.best.scenario, vehicles } });
    for (const index of this.best.faults.keys()) await this.#shorten(index);
  }

  async #shorten(index: number): Promise<void> {
    for (;;) {
      const fault = this.best.faults[index];
      if (fault === undefined || !('forMs' in fault) || fault.forMs < 1000) return;
      const faults = this.best.faults.map((one, at): Fault =>
        at === index ? { ...fault, forMs: Math.floor(fault.forMs / 2) } : one,
      );
      if (!(await this.takes({ ...this.best, faults }))) return;
    }
  }
}
