import { JudgedEpisode, type Verdict } from '../episode/judged-episode.ts';
import { faultInWords, type FaultName } from '../faults/fault.ts';
import { drawEpisode, withPlanner, type FuzzSettings, type PlannerChoice } from './fuzz-episode.ts';
import type { Planners } from './planners.ts';

/** What became of one seed. */
export interface SeedVerdict extends Verdict {
  seed: number;
  /** The mission's name, and how many flew it. */
  mission: string;
  drones: number;
  planner: PlannerChoice['kind'];
  /** One line each, in order of time. */
  faults: string[];
  /** Kinds of the faults that came. */
  kinds: FaultName[];
}

/** A seed that gave no verdict: the program itself failed while it was flown. */
export interface SeedCrash {
  seed: number;
  crash: string;
}

export type SeedOutcome = SeedVerdict | SeedCrash;

export const runFuzzEpisode = async (
  seed: number,
  settings: FuzzSettings,
  planners: Pick<Planners, 'open'>,
): Promise<SeedVerdict> => {
  const drawn = drawEpisode(seed, settings);
  const { mission, scenario, faults } = drawn.episode;
  const planner = await planners.open(drawn.planner);
  const verdict = await new JudgedEpisode(withPlanner(drawn, planner)).run();
  return {
    ...verdict,
    seed,
    mission: mission.name,
    drones: scenario.vehicles.length,
    planner: drawn.planner.kind,
    faults: faults.map(faultInWords),
    kinds: [...new Set(faults.map(({ kind }) => kind))],
  };
};
