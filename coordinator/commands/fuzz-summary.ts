import type { SeedCrash, SeedOutcome, SeedVerdict } from '#sim/fuzz/run-fuzz-episode.ts';
import { STEP_MS } from '#sim/vehicle.ts';

/** One group of episodes, and how sure its count of violations is. */
interface FuzzGroup {
  episodes: number;
  droneHours: number;
  /** Episodes with a violation at least. */
  withViolations: number;
  /** Upper 95 % bound of the chance that such an episode violates: 3/n for none, else Wilson's (1927). */
  shareBound95: number;
}

/** The sum over seeds, in their order, whatever order they were flown in. */
export interface FuzzSummary extends FuzzGroup {
  simulatedS: number;
  /** Episodes that were ended before all could be home; whether they come home was not judged. */
  cut: number;
  violations: ViolationLine[];
  byInvariant: Record<string, number>;
  /** Episodes with a violation per drone-hour in the air, and its upper 95 % bound: 3/hours for none. */
  perDroneHour: number;
  perDroneHourBound95: number;
  /** Episodes in which a kind of fault came; `none` for those without any. */
  byFault: Record<string, FuzzGroup>;
  byMission: Record<string, FuzzGroup>;
  byPlanner: Record<string, FuzzGroup>;
  /** By what every link is before distance and faults. */
  byRadio: Record<string, FuzzGroup>;
  /** From an operator's abort to each drone that could hear it; null without any. */
  abortP95Ms: number | null;
  aborts: number;
  /** Seeds at which the program itself failed, and how. */
  crashes: SeedCrash[];
}

interface ViolationLine {
  seed: number;
  /** Steps of the simulation since the start. */
  tick: number;
  invariant: string;
  drones: readonly number[];
  detail: string;
}

const isFailed = ({ violations }: SeedVerdict): boolean => violations.length > 0;

export const violationsOf = ({ seed, violations }: SeedVerdict): ViolationLine[] =>
  violations.map(({ atMs, invariant, drones, detail }) => ({
    seed,
    tick: Math.round(atMs / STEP_MS),
    invariant,
    drones,
    detail,
  }));

/** `seed, tick, invariant, drones`, and what was compared. */
export const violationText = ({ seed, tick, invariant, drones, detail }: ViolationLine): string =>
  `VIOLATION seed ${seed}, tick ${tick}, ${invariant}, drones ${drones.join(' ')}: ${detail} (${((tick * STEP_MS) / 1000).toFixed(2)} s)`;

export const fuzzSummary = (outcomes: readonly SeedOutcome[]): FuzzSummary => {
  const inOrder = [...outcomes].sort((a, b) => a.seed - b.seed);
  const flown = inOrder.flatMap((one) => ('crash' in one ? [] : [one]));
  const violations = flown.flatMap(violationsOf);
  const failed = flown.filter(isFailed).length;
  const byInvariant: Record<string, number> = {};
  for (const { invariant } of violations)
    byInvariant[invariant] = (byInvariant[invariant] ?? 0) + 1;
  const delays = flown.flatMap(({ abortDelaysMs }) => abortDelaysMs).sort((a, b) => a - b);
  const whole = groupOf(flown);
  return {
    ...whole,
    simulatedS: flown.reduce((sum, { simulatedMs }) => sum + simulatedMs / 1000, 0),
    cut: flown.filter(({ isCut }) => isCut).length,
    violations,
    byInvariant,
    perDroneHour: whole.droneHours === 0 ? 0 : failed / whole.droneHours,
    perDroneHourBound95: rateBound95(failed, whole.droneHours),
    byFault: grouped(flown, ({ kinds }) => (kinds.length === 0 ? ['none'] : kinds)),
    byMission: grouped(flown, ({ mission }) => [mission]),
    byPlanner: grouped(flown, ({ planner }) => [planner]),
    byRadio: grouped(flown, ({ radio }) => [radio]),
    abortP95Ms: delays[Math.ceil(0.95 * delays.length) - 1] ?? null,
    aborts: delays.length,
    crashes: inOrder.flatMap((one) => ('crash' in one ? [one] : [])),
  };
};

