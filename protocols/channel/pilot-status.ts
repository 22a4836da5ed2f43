import { numberLayout } from './number-layout.ts';

/**
 * What the pilot tells its own drone ten times a second. Units by name; frames: NED of the mission's
 * origin for positions (NaN until a safety envelope gave an origin), NED for velocities, FRD for rates.
 * Angles in rad. Codes index FLIGHT_PHASES, FLIGHT_MODES (mavlink/modes.ts)
 * and PLAN_SOURCES; −1 = unknown.
 */
const STATUS_FIELDS = [
  'nowMs',
  'phase',
  'mode',
  'armed',
  'landed',
  'engaged',
  'linkAgeMs',
  'latDeg',
  'lonDeg',
  'altAmslM',
  'northM',
  'eastM',
  'downM',
  'velocityNorthMps',
  'velocityEastMps',
  'velocityDownMps',
  'positionStdM',
  'rollRad',
  'pitchRad',
  'yawRad',
  'rollRateRadps',
  'pitchRateRadps',
  'yawRateRadps',
  'thrust',
  'batteryVoltageV',
  'batteryCurrentA',
  'batteryRemaining',
  'homeNorthM',
  'homeEastM',
  'homeDownM',
  'setpointNorthMps',
  'setpointEastMps',
  'setpointDownMps',
  'setpointYawRad',
  'planId',
  'planSource',
  'guardAction',
  'guardModified',
  'goalIssuer',
  'goalEpoch',
  'goalSequence',
  'latched',
  'directiveIssuer',
  'directiveNumber',
  'orderNumber',
] as const;

export type PilotStatusField = (typeof STATUS_FIELDS)[number];

export interface PilotStatus {
  values: Record<PilotStatusField, number>;
  /** Why the pilot does what it does, when it is not simply the trajectory; empty otherwise. */
  reason: string;
}

const layout = numberLayout(STATUS_FIELDS, 80);

export const emptyPilotStatus = (): PilotStatus => ({
  values: Object.fromEntries(STATUS_FIELDS.map((field) => [field, Number.NaN])) as Record<
    PilotStatusField,
    number
  >,
  reason: '',
});

export const encodePilotStatus = (status: PilotStatus): Uint8Array =>
  layout.encode(status.values, status.reason);

/** Undefined for anything malformed. */
export const decodePilotStatus = (bytes: Uint8Array): PilotStatus | undefined => {
  const decoded = layout.decode(bytes);
  return decoded === undefined ? undefined : { values: decoded.values, reason: decoded.text };
};
