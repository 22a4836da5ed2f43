import type { FlightMode } from '#protocols/mavlink/modes.ts';
import type { Profile } from '../parameters.ts';
import { modeOfAction, type FailsafeAction } from './failsafe-action.ts';

/** COM_OBL_RC_ACT; 0 and whatever it does not know is POSCTL. */
const OFFBOARD_LOSS: Readonly<Record<number, FailsafeAction>> = {
  1: 'fallbackAltctl',
  2: 'fallbackStabilized',
  3: 'rtl',
  4: 'land',
  5: 'hold',
  6: 'terminate',
  7: 'disarm',
};

export interface FallbackInputs {
  intendedMode: FlightMode;
  offboardSignal: boolean;
  offboardLossAction: number;
  profile: Profile;
  canFly: (mode: FlightMode) => boolean;
}

const isManual = (action: FailsafeAction): boolean =>
  action === 'fallbackPosctl' || action === 'fallbackAltctl' || action === 'fallbackStabilized';

/**
 * What replaces the intended mode when it cannot run: OFFBOARD without a stream as COM_OBL_RC_ACT
 * says, POSCTL without a position by ALTCTL, all others by RTL, and so on down the ladder. Without a
 * radio v1.15 still goes to the manual modes (and sinks in them); 1.18 returns instead.
 */
export const modeFallback = (inputs: FallbackInputs): FailsafeAction => {
  const { canFly, profile } = inputs;
  let action: FailsafeAction = 'none';
  let mode = inputs.intendedMode;
  if (mode === 'OFFBOARD' && !inputs.offboardSignal) {
    action = OFFBOARD_LOSS[inputs.offboardLossAction] ?? 'fallbackPosctl';
    if (action === 'disarm') return action;
    mode = modeOfAction(action) ?? mode;
  }
  if (mode === 'POSCTL' && !canFly(mode)) {
    action = 'fallbackAltctl';
    mode = 'ALTCTL';
  }
  if (mode === 'ALTCTL' && !canFly(mode)) {
    action = 'fallbackStabilized';
    mode = 'STABILIZED';
  }
  if (profile === '1.18' && isManual(action)) action = 'rtl';
  return canFly(mode) ? action : 'rtl';
};
