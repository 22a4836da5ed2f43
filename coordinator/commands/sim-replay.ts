import { openPlanner } from '#agent/mind/plan/open-planner.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { EXIT } from '#protocols/fault.ts';
import { JudgedEpisode, type Verdict } from '#sim/episode/judged-episode.ts';
import { faultInWords } from '#sim/faults/fault.ts';
import { fuzzEpisode, type FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';
import type { Context } from './context.ts';

/** One thing that happened, for the list of a replay. */
interface Happening {
  atMs: number;
  what: string;
}

/**
 * `skein sim replay`: flies one seed of a fuzzing run again and tells what happened, in order. Exit
 * code failed when an invariant was violated.
 */
export const runSimReplay = async (
  context: Context,
  seed: number,
  settings: FuzzSettings,
): Promise<number> => {
  const planner = await openPlanner(
    { modelDir: null, modelSignersHex: [] },
    { ...PLAN_SETTINGS, samples: settings.samples },
  );
  const options = fuzzEpisode(seed, settings, planner);
  const judged = new JudgedEpisode(options);
  const verdict = await judged.run();
  await planner.close();
  const happenings = [
    ...options.faults.map((fault) => ({ atMs: fault.atMs, what: `fault: ${faultText(fault)}` })),
    ...happeningsOf(judged, verdict),
  ].filter(({ atMs }) => atMs <= verdict.simulatedMs);
  if (options.abortAtMs !== undefined) {
    happenings.push({ atMs: options.abortAtMs, what: 'the operator aborts' });
  }
  happenings.sort((a, b) => a.atMs - b.atMs);
  context.output.data({ seed, verdict, happenings }, () =>
    [
      ...happenings.map(({ atMs, what }) => `${(atMs / 1000).toFixed(2).padStart(8)} s  ${what}`),
      `${verdict.violations.length} violations, ${verdict.tasksDone} tasks done, log digest ${verdict.digest.slice(0, 16)}`,
    ].join('\n'),
  );
  return verdict.violations.length === 0 ? EXIT.ok : EXIT.failed;
};

const faultText = (fault: Parameters<typeof faultInWords>[0]): string =>
  faultInWords(fault).replace(/^\S+ s /u, '');

const happeningsOf = ({ episode }: JudgedEpisode, { violations }: Verdict): Happening[] => [
  ...episode.truth().vehicles.flatMap(({ sysid, modes }) =>
    modes.map(({ timeMs, mode, armed, failsafe }) => ({
      atMs: timeMs,
      what: `drone ${sysid}: ${mode}${armed ? ', armed' : ''}${failsafe ? ', failsafe' : ''}`,
    })),
  ),
  ...episode.operator.heard.map(({ atMs, received }) => ({
    atMs,
    what:
      received.topic === 'taskReport'
        ? `drone ${received.payload.owner} ${received.payload.state} ${received.payload.task}`
        : `drone ${received.author} found something`,
  })),
  ...violations.map(({ atMs, invariant, drones, detail }) => ({
    atMs,
    what: `VIOLATION of ${invariant} by ${drones.join(' and ')}: ${detail}`,
  })),
];
