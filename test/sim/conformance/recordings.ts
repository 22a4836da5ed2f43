import { existsSync } from 'node:fs';
import type { Profile } from '#sim/autopilot/parameters.ts';

/** Recordings of PX4's own simulator, both directions; in the workshop, not in every clone. */
export const TRACES = '../shared/px4-traces';

export interface RecordingSpec {
  name: string;
  directory: string;
  profile: Profile;
  /** The recorded vehicle's; the client's is what its packets say. */
  sysid: number;
  /** What the client could not send: the simulated GNSS receiver goes silent at this boot time. */
  gnssLostAtS?: number;
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
  v115('failsafe-gps-loss', 2, { gnssLostAtS: 58.6 }),
  v115('failsafe-battery', 1),
];

export const isPresent = (spec: RecordingSpec): boolean =>
  existsSync(`${spec.directory}/${spec.name}.fromfc.tlog.gz`);
