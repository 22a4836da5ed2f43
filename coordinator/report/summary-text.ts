import type { Output } from '../output.ts';
import { crashText, SOFTEST_CRASH_MPS, type Crash } from './crashes.ts';
import type { DroneSummary, Summary } from './summary.ts';

/** A figure that nobody measured. */
const UNKNOWN = '–';

/** A number with its unit, to so many decimals; a dash when it is null. */
export const figure = (value: number | null, unit: string, decimals = 1): string =>
  value === null ? UNKNOWN : `${value.toFixed(decimals)}${unit === '' ? '' : ` ${unit}`}`;

export const percent = (share: number | null): string =>
  share === null ? UNKNOWN : `${(share * 100).toFixed(1)} %`;

const mean = (values: (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
};

const greatest = (values: (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
};

const targets = (summary: Summary): string => {
  const { targetsFound, targetsExpected, targetsHidden, targetsLuck, falseFindings } = summary;
  const luck =
    targetsLuck !== null && targetsLuck < 0.2
      ? `, so few in ${percent(targetsLuck)} of searches`
      : '';
  const expected =
    targetsExpected === null ? '' : ` (${targetsExpected.toFixed(1)} expected${luck})`;
  const hidden = targetsHidden === null ? '' : ` of ${targetsHidden} hidden${expected}`;
  const wrong = falseFindings === null ? '' : `, ${falseFindings} false`;
  return `${targetsFound}${hidden}${wrong}`;
};

const searched = (summary: Summary): string => {
  const { cellsUnseen, cellsSuspicious } = summary;
  const needed = `${percent(summary.searchedFraction)} (${percent(summary.searchedFractionNeeded)} needed)`;
  const unseen =
    cellsUnseen === 0 ? '' : `, ${cellsUnseen} cell${cellsUnseen === 1 ? '' : 's'} never looked at`;
  const open = cellsSuspicious === 0 ? '' : `, ${cellsSuspicious} still suspicious`;
  return `${needed}${unseen}${open}`;
};

/** The figures of a mission as name and value, in the order in which a person asks for them. */
export const summaryFigures = (summary: Summary): [string, string][] => {
  const { drones } = summary;
  const crashed = new Set(summary.crashes.map(({ sysid }) => sysid));
  const landed = drones.filter(
    (drone) => drone.landed && drone.disarmed && !crashed.has(drone.sysid),
  ).length;
  return [
    ['searched', searched(summary)],
    ['targets found', targets(summary)],
    [
      'time',
      `${figure(summary.missionS, 's', 0)} of mission, ${figure(summary.wallS, 's', 0)} in all`,
    ],
    ['landed and disarmed', `${landed} of ${drones.length}`],
    [
      'hardest touchdown',
      `${figure(greatest(drones.map(({ touchdownMps }) => touchdownMps)), 'm/s')} (at most ${SOFTEST_CRASH_MPS} m/s)`,
    ],
    [
      'least separation',
      `${figure(summary.leastSeparationM, 'm')} (at least ${figure(summary.minSeparationM, 'm')})`,
    ],
    ['fence margin', figure(summary.fenceMarginM, 'm')],
    ['plan time', `p50 ${figure(summary.planP50Ms, 'ms')}, p99 ${figure(summary.planP99Ms, 'ms')}`],
    ['disagreement trips', `${summary.disagreementTrips}`],
    ['flown by the model', percent(summary.modelShare)],
    ['greatest setpoint gap', figure(summary.maxSetpointGapMs, 'ms', 0)],
    ['mesh, per drone', figure(mean(drones.map((drone) => drone.bytesPerSecond)), 'B/s', 0)],
    [
      'processor, per drone',
      `${figure(mean(drones.map((drone) => drone.cpuCores)), 'cores', 2)}, memory up to ` +
        figure(greatest(drones.map((drone) => drone.residentMb)), 'MB', 0),
    ],
    ...(summary.slippedS === null || summary.slippedS < 1
      ? []
      : [
          ['simulated time lost', `${figure(summary.slippedS, 's')}: this machine is too busy`] as [
            string,
            string,
          ],
        ]),
    ['audit', summary.audit],
  ];
};

export const DRONE_TITLES = [
  'drone',
  'landed',
  'airborne',
  'flown',
  'battery',
  'plan p50',
  'plan p99',
  'model',
  'trips',
  'gap',
  'mesh',
  'cores',
  'memory',
  'audit',
] as const;

const landingOf = ({ landed, disarmed, touchdownMps }: DroneSummary): string => {
  if ((touchdownMps ?? 0) > SOFTEST_CRASH_MPS) return 'crashed';
  if (!landed) return 'no';
  return disarmed ? 'yes' : 'armed';
};

/** One drone's figures, in the order of {@link DRONE_TITLES}. */
export const droneFigures = (drone: DroneSummary): string[] => [
  `${drone.sysid} ${drone.name}`,
  landingOf(drone),
  figure(drone.airborneS, 's', 0),
  figure(drone.flownM, 'm', 0),
  figure(drone.batteryPercent, '%', 0),
  figure(drone.planP50Ms, 'ms'),
  figure(drone.planP99Ms, 'ms'),
  percent(drone.modelShare),
  `${drone.disagreementTrips}`,
  figure(drone.maxSetpointGapMs, 'ms', 0),
  figure(drone.bytesPerSecond, 'B/s', 0),
  figure(drone.cpuCores, '', 2),
  figure(drone.residentMb, 'MB', 0),
  drone.audit,
];

/** Those that a drill meant to be; the others are shortfalls. */
const destroyed = ({ crashes }: Summary): Crash[] => crashes.filter(({ drill }) => drill !== null);

const losses = (summary: Summary): string => {
  const count = destroyed(summary).length;
  return count === 0 ? '' : `, ${count} ${count === 1 ? 'vehicle' : 'vehicles'} destroyed by drill`;
};

/** The summary for a terminal: what it was, how it went, the figures, one line a drone. */
export const summaryText = (summary: Summary, output: Pick<Output, 'table'>): string => {
  const figures = summaryFigures(summary);
  const width = Math.max(...figures.map(([name]) => name.length));
  const seed = summary.seed === null ? '' : `, seed ${summary.seed}`;
  return [
    `${summary.mission}${seed}: ${summary.success ? 'succeeded' : 'did not succeed'}${losses(summary)}`,
    ...summary.shortfalls.map((why) => `  ! ${why}`),
    ...destroyed(summary).map((crash) => `  ! ${crashText(crash)}`),
    '',
    ...figures.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    output.table([...DRONE_TITLES], summary.drones.map(droneFigures)),
  ].join('\n');
};
