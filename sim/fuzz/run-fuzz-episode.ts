import type { InvariantId, Violation } from '../checker/violation.ts';
import { JudgedEpisode, type Verdict } from '../episode/judged-episode.ts';
import { faultInWords, type FaultName } from '../faults/fault.ts';
import type { ProfileName } from '../radio/profile.ts';
import {
  drawEpisode,
  withPlanner,
  type DrawnEpisode,
  type FuzzSettings,
  type PlannerChoice,
} from './fuzz-episode.ts';
import type { Planners } from './planners.ts';

/** What an invariant did not hold for, or an episode that came to no end. */
export interface SeedViolation extends Omit<Violation, 'invariant'> {
  invariant: InvariantId | 'hang';
}

/** What became of one seed. */
export interface SeedVerdict extends Omit<Verdict, 'violations'> {
  seed: number;
  violations: readonly SeedViolation[];
  /** The mission's name, and how many flew it. */
  mission: string;
  drones: number;
  planner: PlannerChoice['kind'];
  /** What every link of it is before distance and faults. */
  radio: ProfileName;
  /** It was ended on purpose before all could be home; whether they come home was not judged. */
  isCut: boolean;
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

/** @param onStep is told of every step, with the simulated ms. */
export const runFuzzEpisode = async (
  seed: number,
  settings: FuzzSettings,
  planners: Pick<Planners, 'open'>,
  onStep: (nowMs: number) => void = () => undefined,
): Promise<SeedVerdict> => {
  const drawn = drawEpisode(seed, settings);
  const planner = await planners.open(drawn.planner);
  const judged = new JudgedEpisode(withPlanner(drawn, planner));
  const { beforeStep } = judged.episode;
  judged.episode.beforeStep = (nowMs) => {
    onStep(nowMs);
    beforeStep?.(nowMs);
  };
  return { ...(await judged.run()), ...factsOf(seed, drawn) };
};

const factsOf = (seed: number, { episode, planner }: DrawnEpisode) => ({
  seed,
  mission: episode.mission.name,
  drones: episode.scenario.vehicles.length,
  planner: planner.kind,
  radio: episode.radio.base,
  isCut: episode.isCut === true,
  faults: episode.faults.map(faultInWords),
  kinds: [...new Set(episode.faults.map(({ kind }) => kind))],
});

/** Of an episode that went on without getting anywhere after `atMs`, simulated. */
export const hungVerdict = (
  seed: number,
  settings: FuzzSettings,
  atMs: number,
  silentMs: number,
): SeedVerdict => ({
  ...factsOf(seed, drawEpisode(seed, settings)),
  violations: [
    {
      invariant: 'hang',
      atMs,
      drones: [],
      detail: `no step for ${(silentMs / 1000).toFixed(0)} s of wall time; its process was killed`,
    },
  ],
  simulatedMs: atMs,
  ended: false,
  tasksDone: 0,
  flownHours: 0,
  abortDelaysMs: [],
  digest: '',
});
