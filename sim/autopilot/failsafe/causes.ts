import type { FlightMode } from '#protocols/mavlink/modes.ts';
import type { Parameters } from '../parameters.ts';
import type { BatteryLevel } from './battery-warning.ts';
import { demandOf, type Demand } from './demand.ts';
import type { FailsafeAction } from './failsafe-action.ts';

/** What the commander knows to be wrong at a step. */
export interface Troubles {
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
}

type Choice = Readonly<Record<number, FailsafeAction>>;

/** Only these end with their cause; the others stay until the operator chooses a mode. */
const stays = (action: FailsafeAction): Partial<Demand> =>
  action === 'warn' ? {} : { ends: 'withModeChange' };

/** NAV_DLL_ACT. */
const LINK_LOSS: Choice = { 1: 'hold', 2: 'rtl', 3: 'land', 5: 'terminate', 6: 'disarm' };

const gcsLoss = ({ gcsLost, parameters, intendedMode }: Troubles): Demand | undefined => {
  const action = LINK_LOSS[parameters.get('NAV_DLL_ACT')];
  const landing = intendedMode === 'AUTO_LAND' || intendedMode === 'AUTO_PRECLAND';
  if (!gcsLost || action === undefined || landing) return undefined;
  return demandOf('gcsLost', action, stays(action));
};

/** GF_ACTION; a hold begins at once, since the operator can fly out of it. */
const FENCE: Choice = { 1: 'warn', 2: 'hold', 3: 'rtl', 4: 'terminate', 5: 'land' };

const fence = ({ fenceBreached, parameters }: Troubles): Demand | undefined => {
  const action = FENCE[parameters.get('GF_ACTION')];
  if (!fenceBreached || action === undefined) return undefined;
  return demandOf('fenceBreached', action, { ...stays(action), delayed: action !== 'hold' });
};

/** COM_WIND_MAX_ACT. */
const WIND: Choice = { 1: 'warn', 2: 'hold', 3: 'rtl', 4: 'terminate', 5: 'land' };

const wind = ({ windMps, parameters }: Troubles): Demand | undefined => {
  const limitMps = parameters.get('COM_WIND_MAX');
  const action = WIND[parameters.get('COM_WIND_MAX_ACT')];
  if (limitMps < 0 || windMps <= limitMps || action === undefined) return undefined;
  return demandOf('windExceeded', action, { ...stays(action), delayed: action !== 'hold' });
};

const flightTime = ({ flightTimeS, parameters }: Troubles): Demand | undefined => {
  const limitS = parameters.get('COM_FLT_TIME_MAX');
  return limitS > 0 && flightTimeS > limitS ? demandOf('flightTimeExceeded', 'rtl') : undefined;
};

/**
 * COM_LOW_BAT_ACT: 0 warns, 1 returns, 2 lands when critical, 3 returns when critical and lands in
 * emergency.
 */
const BATTERY: Readonly<Record<'critical' | 'emergency', Choice>> = {
  critical: { 1: 'rtl', 2: 'land', 3: 'rtl' },
  emergency: { 1: 'rtl', 2: 'land', 3: 'land' },
};

const BATTERY_CAUSE = {
  low: 'batteryLow',
  critical: 'batteryCritical',
  emergency: 'batteryEmergency',
} as const;

const battery = ({ battery: level, batteryAtArming, parameters }: Troubles): Demand | undefined => {
  if (level === 'none') return undefined;
  const choice = level === batteryAtArming ? 0 : parameters.get('COM_LOW_BAT_ACT');
  const action = level === 'low' ? 'warn' : (BATTERY[level][choice] ?? 'warn');
  return demandOf(BATTERY_CAUSE[level], action);
};

const CAUSES = [gcsLoss, wind, flightTime, fence, battery];

/** What each trouble demands; the fallback of the mode itself comes on top. */
export const demandsOf = (troubles: Troubles): Demand[] =>
  CAUSES.map((cause) => cause(troubles)).filter((demand) => demand !== undefined);
