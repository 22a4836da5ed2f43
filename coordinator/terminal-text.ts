/**
 * Vehicles, logs and files put words on the operator's terminal. Control characters among them could
 * set its title, move its cursor over a warning, or answer a question for the operator; those that turn
 * the direction of writing make one word look like another.
 */

/** C0 but for tab and line feed, DEL, C1 (U+009B is ESC [ to many terminals), bidirectional overrides. */
const CONTROL = '[\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\u202A-\\u202E\\u2066-\\u2069]';

const CONTROLS = new RegExp(CONTROL, 'gu');

/** Colours and weights, which our own tables use, or a control character. */
const CONTROLS_OR_COLOUR = new RegExp(`(\\u001B\\[[\\d;]*m)|${CONTROL}`, 'gu');

/** Words that came from anywhere, without what a terminal would obey. */
export const plainText = (text: string): string => text.replaceAll(CONTROLS, '');

/** Text of our own making, whose colours stay. */
export const screenText = (text: string): string =>
  text.replaceAll(CONTROLS_OR_COLOUR, (_control, colour: string | undefined) => colour ?? '');

/** JSON escapes C0 only: the rest is escaped here, so that nothing is lost and nothing is obeyed. */
export const screenJson = (json: string): string =>
  json.replaceAll(
    CONTROLS,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
