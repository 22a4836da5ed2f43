import type { FlightMode } from '#protocols/mavlink/modes.ts';
import { slotOf, type ParameterName, type Parameters } from '../parameters.ts';
import type { BatteryLevel } from './battery-warning.ts';
import type { FailsafeAction } from './response.ts';

const COM_WIND_MAX = slotOf('COM_WIND_MAX');
const COM_FLT_TIME_MAX = slotOf('COM_FLT_TIME_MAX');
const COM_POS_LOW_EPH = slotOf('COM_POS_LOW_EPH');

/** What the commander knows at a step. */
export interface Facts {
  parameters: Parameters;
  intendedMode: FlightMode;
  gcsLost: boolean;
  fenceBreached: boolean;
  battery: BatteryLevel;
  /** When it was armed already: the pilot knew. */
  batteryAtArming: BatteryLevel;
  /** Wind by the estimate, m/s. */
  windMps: number;
  /** Seconds since take-off. */
  flightTimeS: number;
  /** What the estimator believes, m. */
  horizontalErrorM: number;
  /** What the loss of the intended mode itself asks for. */
  substitute: FailsafeAction;
}

/** Responses by a parameter's value. */
type Choice = Readonly<Record<number, FailsafeAction>>;

interface Entry {
  readonly cause: string;
  readonly when: (facts: Facts) => boolean;
  /** The parameter that chooses, and how; or the response itself. A value without one is no trouble. */
  readonly response:
    | readonly [ParameterName, Choice]
    | FailsafeAction
    | ((facts: Facts) => FailsafeAction | undefined);
  /** Left out: it is over with its cause. Else, all but a warning stays until the mode is changed. */
  readonly staysUntilModeChange?: true;
  /** Responses that are not held back for a pilot to step in (COM_FAIL_ACT_T). */
  readonly atOnce?: readonly FailsafeAction[] | 'all';
}

/** What GF_ACTION, COM_WIND_MAX_ACT and COM_POS_LOW_ACT share. */
const BREACH: Choice = { 1: 'warn', 2: 'hold', 3: 'rtl', 4: 'terminate', 5: 'land' };
const LINK: Choice = { 1: 'hold', 2: 'rtl', 3: 'land', 5: 'terminate', 6: 'disarm' };
const CRITICAL: Choice = { 0: 'warn', 1: 'rtl', 2: 'land', 3: 'rtl' };
const EMERGENCY: Choice = { 0: 'warn', 1: 'rtl', 2: 'land', 3: 'land' };

/** COM_POS_LOW_ACT; v1.15 has no choice. */
const positionLow = ({ parameters }: Facts): FailsafeAction | undefined =>
  parameters.profile === '1.15' ? 'rtl' : BREACH[parameters.find('COM_POS_LOW_ACT') ?? 0];

const isLanding = ({ intendedMode }: Facts): boolean =>
  intendedMode === 'AUTO_LAND' || intendedMode === 'AUTO_PRECLAND';

/** A battery that was as empty when it was armed is only warned of. */
const batteryResponse =
  (choice: Choice) =>
  ({ battery, batteryAtArming, parameters }: Facts): FailsafeAction =>
    battery === batteryAtArming ? 'warn' : (choice[parameters.get('COM_LOW_BAT_ACT')] ?? 'warn');

/** One line for each thing that can go wrong in flight. Conditions and choices: PX4's parameters. */
const TROUBLES = [
  {
    cause: 'gcsLost',
    when: (facts) => facts.gcsLost && !isLanding(facts),
    response: ['NAV_DLL_ACT', LINK],
    staysUntilModeChange: true,
  },
  {
    cause: 'windExceeded',
    when: ({ windMps, parameters }) => {
      const limitMps = parameters.at(COM_WIND_MAX);
      return limitMps >= 0 && windMps > limitMps;
    },
    response: ['COM_WIND_MAX_ACT', BREACH],
    staysUntilModeChange: true,
    atOnce: ['hold'],
  },
  {
    cause: 'flightTimeExceeded',
    when: ({ flightTimeS, parameters }) => {
      const limitS = parameters.at(COM_FLT_TIME_MAX);
      return limitS > 0 && flightTimeS > limitS;
    },
    response: 'rtl',
  },
  {
    cause: 'fenceBreached',
    when: ({ fenceBreached }) => fenceBreached,
    response: ['GF_ACTION', BREACH],
    staysUntilModeChange: true,
    atOnce: ['hold'],
  },
  {
    cause: 'positionLow',
    when: ({ horizontalErrorM, parameters, intendedMode }) => {
      const limitM = parameters.at(COM_POS_LOW_EPH);
      const counts = intendedMode === 'AUTO_MISSION' || intendedMode === 'AUTO_LOITER';
      return counts && limitM > 0 && horizontalErrorM > limitM;
    },
    response: positionLow,
    staysUntilModeChange: true,
    atOnce: ['hold'],
  },
  { cause: 'batteryLow', when: ({ battery }) => battery === 'low', response: 'warn' },
  {
    cause: 'batteryCritical',
    when: ({ battery }) => battery === 'critical',
    response: batteryResponse(CRITICAL),
  },
  {
    cause: 'batteryEmergency',
    when: ({ battery }) => battery === 'emergency',
    response: batteryResponse(EMERGENCY),
  },
  {
    cause: 'modeLost',
    when: ({ substitute }) => substitute !== 'none',
    response: ({ substitute }) => substitute,
    atOnce: 'all',
  },
] as const satisfies readonly Entry[];

export type Cause = (typeof TROUBLES)[number]['cause'];

/** A trouble that is there at this step, and what it asks for. */
export interface Trouble {
  readonly cause: Cause;
  readonly response: FailsafeAction;
  readonly staysUntilModeChange: boolean;
  /** The response is held back, hovering, so that a pilot may step in. */
  readonly waits: boolean;
}

const responseOf = ({ response }: Entry, facts: Facts): FailsafeAction | undefined => {
  if (typeof response === 'string') return response;
  if (typeof response === 'function') return response(facts);
  const [parameter, choice] = response;
  return choice[facts.parameters.get(parameter)];
};

const ENTRIES: readonly (Entry & { cause: Cause })[] = TROUBLES;

export const troublesOf = (facts: Facts): Trouble[] => {
  const troubles: Trouble[] = [];
  for (const entry of ENTRIES) {
    const response = entry.when(facts) ? responseOf(entry, facts) : undefined;
    if (response === undefined) continue;
    const { cause, staysUntilModeChange = false, atOnce = [] } = entry;
    const waits = atOnce !== 'all' && response !== 'warn' && !atOnce.includes(response);
    const stays = staysUntilModeChange && response !== 'warn';
    troubles.push({ cause, response, staysUntilModeChange: stays, waits });
  }
  return troubles;
};
