import type { PilotStatus } from '#protocols/channel/pilot-status.ts';
import { FLIGHT_PHASES, type FlightPhase } from '#protocols/flight-phase.ts';
import type { Beacon } from '#protocols/gossip/beacon.ts';
import type { LogHead } from '#protocols/log/log-head.ts';
import { FLIGHT_MODES } from '#protocols/mavlink/modes.ts';
import { packTrouble, trouble, type Trouble } from '#protocols/trouble.ts';
import { clamp, degreesFromRadians } from '#protocols/units.ts';

/** What the beacon of a drone is made of; each source may be missing or dead. */
export interface BeaconSources {
  sysid: number;
  status: PilotStatus | undefined;
  /** Last beacon that the mind proposed, and when: the mission's side of it. */
  mind: { beacon: Beacon; atMs: number } | undefined;
  /** When this process began to wait for a pilot, monotonic ms. */
  startMs: number;
  logHead: LogHead | undefined;
  echoes: Beacon['echoes'];
}

/** Without word from the pilot for this long, PX4's own failsafe may be flying. */
const PILOT_SILENT_MS = 2000;
/** A pilot that starts anew on a busy machine takes seconds; one that is gone for longer needs a person. */
const PILOT_GONE_MS = 10_000;
/** What the mind said last is the mission's state for this long. */
const MIND_SILENT_MS = 5000;
/** How fast a drone may have moved away from where its pilot last saw it, m/s. */
const UNSEEN_SPEED_MPS = 10;

const EARTH_RADIUS_M = 6_371_000;
const INT32 = 2_147_483_647;
const UINT32 = 4_294_967_295;

const whole = (value: number, low: number, high: number): number =>
  Number.isFinite(value) ? Math.round(clamp(value, low, high)) : 0;

/** The drone's beacon as it departs: the pilot's truth, carried forward to that moment, and the mind's plan. */
export const composeBeacon = (sources: BeaconSources, departureMs: number): Beacon => {
  const { mind, logHead, status, sysid, echoes } = sources;
  const isMindHeard = mind !== undefined && departureMs - mind.atMs < MIND_SILENT_MS;
  const plan = isMindHeard ? mind.beacon : undefined;
  return {
    ...motionOf(status, departureMs),
    sysid,
    goal: plan?.goal ?? pilotGoalOf(status),
    progressPermille: mind?.beacon.progressPermille ?? 0,
    task: plan?.task ?? null,
    taskDigest: mind?.beacon.taskDigest ?? 0,
    directive: directiveOf(status),
    reason: (reasonOf(status, departureMs) || (plan?.reason ?? '')).slice(0, 80),
    planSource: plan?.planSource ?? 'none',
    model: mind?.beacon.model ?? '',
    logHead: logHead === undefined ? null : [logHead.link, logHead.head.slice(0, 8)],
    echoes,
    troubles: troublesOf(sources, departureMs).map(packTrouble),
  };
};

type Motion = Pick<
  Beacon,
  | 'phase'
  | 'armed'
  | 'mode'
  | 'latE7'
  | 'lonE7'
  | 'altAmslCm'
  | 'velocityCmps'
  | 'positionStdCm'
  | 'batteryPercent'
>;

/** A drone whose pilot never spoke is nowhere: the widest doubt that a beacon can state. */
const NOWHERE: Motion = {
  phase: 'boot',
  armed: false,
  mode: '',
  latE7: 0,
  lonE7: 0,
  altAmslCm: 0,
  velocityCmps: [0, 0, 0],
  positionStdCm: 65_535,
  batteryPercent: 0,
};

const motionOf = (status: PilotStatus | undefined, departureMs: number): Motion => {
  if (status === undefined) return NOWHERE;
  const { values } = status;
  const ageMs = Math.max(0, departureMs - values.nowMs);
  const isSilent = ageMs > PILOT_SILENT_MS;
  const seconds = isSilent ? 0 : ageMs / 1000;
  const { latDeg, lonDeg, altAmslM } = values;
  const northDeg = degreesFromRadians((values.velocityNorthMps * seconds) / EARTH_RADIUS_M);
  const eastDeg =
    degreesFromRadians((values.velocityEastMps * seconds) / EARTH_RADIUS_M) /
    Math.cos((latDeg * Math.PI) / 180);
  const unseenM = isSilent ? (UNSEEN_SPEED_MPS * ageMs) / 1000 : 0;
  return {
    phase: phaseOf(status, isSilent),
    armed: values.armed === 1,
    mode: FLIGHT_MODES[values.mode] ?? '',
    latE7: whole((latDeg + (northDeg || 0)) * 1e7, -900_000_000, 900_000_000),
    lonE7: whole((lonDeg + (eastDeg || 0)) * 1e7, -1_800_000_000, 1_800_000_000),
    altAmslCm: whole((altAmslM - values.velocityDownMps * seconds) * 100, -INT32, INT32),
    velocityCmps: [
      whole(values.velocityNorthMps * 100, -INT32, INT32),
      whole(values.velocityEastMps * 100, -INT32, INT32),
      whole(values.velocityDownMps * 100, -INT32, INT32),
    ],
    positionStdCm: Number.isFinite(latDeg)
      ? whole((values.positionStdM + unseenM) * 100, 0, 65_535)
      : 65_535,
    batteryPercent: whole(values.batteryRemaining * 100, 0, 100),
  };
};

const phaseOf = ({ values }: PilotStatus, isSilent: boolean): FlightPhase => {
  if (isSilent) return values.armed === 1 ? 'failsafe' : 'boot';
  return FLIGHT_PHASES[values.phase] ?? 'boot';
};

const reasonOf = (status: PilotStatus | undefined, departureMs: number): string => {
  if (status === undefined) return 'no pilot yet';
  return departureMs - status.values.nowMs > PILOT_SILENT_MS ? 'pilot silent' : status.reason;
};

const troublesOf = (
  { status, startMs }: BeaconSources,
  departureMs: number,
): readonly Trouble[] => {
  const isGone = departureMs - (status?.values.nowMs ?? startMs) > PILOT_GONE_MS;
  return isGone ? [trouble('pilot-silent', true)] : (status?.troubles ?? []);
};

const directiveOf = (status: PilotStatus | undefined): Beacon['directive'] => {
  if (status === undefined) return null;
  const { directiveIssuer: issuer, directiveNumber: number } = status.values;
  return issuer > 0 && number >= 0 ? [whole(issuer, 0, 65_535), whole(number, 0, UINT32)] : null;
};

const pilotGoalOf = (status: PilotStatus | undefined): Beacon['goal'] => {
  if (status === undefined || !(status.values.goalIssuer > 0)) return null;
  const { goalIssuer, goalEpoch, goalSequence } = status.values;
  return {
    issuer: whole(goalIssuer, 0, 65_535),
    epoch: whole(goalEpoch, 0, UINT32),
    sequence: whole(goalSequence, 0, UINT32),
  };
};
