import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadScenario } from '#coordinator/scenario/load.ts';
import { Fault } from '#protocols/fault.ts';

const GOOD = readFileSync('scenarios/antipodal-swap.yaml', 'utf8');

/** A scenario file with this in it. */
export const scenarioFile = (text: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'skein-scenario-')), 'scenario.yaml');
  writeFileSync(file, text);
  return file;
};

/** The antipodal swap with one piece of text in place of another, and the line where it stands. */
export const withText = (old: string, text: string): { file: string; line: number } => {
  const at = GOOD.indexOf(old);
  if (at < 0 || GOOD.includes(old, at + 1)) throw new Error(`not once in the file: ${old}`);
  const line = GOOD.slice(0, at).split('\n').length;
  return { file: scenarioFile(GOOD.replace(old, text)), line };
};

/** What loading says of it. */
export const faultOf = (file: string): Fault => {
  try {
    loadScenario(file);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error(`${file} was accepted`);
};
