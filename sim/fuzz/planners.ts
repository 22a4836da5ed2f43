import { openPlanner, type OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import type { FuzzSettings, PlannerChoice } from './fuzz-episode.ts';

/** The planners of a thread: opened when an episode first asks, kept for the next that asks for the same. */
export class Planners {
  readonly #learned: FuzzSettings['learned'];
  readonly #open = new Map<string, Promise<OpenPlanner>>();

  constructor({ learned }: Pick<FuzzSettings, 'learned'>) {
    this.#learned = learned;
  }

  /** Throws a release's Fault: a model that cannot be trusted must not be replaced silently here. */
  async open({ kind, samples }: PlannerChoice): Promise<OpenPlanner> {
    const name = `${kind}-${samples}`;
    const model =
      kind === 'learned' && this.#learned !== undefined
        ? this.#learned.model
        : { modelDir: null, modelSignersHex: [] };
    const opening = this.#open.get(name) ?? openPlanner(model, { ...PLAN_SETTINGS, samples });
    this.#open.set(name, opening);
    const planner = await opening;
    if (planner.fault !== undefined) throw planner.fault;
    return planner;
  }

  async close(): Promise<void> {
    for (const planner of this.#open.values()) await (await planner).close();
    this.#open.clear();
  }
}
