import type { Check } from '../check.ts';
import { numberText, type Finding } from '../finding.ts';
import { valueOf, type PreflightInput } from '../input.ts';

/** COM_RC_IN_MODE 4: no sticks at all. */
const NO_STICKS = 4;

/** COM_RCL_EXCEPT bit 2: the loss of the radio does not count in OFFBOARD. */
const EXCEPT_OFFBOARD = 4;

/** NAV_RCL_ACT: 1 hold, 2 return, 3 land; 5 terminates, 6 disarms. */
const SAFE_ACTIONS: readonly number[] = [0, 1, 2, 3];
const RETURN = 2;

/** The safety pilot's radio: what its loss does, and that there is one where one is said to be. */
export const radioLoss: Check = {
  needs: ['NAV_RCL_ACT'],
  reads: ['COM_RC_IN_MODE', 'COM_RCL_EXCEPT'],
  find: (input) => [...actionOf(input), ...modeOf(input), ...exceptionOf(input)],
};

const actionOf = (input: PreflightInput): Finding[] => {
  const action = valueOf(input, 'NAV_RCL_ACT');
  if (action === undefined || SAFE_ACTIONS.includes(action)) return [];
  return [
    {
      code: 'radio-loss-unsafe',
      severity: 'refuse',
      subject: 'NAV_RCL_ACT',
      found: `${numberText(action)}: cuts the motors when the radio is lost`,
      wanted: '2 (return), 1 (hold) or 3 (land)',
      remedy: 'Set NAV_RCL_ACT to 2.',
      fix: [{ name: 'NAV_RCL_ACT', value: RETURN }],
    },
  ];
};

const modeOf = (input: PreflightInput): Finding[] => {
  const mode = valueOf(input, 'COM_RC_IN_MODE');
  if (mode === undefined || input.radio === undefined) return [];
  if (input.radio && mode === NO_STICKS) {
    return [
      {
        code: 'radio-disabled',
        severity: 'refuse',
        subject: 'COM_RC_IN_MODE',
        found: '4: sticks are ignored',
        wanted: '0: the safety pilot can take over',
        remedy: 'Set COM_RC_IN_MODE to 0 and calibrate the radio.',
        fix: [{ name: 'COM_RC_IN_MODE', value: 0 }],
      },
    ];
  }
  if (input.radio || mode === NO_STICKS) return [];
  return [
    {
      code: 'radio-expected',
      severity: 'warn',
      subject: 'COM_RC_IN_MODE',
      found: numberText(mode),
      wanted: '4: no radio flies along',
      remedy: 'Set COM_RC_IN_MODE to 4.',
      fix: [{ name: 'COM_RC_IN_MODE', value: NO_STICKS }],
    },
  ];
};

const exceptionOf = (input: PreflightInput): Finding[] => {
  const except = valueOf(input, 'COM_RCL_EXCEPT');
  if (except === undefined || input.radio !== true || (except & EXCEPT_OFFBOARD) === 0) return [];
  return [
    {
      code: 'radio-loss-excepted',
      severity: 'warn',
      subject: 'COM_RCL_EXCEPT',
      found: `${numberText(except)}: ignored in OFFBOARD`,
      wanted: 'bit 2 off: who loses the safety pilot comes home',
      remedy: 'Set COM_RCL_EXCEPT without bit 2.',
      fix: [{ name: 'COM_RCL_EXCEPT', value: except & ~EXCEPT_OFFBOARD }],
    },
  ];
};
