import { existsSync } from 'node:fs';
import type { Injury } from '#sim/injury.ts';
import type { Profile } from '#sim/autopilot/parameters.ts';

/** Recordings of PX4's own simulator, both directions; in the workshop, not in every clone. */
export const TRACES = '../shared/px4-traces';

/** Some of them, cut and thinned by trim.ts, in the repository: real bytes on every machine. */
export const GOLDEN = 'test/golden/px4';
/** What their names begin with. */
export const TRIMMED = 'trimmed-';
/** The streams at 10 Hz and more (ATTITUDE, positions, targets, IMU, …): what fills a recording. */
export const THINNED: ReadonlySet<number> = new Set([
  30, 31, 32, 33, 36, 74, 83, 85, 105, 111, 132, 141, 290, 291, 331,
]);

export interface RecordingSpec {
  name: string;
  directory: string;
  profile: Profile;
  /** The recorded vehicle's; the client's is what its packets say. */
  sysid: number;
  /** What was done to the vehicle besides what the client sent, at boot times. */
  injuries?: readonly { atS: number; injury: Injury }[];
}

const v115 = (name: string, sysid: number, more: Partial<RecordingSpec> = {}): RecordingSpec => ({
  name,
  directory: TRACES,
  profile: '1.15',
  sysid,
  ...more,
});

const v118 = (name: string, sysid: number): RecordingSpec => ({
  name: `v1.18beta-${name}`,
  directory: TRACES,
  profile: '1.18',
  sysid,
});

const HEIGHT_SLID: Injury = {
  kind: 'estimateReset',
  northM: 0,
  eastM: 0,
  downM: 5.5,
  yawDeg: 0,
  origin: 'stays',
};

/** Every recording, in the order in which a reader meets the concepts. */
export const RECORDINGS: readonly RecordingSpec[] = [
  v115('boot-params', 1),
  v118('boot-params', 1),
  v115('refused-commands', 1),
  v118('refused-commands', 4),
  v115('arm-takeoff-offboard-flight', 1),
  v118('arm-takeoff-offboard-flight', 1),
  v115('setpoint-frames', 3),
  v115('offboard-stream-rates', 3),
  v115('offboard-loss-act0-position-default', 2),
  v115('offboard-loss-act3-rtl', 3),
  v115('offboard-loss-act5-hold', 3),
  v118('offboard-loss-default', 3),
  v115('rtl-land-disarm', 2),
  v115('mission-fence', 1),
  v115('failsafe-gcs-loss', 2),
  v115('failsafe-gps-loss', 2, {
    injuries: [{ atS: 62.3, injury: { kind: 'gnss', works: false } }],
  }),
  // The estimate of height slid by metres while it hovered, and the voltage's sag let the estimate of
  // the charge fall at two moments.
  v115('failsafe-battery', 1, {
    injuries: [
      { atS: 81.5, injury: { kind: 'battery', remaining: 0.115 } },
      { atS: 110, injury: HEIGHT_SLID },
      { atS: 140.8, injury: { kind: 'battery', remaining: 0.03 } },
    ],
  }),
];

const NOTHING: ReadonlySet<number> = new Set();

/** The streams of which the recording holds only samples. */
export const thinnedIn = ({ name }: RecordingSpec): ReadonlySet<number> =>
  name.startsWith(TRIMMED) ? THINNED : NOTHING;

const trimmed = (name: string): RecordingSpec => {
  const spec = RECORDINGS.find((one) => one.name === name)!;
  return { ...spec, name: `${TRIMMED}${name}`, directory: GOLDEN };
};

/** Those in the repository. */
export const TRIMMED_RECORDINGS: readonly RecordingSpec[] = [
  trimmed('v1.18beta-boot-params'),
  trimmed('v1.18beta-refused-commands'),
  trimmed('offboard-loss-act3-rtl'),
];

export const isPresent = (spec: RecordingSpec): boolean =>
  existsSync(`${spec.directory}/${spec.name}.fromfc.tlog.gz`);
