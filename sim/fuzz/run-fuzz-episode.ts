import { Fault } from '#protocols/fault.ts';
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

/** Throws Fault 'fuzz-stopped' soon after `isStopped` says so. */
export const runFuzzEpisode = async (
  seed: number,
  settings: FuzzSettings,
  planners: Pick<Planners, 'open'>,
  isStopped: () => boolean = () => false,
): Promise<SeedVerdict> => {
  const drawn = drawEpisode(seed, settings);
  const { mission, scenario, faults } = drawn.episode;
  const planner = await planners.open(drawn.planner);
  const judged = new JudgedEpisode(withPlanner(drawn, planner));
  const { beforeStep } = judged.episode;
  judged.episode.beforeStep = (nowMs) => {
    // Between two steps no plan is being computed: the thread can end without harm.
    if (isStopped()) throw new Fault('fuzz-stopped', `seed ${seed} was not flown to its end`);
    beforeStep?.(nowMs);
  };
  const verdict = await judged.run();
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
