import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { EXIT, Fault } from '#protocols/fault.ts';
import { FAULT_KINDS, type FaultName } from '#sim/faults/fault.ts';
import type { FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';
import type { SeedVerdict } from '#sim/fuzz/run-fuzz-episode.ts';
import { startFuzz } from '#sim/fuzz/start-fuzz.ts';
import { loadMission } from '../mission/load.ts';
import type { Context } from './context.ts';

export interface FuzzOptions {
  /** `A..B`, both included, or one number. */
  seeds: string;
  drones: number;
  missionFile: string;
  /** `all`, `none`, or kinds with commas. */
  faults: string;
  jobs: number;
  samples: number;
}

/** Drones that one process can fly in reasonable time. */
const MAX_DRONES = 30;
const MAX_SEEDS = 1_000_000;
/** More only costs time: 256 is what a companion computer flies with. */
const MAX_SAMPLES = 1024;

/** `3..9` or `7` as a list. Throws Fault 'usage'. */
export const parseSeeds = (text: string): number[] => {
  const match = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/u.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || last < first || last - first >= MAX_SEEDS) {
    throw new Fault('usage', `--seeds is "${text}": neither a number nor a range like 1..100`, {
      data: { option: '--seeds', value: text },
      remedy: 'Give the first and the last seed, e.g. --seeds 1..100.',
      exit: 'usage',
    });
  }
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
};

/** Throws Fault 'usage' that names the kinds there are. */
export const parseFaultKinds = (text: string): FaultName[] => {
  if (text === 'all') return [...FAULT_KINDS];
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const kind = FAULT_KINDS.find((one) => one === name.trim());
    if (kind !== undefined) return kind;
    throw new Fault('usage', `--faults names "${name.trim()}", which is no kind of fault`, {
      data: { option: '--faults', value: name.trim() },
      remedy: `Give all, none, or some of: ${FAULT_KINDS.join(', ')}.`,
      exit: 'usage',
    });
  });
};

export const fuzzSettings = (options: Omit<FuzzOptions, 'seeds' | 'jobs'>): FuzzSettings => {
  const { drones, samples } = options;
  if (drones < 1 || drones > MAX_DRONES) {
    throw new Fault('usage', `--drones is ${drones}: 1 to ${MAX_DRONES} fly in one process`, {
      data: { option: '--drones', value: drones },
      exit: 'usage',
    });
  }
  const { elites } = PLAN_SETTINGS;
  if (samples < elites || samples > MAX_SAMPLES) {
    throw new Fault('usage', `--samples is ${samples}: ${elites} to ${MAX_SAMPLES} make a plan`, {
      data: { option: '--samples', value: samples },
      exit: 'usage',
    });
  }
  return {
    mission: loadMission(options.missionFile),
    drones,
    kinds: parseFaultKinds(options.faults),
    samples,
  };
};

/**
 * `skein sim fuzz`: flies one episode for each seed, with faults, before the invariant checker. Exit
 * code failed when an invariant was violated, interrupted when a person stopped it.
 */
export const runSimFuzz = async (context: Context, options: FuzzOptions): Promise<number> => {
  const seeds = parseSeeds(options.seeds);
  const settings = fuzzSettings(options);
  const stopper = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stopper.abort());
  }
  const verdicts: SeedVerdict[] = [];
  await startFuzz(seeds, settings, options.jobs, stopper.signal, (verdict) => {
    verdicts.push(verdict);
    for (const line of violationLines(verdict)) context.output.say(line);
    context.output.say(progressLine(verdicts, seeds.length));
  });
  const summary = fuzzSummary(verdicts);
  context.output.data(summary, () => summaryText(summary));
  if (stopper.signal.aborted) return EXIT.interrupted;
  return summary.violations.length === 0 ? EXIT.ok : EXIT.failed;
};

export const violationLines = ({ seed, violations }: SeedVerdict): string[] =>
  violations.map(
    ({ atMs, invariant, drones, detail }) =>
      `seed ${seed} at ${(atMs / 1000).toFixed(2)} s: ${invariant}, drones ${drones.join(', ')}: ${detail}`,
  );

const progressLine = (verdicts: readonly SeedVerdict[], all: number): string => {
  const failed = verdicts.filter(({ violations }) => violations.length > 0).length;
  return `${verdicts.length}/${all} episodes, ${failed} with violations`;
};

/** The sum over seeds, in their order, whatever order they were flown in. */
export interface FuzzSummary {
  episodes: number;
  simulatedS: number;
  flownHours: number;
  violations: { seed: number; atMs: number; invariant: string; drones: readonly number[] }[];
  /** Upper 95 % bound of the chance that an episode violates: 3/n for none, else Wilson's (1927). */
  violationShareBound95: number;
  /** Episodes in which a kind of fault came, and those of them with violations. */
  byFault: Record<string, { episodes: number; withViolations: number }>;
}

export const fuzzSummary = (flown: readonly SeedVerdict[]): FuzzSummary => {
  const verdicts = [...flown].sort((a, b) => a.seed - b.seed);
  const byFault: FuzzSummary['byFault'] = {};
  let failed = 0;
  for (const { violations, kinds } of verdicts) {
    const isFailed = violations.length > 0;
    if (isFailed) failed += 1;
    for (const kind of kinds.length === 0 ? ['none'] : kinds) {
      const count = (byFault[kind] ??= { episodes: 0, withViolations: 0 });
      count.episodes += 1;
      if (isFailed) count.withViolations += 1;
    }
  }
  return {
    episodes: verdicts.length,
    simulatedS: verdicts.reduce((sum, { simulatedMs }) => sum + simulatedMs / 1000, 0),
    flownHours: verdicts.reduce((sum, { flownHours }) => sum + flownHours, 0),
    violations: verdicts.flatMap(({ seed, violations }) =>
      violations.map(({ atMs, invariant, drones }) => ({ seed, atMs, invariant, drones })),
    ),
    violationShareBound95: upperBound95(failed, verdicts.length),
    byFault,
  };
};

const Z = 1.645;

/** One-sided upper bound of a share of which `failed` of `all` was seen. */
const upperBound95 = (failed: number, all: number): number => {
  if (all === 0) return 1;
  if (failed === 0) return Math.min(1, 3 / all);
  const share = failed / all;
  const spread = Z * Math.sqrt((share * (1 - share)) / all + (Z * Z) / (4 * all * all));
  return Math.min(1, (share + (Z * Z) / (2 * all) + spread) / (1 + (Z * Z) / all));
};

export const summaryText = (summary: FuzzSummary): string => {
  const { episodes, simulatedS, flownHours, violations, violationShareBound95, byFault } = summary;
  const seeds = [...new Set(violations.map(({ seed }) => seed))];
  const lines = [
    `${episodes} episodes, ${(simulatedS / 3600).toFixed(2)} h simulated, ${flownHours.toFixed(2)} drone-hours in the air`,
    violations.length === 0
      ? `no violation: fewer than ${(100 * violationShareBound95).toFixed(1)} % of such episodes have one (95 %)`
      : `${violations.length} violations in ${seeds.length} episodes (seeds ${seeds.join(', ')}); at most ${(100 * violationShareBound95).toFixed(1)} % of such episodes have one (95 %)`,
    ...Object.entries(byFault).map(
      ([kind, count]) =>
        `  ${kind}: ${count.episodes} episodes, ${count.withViolations} with violations`,
    ),
  ];
  return lines.join('\n');
};
