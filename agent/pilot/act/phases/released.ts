import { beginStream, leaveTo, type FlightCore, type Readings } from '../flight-core.ts';
import { isManual } from '../mode-watch.ts';

/**
 * yielded and failsafe: somebody else flies. No stream and no command, until an operator's resume or a
 * newer goal; a directive that means a mode (rtl, land, abort) is passed on, but never takes the sticks
 * from a person.
 */
export const released = (core: FlightCore, readings: Readings): void => {
  const { authority, memory } = core;
  const { standing } = authority.state;
  const directed = core.directed;
  const wanted = core.released;
  core.directed = false;
  core.released = false;
  if (isManual(readings.mode.mode)) return;
  if (directed && (authority.latched || standing === 'rtl')) {
    memory.owned = true;
    leaveTo(core, 'returning', authority.latched ? 'abort' : 'operator', readings);
  } else if (directed && standing === 'land') {
    memory.owned = true;
    leaveTo(core, 'landing', 'operator', readings);
  } else if (wanted && !authority.latched && authority.safety !== undefined) {
    memory.owned = true;
    beginStream(core, readings, 're-engaged');
  }
};
