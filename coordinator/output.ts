import pc from 'picocolors';
import Table from 'cli-table3';

import { EXIT, type Fault } from '#protocols/fault.ts';
import { plainText, screenJson, screenText } from './terminal-text.ts';

/** Where a command writes: stdout is data, stderr is for people (clig.dev). Handed in, so tests can read it. */
export interface Output {
  readonly json: boolean;
  /** One result: a JSON line with --json, else the text. */
  data(value: unknown, text: () => string): void;
  /** A message for the person watching; silent with --json. */
  say(text: string): void;
  /** How a long work gets on: a line for the person watching, a JSON line on stderr with --json. */
  progress(value: unknown, text: () => string): void;
  /** A table for people, borderless so that it pastes well. */
  table(head: string[], rows: string[][]): string;
}

/** Without borders: the same lines with and without a terminal. */
const BORDERLESS = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map((part) => [part, '']),
);

export const createOutput = (
  json: boolean,
  stdout: (text: string) => void,
  stderr: (text: string) => void,
): Output => ({
  json,
  data: (value, text) =>
    stdout(`${json ? screenJson(JSON.stringify(value)) : screenText(text())}\n`),
  say: (text) => {
    if (!json) stderr(`${screenText(text)}\n`);
  },
  progress: (value, text) =>
    stderr(`${json ? screenJson(JSON.stringify(value)) : screenText(text())}\n`),
  table: (head, rows) => {
    const table = new Table({
      head: head.map((title) => pc.bold(title)),
      chars: { ...BORDERLESS, middle: '  ' },
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    });
    table.push(...rows.map((row) => row.map(plainText)));
    return table.toString();
  },
});

/** How a fault is shown: message and remedy, or one JSON object on stderr with --json. */
export const faultText = (fault: Fault, json: boolean): string => {
  if (json) {
    const { code, message, data, remedy } = fault;
    const error = { code, message, data, remedy, exit: EXIT[fault.exit] };
    return `${screenJson(JSON.stringify({ error }))}\n`;
  }
  const remedy = fault.remedy === undefined ? '' : `  ${pc.dim(plainText(fault.remedy))}\n`;
  return `${pc.red('error')} ${plainText(fault.message)}\n${remedy}`;
};
