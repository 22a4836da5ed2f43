import type { Trouble } from '#protocols/trouble.ts';
import { heardCharge } from '../estimate/charge.ts';
import type { Finding } from '../preflight/finding.ts';
import { fixesFor, type ParameterChange } from '../preflight/fixes.ts';
import type { ParameterReadings, PreflightInput } from '../preflight/input.ts';
import { preflight } from '../preflight/preflight.ts';
import { preflightTroubles } from '../troubles.ts';
import type { FlightCore, Readings } from './flight-core.ts';

/**
 * What is the mission's to say, and therefore the pilot's to set before a take-off: where this drone
 * returns, how high it climbs, and that PX4 leaves a lost link to the mission's policy. Every other
 * protection is only read: a person switches it on (`skein preflight --fix`), or nobody flies.
 */
const MISSION_PARAMETERS: ReadonlySet<string> = new Set([
  'MIS_TAKEOFF_ALT',
  'NAV_DLL_ACT',
  'RTL_CONE_ANG',
  'RTL_RETURN_ALT',
]);

/** The parameters to set for this mission, given what was read. */
export const missionChanges = (
  core: FlightCore,
  readings: Readings,
  parameters: ParameterReadings,
): ParameterChange[] =>
  fixesFor(inputOf(core, readings, parameters)).filter(({ name }) => MISSION_PARAMETERS.has(name));

export interface ArmingRefusal {
  /** A line that fits the status. */
  why: string;
  /** Nothing but what the vehicle says of itself is wrong, which may mend by itself. */
  passing: boolean;
  troubles: readonly Trouble[];
}

/** Why the vehicle may not be armed; undefined when it may. */
export const armingRefusal = (
  core: FlightCore,
  readings: Readings,
  parameters: ParameterReadings,
): ArmingRefusal | undefined => {
  const refusals = preflight(inputOf(core, readings, parameters)).filter(
    ({ severity }) => severity === 'refuse',
  );
  if (refusals.length === 0) return undefined;
  return {
    why: refusalText(refusals),
    passing: refusals.every(({ subject }) => !parameters.has(subject)),
    troubles: preflightTroubles(refusals),
  };
};

/** At most 80 bytes reach the operator: the first by name and remedy, and how many more there are. */
const refusalText = ([first, ...more]: readonly Finding[]): string => {
  const { subject, found, fix } = first!;
  const what = found.split(':')[0]!.slice(0, 32);
  const remedy = fix.find(({ name }) => name === subject);
  const set = remedy === undefined ? '' : `, set ${remedy.value}`;
  const others = more.length === 0 ? '' : ` (+${more.length} more)`;
  return `pre-flight: ${subject} ${what}${set}${others}`;
};

const inputOf = (
  core: FlightCore,
  { nowMs, telemetry, status, mode }: Readings,
  parameters: ParameterReadings,
): PreflightInput => ({
  sysid: core.sysid,
  parameters,
  vehicle: {
    estimatorAgeMs: nowMs - telemetry.estimatorAtMs,
    estimatorFlags: telemetry.estimatorFlags,
    horizontalStdM: telemetry.estimatorStdM,
    verticalStdM: telemetry.estimatorHeightStdM,
    gpsAgeMs: nowMs - telemetry.gpsAtMs,
    gpsFixType: telemetry.gpsFixType,
    satellites: telemetry.satellites,
    gpsStdM: telemetry.gpsStdM,
    batteryRemaining: heardCharge(telemetry, nowMs),
    batteryVoltageV: telemetry.batteryVoltageV,
    home: Number.isFinite(telemetry.homeAtMs) ? telemetry.home : undefined,
    homeAgeMs: nowMs - telemetry.homeAtMs,
    global: Number.isFinite(telemetry.globalAtMs) ? telemetry.global : undefined,
    globalAgeMs: nowMs - telemetry.globalAtMs,
    armed: status.armed,
    mode: mode.mode,
    systemStatus: status.systemStatus,
    sensorsEnabled: telemetry.sensorsEnabled,
    sensorsHealthy: telemetry.sensorsHealthy,
    // The arming phase waits for it by itself, in the mode that it arms in.
    readyToArm: undefined,
  },
  version: {
    // Nobody else's heartbeats are believed.
    autopilot: PX4,
    vehicleType: undefined,
    flightSwVersion: telemetry.flightSwVersion,
  },
  link: {
    quality: status.linkQuality,
    heartbeatAgeMs: status.heartbeatAgeMs,
    streams: [],
    roundTripMs: Number.NaN,
    signed: undefined,
  },
  clock: undefined,
  envelope: core.authority.safety,
  takeoffHeightM: core.memory.order?.heightM,
  radio: undefined,
  simulated: core.simulated,
});

/** MAV_AUTOPILOT_PX4. */
const PX4 = 12;