const groupOf = (verdicts: readonly SeedVerdict[]): FuzzGroup => {
  const withViolations = verdicts.filter(isFailed).length;
  return {
    episodes: verdicts.length,
    droneHours: verdicts.reduce((sum, { flownHours }) => sum + flownHours, 0),
    withViolations,
    shareBound95: shareBound95(withViolations, verdicts.length),
  };
};

const grouped = (
  verdicts: readonly SeedVerdict[],
  namesOf: (verdict: SeedVerdict) => readonly string[],
): Record<string, FuzzGroup> => {
  const groups = new Map<string, SeedVerdict[]>();
  for (const verdict of verdicts) {
    for (const name of namesOf(verdict)) {
      groups.set(name, [...(groups.get(name) ?? []), verdict]);
    }
  }
  const names = [...groups.keys()].sort();
  return Object.fromEntries(names.map((name) => [name, groupOf(groups.get(name)!)]));
};

const Z = 1.645;

/** One-sided upper bound of a share of which `failed` of `all` was seen. */
const shareBound95 = (failed: number, all: number): number => {
  if (all === 0) return 1;
  if (failed === 0) return Math.min(1, 3 / all);
  const share = failed / all;
  const spread = Z * Math.sqrt((share * (1 - share)) / all + (Z * Z) / (4 * all * all));
  return Math.min(1, (share + (Z * Z) / (2 * all) + spread) / (1 + (Z * Z) / all));
};

/** One-sided upper bound of a Poisson rate (Garwood's interval, by Wilson and Hilferty's cube root). */
const rateBound95 = (count: number, hours: number): number => {
  if (count === 0) return 3 / hours;
  const next = count + 1;
  return (next * (1 - 1 / (9 * next) + Z / (3 * Math.sqrt(next))) ** 3) / hours;
};

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.01 ? 2 : 1)} %`;

const groupText = ([name, group]: [string, FuzzGroup]): string =>
  `  ${name}: ${group.episodes} episodes, ${group.droneHours.toFixed(2)} drone-hours, ${group.withViolations} with violations (at most ${percent(group.shareBound95)})`;

/** For a person, the bound beside every zero. */
export const summaryText = (summary: FuzzSummary): string => {
  const { episodes, simulatedS, droneHours, violations, withViolations } = summary;
  const seeds = [...new Set(violations.map(({ seed }) => seed))];
  const invariants = Object.entries(summary.byInvariant).map(([id, count]) => `${id} × ${count}`);
  const bound = `at most ${percent(summary.shareBound95)} of such episodes have one (95 %)`;
  return [
    `${episodes} episodes, ${(simulatedS / 3600).toFixed(2)} h simulated, ${droneHours.toFixed(2)} drone-hours in the air`,
    `${summary.cut} of them were cut off before all could be home: whether they come home was not judged`,
    withViolations === 0
      ? `no violation: ${bound}`
      : `${violations.length} violations (${invariants.join(', ')}) in ${withViolations} episodes: ${bound}; seeds ${seeds.join(', ')}`,
    `episodes with a violation per drone-hour: ${summary.perDroneHour.toFixed(2)}, at most ${summary.perDroneHourBound95.toFixed(2)} (95 %)`,
    summary.abortP95Ms === null
      ? 'no abort reached a flying drone'
      : `aborts: 95 % of ${summary.aborts} flying drones with a usable path obeyed within ${(summary.abortP95Ms / 1000).toFixed(2)} s`,
    'by mission:',
    ...Object.entries(summary.byMission).map(groupText),
    'by planner:',
    ...Object.entries(summary.byPlanner).map(groupText),
    'by radio:',
    ...Object.entries(summary.byRadio).map(groupText),
    'by kind of fault:',
    ...Object.entries(summary.byFault).map(groupText),
    ...summary.crashes.map(({ seed, crash }) => `seed ${seed} CRASHED: ${crash.split('\n')[0]}`),
  ].join('\n');
};
