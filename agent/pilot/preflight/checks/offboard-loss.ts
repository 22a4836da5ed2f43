import type { Check } from '../check.ts';
import { numberText, type Finding } from '../finding.ts';
import { valueOf, type PreflightInput } from '../input.ts';

/** COM_OBL_RC_ACT: 3 return, 4 land, 5 hold; 0–2 hand over to a person, 6 and 7 drop the vehicle. */
const SAFE_ACTIONS: readonly number[] = [3, 4, 5];
const RETURN = 3;

/** docs/guard.md reckons with one second in which PX4 flies on after a companion died. */
const LONGEST_S = 1;

/** A stream at 50 Hz may stall for 250 ms. */
const SHORTEST_S = 0.4;

const WITHOUT_RADIO: Readonly<Record<number, string>> = {
  0: 'without RC a blind descent (1.15) or a return (1.18)',
  1: 'altitude mode: needs a person with RC',
  2: 'manual mode: needs a person with RC',
  6: 'terminates the flight: it falls',
  7: 'disarms: it falls',
};

/** What PX4 does when the companion dies in flight: the last line behind the guard. */
export const offboardLoss: Check = {
  needs: ['COM_OBL_RC_ACT', 'COM_OF_LOSS_T'],
  find: (input) => [...actionOf(input), ...timeOf(input)],
};

const actionOf = (input: PreflightInput): Finding[] => {
  const action = valueOf(input, 'COM_OBL_RC_ACT');
  if (action === undefined || SAFE_ACTIONS.includes(action)) return [];
  const meaning = WITHOUT_RADIO[action];
  return [
    {
      code: 'offboard-loss-unsafe',
      severity: 'refuse',
      subject: 'COM_OBL_RC_ACT',
      found: meaning === undefined ? numberText(action) : `${numberText(action)}: ${meaning}`,
      wanted: '3 (return), 4 (land) or 5 (hold)',
      remedy: 'Set COM_OBL_RC_ACT to 3.',
      fix: [{ name: 'COM_OBL_RC_ACT', value: RETURN }],
    },
  ];
};

const timeOf = (input: PreflightInput): Finding[] => {
  const seconds = valueOf(input, 'COM_OF_LOSS_T');
  if (seconds === undefined || (seconds >= SHORTEST_S && seconds <= LONGEST_S)) return [];
  return [
    {
      code: 'offboard-loss-time',
      severity: 'refuse',
      subject: 'COM_OF_LOSS_T',
      found: `${numberText(seconds)} s`,
      wanted: `${SHORTEST_S} to ${LONGEST_S} s: so long it flies on blindly when the companion dies`,
      remedy: 'Set COM_OF_LOSS_T to 1.',
      fix: [{ name: 'COM_OF_LOSS_T', value: LONGEST_S }],
    },
  ];
};
