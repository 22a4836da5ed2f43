import type { Check } from '../check.ts';
import { numberText, type Finding } from '../finding.ts';
import { valueOf, type PreflightInput } from '../input.ts';

/** Usual limit of small multicopters, and always well below the speed at which they come home. */
const USUAL_MPS = 12;
const SHARE_OF_SPEED = 0.8;

/** COM_WIND_MAX_ACT: 0 none, 1 warning, 2 hold, 3 return, 4 terminate, 5 land. */
const SAFE_ACTIONS: readonly number[] = [2, 3, 5];
const RETURN = 3;

/** Wind against which the vehicle cannot come home: PX4 must act while it still can. */
export const wind: Check = {
  needs: ['COM_WIND_MAX', 'COM_WIND_MAX_ACT'],
  reads: ['MPC_XY_VEL_MAX'],
  find: (input) => [...limitOf(input), ...actionOf(input)],
};

const limitOf = (input: PreflightInput): Finding[] => {
  const limit = valueOf(input, 'COM_WIND_MAX');
  if (limit === undefined) return [];
  const speed = valueOf(input, 'MPC_XY_VEL_MAX') ?? USUAL_MPS;
  const greatest = Math.max(1, Math.min(USUAL_MPS, Math.floor(SHARE_OF_SPEED * speed)));
  if (limit > 0 && (limit <= greatest || limit < speed)) return [];
  const off = !(limit > 0);
  return [
    {
      code: off ? 'wind-limit-off' : 'wind-limit-too-high',
      severity: off ? 'refuse' : 'warn',
      subject: 'COM_WIND_MAX',
      found: off ? `${numberText(limit)}: off` : `${numberText(limit)} m/s`,
      wanted: `${greatest} m/s, or what the vehicle is made for, below its ${numberText(speed)} m/s`,
      remedy: `Set COM_WIND_MAX to ${greatest}.`,
      fix: [{ name: 'COM_WIND_MAX', value: greatest }],
    },
  ];
};

const actionOf = (input: PreflightInput): Finding[] => {
  const action = valueOf(input, 'COM_WIND_MAX_ACT');
  if (action === undefined || SAFE_ACTIONS.includes(action)) return [];
  return [
    {
      code: 'wind-action-unsafe',
      severity: 'refuse',
      subject: 'COM_WIND_MAX_ACT',
      found:
        action === 4 ? '4: drops the vehicle' : `${numberText(action)}: COM_WIND_MAX does nothing`,
      wanted: '3 (return), 2 (hold) or 5 (land)',
      remedy: 'Set COM_WIND_MAX_ACT to 3.',
      fix: [{ name: 'COM_WIND_MAX_ACT', value: RETURN }],
    },
  ];
};
