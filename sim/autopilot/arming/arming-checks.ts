import type { FlightMode } from '#protocols/mavlink/modes.ts';
import type { BatteryLevel } from '../failsafe/battery-warning.ts';
import { lacking, preventsArming, type Conditions } from '../mode-requirements.ts';
import type { Parameters } from '../parameters.ts';

/** What the checks look at. */
export interface ArmingState {
  mode: FlightMode;
  conditions: Readonly<Conditions>;
  parameters: Parameters;
  battery: BatteryLevel;
  /** Charge left, 0..1. */
  batteryRemaining: number;
  gnssFix: boolean;
  gcsLost: boolean;
  fenceBreached: boolean;
  calibrating: boolean;
  terminated: boolean;
}

interface ArmingCheck {
  /** What PX4 says of it ("Preflight Fail: …"). */
  text: string;
  fails(state: Readonly<ArmingState>): boolean;
}

/** PX4's health and arming checks, as far as anything here can fail. One check, one entry. */
const CHECKS: readonly ArmingCheck[] = [
  { text: 'Estimator not ready', fails: ({ conditions }) => !conditions.attitude },
  { text: 'Calibration in progress', fails: ({ calibrating }) => calibrating },
  { text: 'Flight termination active', fails: ({ terminated }) => terminated },
  {
    text: 'Low battery',
    fails: ({ battery, batteryRemaining, parameters }) =>
      battery === 'critical' ||
      battery === 'emergency' ||
      batteryRemaining < parameters.get('COM_ARM_BAT_MIN'),
  },
  {
    text: 'GPS fix too low',
    fails: ({ gnssFix, parameters }) => !gnssFix && parameters.get('COM_ARM_WO_GPS') === 0,
  },
  {
    text: 'No connection to the ground control station',
    fails: ({ gcsLost, parameters }) => gcsLost && parameters.get('NAV_DLL_ACT') > 0,
  },
  { text: 'Vehicle outside geofence', fails: ({ fenceBreached }) => fenceBreached },
  {
    text: 'Mode not suitable for takeoff',
    fails: ({ mode }) => preventsArming(mode),
  },
  {
    text: 'Mode requirements not fulfilled',
    fails: ({ mode, conditions }) => lacking(mode, conditions) !== undefined,
  },
];

/** Text of the first check that forbids arming; undefined when nothing does. */
export const reasonAgainstArming = (state: Readonly<ArmingState>): string | undefined =>
  CHECKS.find((check) => check.fails(state))?.text;
