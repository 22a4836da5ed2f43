import { MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import type { Profile } from '../parameters.ts';
import type { Outcome } from './command.ts';

/** Milliseconds after which the logger confirms that it has stopped. */
const LOG_CLOSE_MS = 2370;
/** A gripper's time to open or close. */
const GRIPPER_MS = 1090;

interface Recorded {
  readonly '1.15': Outcome;
  readonly '1.18': Outcome;
}

const both = (outcome: Outcome): Recorded => ({ '1.15': outcome, '1.18': outcome });

/**
 * Commands that change nothing here, with PX4's recorded answers. Silence is an answer too: some
 * module of PX4 takes the command and never acknowledges it. What is in no table is unsupported.
 */
const RECORDED: ReadonlyMap<number, Recorded> = new Map<number, Recorded>([
  [MavCmd.DO_SET_ACTUATOR, both('accepted')],
  [MavCmd.LOGGING_START, both('accepted')],
  [MavCmd.LOGGING_STOP, both([{ result: 'accepted', afterMs: LOG_CLOSE_MS }])],
  [MavCmd.ACTUATOR_TEST, both(undefined)],
  [MavCmd.DO_DIGICAM_CONTROL, both(undefined)],
  [MavCmd.DO_GIMBAL_MANAGER_PITCHYAW, both(undefined)],
  [MavCmd.DO_VTOL_TRANSITION, both(undefined)],
  [MavCmd.START_RX_PAIR, both(undefined)],
  [MavCmd.INJECT_FAILURE, { '1.15': undefined, '1.18': 'accepted' }],
  [MavCmd.EXTERNAL_POSITION_ESTIMATE, { '1.15': undefined, '1.18': 'temporarilyRejected' }],
  [
    MavCmd.DO_GRIPPER,
    {
      '1.15': undefined,
      '1.18': [
        { result: 'inProgress', progress: 255 },
        { result: 'accepted', afterMs: GRIPPER_MS },
      ],
    },
  ],
]);

export const recordedOutcome = (command: number, profile: Profile): Outcome => {
  const recorded = RECORDED.get(command);
  return recorded === undefined ? 'unsupported' : recorded[profile];
};
