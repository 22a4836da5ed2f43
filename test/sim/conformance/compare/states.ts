import type { Timed, Transcript } from '../transcript.ts';
import type { Comparison } from './comparison.ts';
import { compareSpans, spansOf, type Span } from './sequence.ts';

/**
 * HEARTBEAT passes once a second, in another phase on either side: up to a second between the two
 * for the same moment, and half a second for what the vehicle itself takes.
 */
const STATE_TOLERANCE = { beginS: 1.5, shortestS: 1.2 };
/** EXTENDED_SYS_STATE passes at 5 Hz; what remains is how long a landing takes in the noise. */
const LANDED_TOLERANCE = { beginS: 1.5, shortestS: 0.5 };

const stateSpans = ({ states, endS }: Transcript): Span[] =>
  spansOf(
    states.map(({ atS, value }): Timed<string> => {
      const { mode, armed, baseMode, systemStatus } = value;
      const label = `${mode} ${armed ? 'armed' : 'disarmed'} 0x${baseMode.toString(16)} status ${systemStatus}`;
      return { atS, value: label };
    }),
    endS,
  );

/** Mode, armed, base mode and system status of HEARTBEAT: same states, same order, same times. */
export const compareStates = (recorded: Transcript, made: Transcript): Comparison => {
  const real = stateSpans(recorded);
  const differences = compareSpans('state', real, stateSpans(made), STATE_TOLERANCE);
  return { aspect: 'state', compared: real.length, differences };
};

/** EXTENDED_SYS_STATE's landed states. */
export const compareLanded = (recorded: Transcript, made: Transcript): Comparison => {
  const real = spansOf(recorded.landed, recorded.endS);
  const other = spansOf(made.landed, made.endS);
  const differences = compareSpans('landed', real, other, LANDED_TOLERANCE);
  return { aspect: 'landed', compared: real.length, differences };
};
