import {
  beginStream,
  leaveTo,
  validOrder,
  type FlightCore,
  type Readings,
} from '../flight-core.ts';
import { isManual } from '../mode-watch.ts';

/**
 * yielded and failsafe: somebody else flies. No stream and no command, until an operator's resume or a
 * newer goal, under an order to fly; a directive that means a mode (rtl, land, abort) is passed on, but
 * never takes the sticks from a person.
 */
export const released = (core: FlightCore, readings: Readings): void => {
  const { authority, memory } = core;
  const { standing } = authority.state;
  const directed = core.directed;
  core.directed = false;
  if (isManual(readings.mode.mode)) return;
  if (directed && (authority.latched || standing === 'rtl')) {
    memory.owned = true;
    leaveTo(core, 'returning', authority.latched ? 'abort' : 'operator', readings);
  } else if (directed && standing === 'land') {
    memory.owned = true;
    leaveTo(core, 'landing', 'operator', readings);
  } else if (core.released && validOrder(core)?.kind === 'fly') {
    memory.owned = true;
    beginStream(core, readings, 're-engaged');
  }
};
