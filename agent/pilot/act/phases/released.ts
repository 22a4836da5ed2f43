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
 * never takes the sticks from a person. Whoever changes the mode after a resume has the later word.
 */
export const released = (core: FlightCore, readings: Readings): void => {
  const { authority, memory } = core;
  const { standing } = authority;
  const directed = core.directed;
  const { mode } = readings.mode;
  core.directed = false;
  if (mode !== core.foreignMode) {
    core.foreignMode = mode;
    core.released = false;
  }
  if (isManual(mode)) {
    if (core.released) memory.reason = `${mode}: resume again once the sticks are released`;
    core.released = false;
    return;
  }
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
