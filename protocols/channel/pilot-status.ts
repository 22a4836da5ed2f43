import { MAX_LINES_BYTES, troubleLines, troublesOfLines, type Trouble } from '../trouble.ts';
import { numberLayout } from './number-layout.ts';

/**
 * What the pilot tells its own drone ten times a second. Units by name; frames: NED of the mission's
 * origin for positions (NaN until a safety envelope gave an origin), NED for velocities, FRD for rates.
 * Angles in rad. Codes index FLIGHT_PHASES, FLIGHT_MODES (mavlink/modes.ts), PLAN_SOURCES and
 * STANDING_DIRECTIVES; −1 = unknown.
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
  'standing',
  'rosterEpoch',
] as const;

export type PilotStatusField = (typeof STATUS_FIELDS)[number];

export interface PilotStatus {
  values: Record<PilotStatusField, number>;
  /** Why the pilot does what it does, when it is not simply the trajectory; empty otherwise. */
  reason: string;
  /** What keeps the drone from flying, or soon may; the gravest first, at most MAX_TROUBLES. */
  troubles: Trouble[];
}

/** What an operator's directive keeps in force until a resume or a newer goal. */
export const STANDING_DIRECTIVES = ['none', 'hold', 'rtl', 'land'] as const;
export type StandingDirective = (typeof STANDING_DIRECTIVES)[number];

const MAX_REASON_BYTES = 80;

const layout = numberLayout(STATUS_FIELDS, MAX_REASON_BYTES + MAX_LINES_BYTES);

const UNKNOWN = Object.fromEntries(STATUS_FIELDS.map((field) => [field, Number.NaN])) as Record<
  PilotStatusField,
  number
>;

export const emptyPilotStatus = (): PilotStatus => ({
  values: { ...UNKNOWN },
  reason: '',
  troubles: [],
});

/** The reason, cut to 80 bytes, is the first line of the text; each trouble is another. */
export const encodePilotStatus = ({ values, reason, troubles }: PilotStatus): Uint8Array =>
  layout.encode(values, firstLine(reason) + troubleLines(troubles));

const firstLine = (reason: string): string => {
  const bytes = new TextEncoder().encode(reason.replaceAll('\n', ' '));
  if (bytes.length <= MAX_REASON_BYTES) return reason.replaceAll('\n', ' ');
  // A character that was cut in two is left out.
  return new TextDecoder().decode(bytes.subarray(0, MAX_REASON_BYTES)).replace(/\ufffd+$/u, '');
};

/** Undefined for anything malformed. */
export const decodePilotStatus = (bytes: Uint8Array): PilotStatus | undefined => {
  const decoded = layout.decode(bytes);
  if (decoded === undefined) return undefined;
  const [reason = '', ...lines] = decoded.text.split('\n');
  return { values: decoded.values, reason, troubles: troublesOfLines(lines) };
};
