import type { FlightMode } from '#protocols/mavlink/modes.ts';
import type { Parameters, Profile } from '../parameters.ts';
import { modeOfAction, type FailsafeAction } from './response.ts';

/** COM_OBL_RC_ACT; 0 and whatever it does not know is POSCTL. */
const STREAM_LOST: Readonly<Record<number, FailsafeAction>> = {
  1: 'altctl',
  2: 'stabilized',
  3: 'rtl',
  4: 'land',
  5: 'hold',
  6: 'terminate',
  7: 'disarm',
};

export interface SubstituteView {
  intendedMode: FlightMode;
  offboardSignal: boolean;
  parameters: Parameters;
  profile: Profile;
  canFly: (mode: FlightMode) => boolean;
}

const MANUAL: ReadonlySet<FailsafeAction> = new Set(['posctl', 'altctl', 'stabilized']);

/** What a pilot flies with less than the mode needs: position, then height, then attitude alone. */
const WITH_LESS: Readonly<Partial<Record<FlightMode, FailsafeAction>>> = {
  POSCTL: 'altctl',
  ALTCTL: 'stabilized',
};

/**
 * What takes the place of the intended mode when that cannot run: OFFBOARD without a stream as
 * COM_OBL_RC_ACT says, a pilot's mode by the next that needs less, all others by RTL. COM_POSCTL_NAVL 1
 * (v1.15) lands instead of asking a pilot for more. Without a radio v1.15 still goes to a pilot's modes
 * and sinks in them; 1.18 returns.
 */
export const substituteMode = (view: SubstituteView): FailsafeAction => {
  const { intendedMode, offboardSignal, parameters, profile, canFly } = view;
  const streamLost = intendedMode === 'OFFBOARD' && !offboardSignal;
  let action = streamLost
    ? (STREAM_LOST[parameters.get('COM_OBL_RC_ACT')] ?? 'posctl')
    : ('none' as const);
  if (action === 'disarm') return action;
  let mode = modeOfAction(action) ?? intendedMode;
  if (mode === 'POSCTL' && !canFly(mode) && parameters.find('COM_POSCTL_NAVL') === 1) return 'land';
  for (let less = WITH_LESS[mode]; less !== undefined && !canFly(mode); less = WITH_LESS[mode]) {
    action = less;
    mode = modeOfAction(less)!;
  }
  if (!canFly(mode)) return 'rtl';
  return profile === '1.18' && MANUAL.has(action) ? 'rtl' : action;
};
