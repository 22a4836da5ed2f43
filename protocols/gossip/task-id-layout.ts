import type { LayoutReader } from './layout-reader.ts';
import type { LayoutWriter } from './layout-writer.ts';

/** What a drone may be about between tasks, a byte each; indices are on the wire, so append only. */
const WORDS = [
  'takeoff.turn',
  'takeoff',
  'home',
  'landing.turn',
  'landing.descend',
  'landing',
] as const;

/**
 * A task id's first byte: its form in the upper three bits, and in the lower five a word's index, a
 * text's length − 1, or a line's number, signed as in a varint, of which MANY says that the rest follows.
 */
const FORM = { word: 0, laneRow: 1, laneColumn: 2, confirm: 3, text: 4 } as const;

const MANY = 31;
/** Of a row, a column or a difference of two; with five digits each an id has at most 32 characters. */
const MAX_LINE = 16_383;

type Parsed =
  | { form: typeof FORM.word; index: number }
  | { form: typeof FORM.laneRow | typeof FORM.laneColumn; line: number; from: number; to: number }
  | { form: typeof FORM.confirm; line: number; column: number }
  | { form: typeof FORM.text; text: string };

/** Ids of a mission are few and are said again and again. */
const MOST_REMEMBERED = 2048;
const remembered = new Map<string, Parsed>();

const parsed = (id: string): Parsed => {
  let known = remembered.get(id);
  if (known === undefined) {
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    known = parse(id);
    remembered.set(id, known);
  }
  return known;
};

const LANE = /^lane:([rc])(-?\d{1,5}):(-?\d{1,5}):(-?\d{1,5})$/u;
const CONFIRM = /^confirm:(-?\d{1,5}):(-?\d{1,5})$/u;

/** As text whatever would not come back to the letter. */
const parse = (id: string): Parsed => {
  const index = (WORDS as readonly string[]).indexOf(id);
  if (index >= 0) return { form: FORM.word, index };
  const lane = LANE.exec(id);
  if (lane !== null) {
    const [line, from, to] = [Number(lane[2]), Number(lane[3]), Number(lane[4])];
    const isRow = lane[1] === 'r';
    const isNear = Math.max(Math.abs(line), Math.abs(from), Math.abs(to - from)) <= MAX_LINE;
    if (isNear && laneId(isRow, line, from, to) === id) {
      return { form: isRow ? FORM.laneRow : FORM.laneColumn, line, from, to };
    }
  }
  const confirm = CONFIRM.exec(id);
  if (confirm !== null) {
    const [line, column] = [Number(confirm[1]), Number(confirm[2])];
    const isNear = Math.max(Math.abs(line), Math.abs(column)) <= MAX_LINE;
    if (isNear && confirmId(line, column) === id) return { form: FORM.confirm, line, column };
  }
  return { form: FORM.text, text: id };
};

const laneId = (isRow: boolean, line: number, from: number, to: number): string =>
  `lane:${isRow ? 'r' : 'c'}${line}:${from}:${to}`;

const confirmId = (row: number, column: number): string => `confirm:${row}:${column}`;

/** Exact, and the one form of its id: a byte for a word, two for a second look, three for a lane as a rule. */
export const writeTaskId = (writer: LayoutWriter, id: string): void => {
  const task = parsed(id);
  switch (task.form) {
    case FORM.word:
      writer.byte(task.index);
      return;
    case FORM.text:
      writeText(writer, task.text);
      return;
    case FORM.confirm:
      writeLine(writer, task.form, task.line);
      writer.signed(task.column, MAX_LINE, 'task');
      return;
    default:
      writeLine(writer, task.form, task.line);
      writer.signed(task.from, MAX_LINE, 'task');
      writer.signed(task.to - task.from, MAX_LINE, 'task');
  }
};

const writeText = (writer: LayoutWriter, text: string): void => {
  if (!TEXT.test(text)) writer.refuse('task', text);
  writer.byte((FORM.text << 5) | (text.length - 1));
  for (let at = 0; at < text.length; at += 1) writer.byte(text.charCodeAt(at));
};

const TEXT = /^[a-z0-9:.-]{1,32}$/u;

const writeLine = (writer: LayoutWriter, form: number, line: number): void => {
  const word = line < 0 ? -2 * line - 1 : 2 * line;
  writer.byte((form << 5) | Math.min(word, MANY));
  if (word >= MANY) writer.whole(word - MANY, 2 * MAX_LINE, 'task');
};

/** Spoils the reader for anything else. */
export const readTaskId = (reader: LayoutReader): string => {
  const first = reader.byte();
  const rest = first & MANY;
  switch (first >> 5) {
    case FORM.word:
      return WORDS[rest] ?? nothing(reader);
    case FORM.laneRow:
    case FORM.laneColumn: {
      const line = readLine(reader, rest);
      const from = reader.signed(MAX_LINE);
      return laneId(first >> 5 === FORM.laneRow, line, from, from + reader.signed(MAX_LINE));
    }
    case FORM.confirm:
      return confirmId(readLine(reader, rest), reader.signed(MAX_LINE));
    case FORM.text: {
      const text = String.fromCharCode(...reader.bytes(rest + 1));
      const isPlain = TEXT.test(text) && parse(text).form === FORM.text;
      return isPlain ? text : nothing(reader);
    }
    default:
      return nothing(reader);
  }
};

const readLine = (reader: LayoutReader, rest: number): number => {
  const word = rest < MANY ? rest : MANY + reader.whole(2 * MAX_LINE);
  const line = word % 2 === 0 ? word / 2 : -(word + 1) / 2;
  return Math.abs(line) <= MAX_LINE ? line : reader.spoil();
};

const nothing = (reader: LayoutReader): string => {
  reader.spoil();
  return '';
};
