import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as z from 'zod';

import { Fault } from '#protocols/fault.ts';
import { journalEntrySchema, type JournalEntry } from './journal.ts';
import { runRecord, type RunRecord, type Target } from './run-record.ts';
import { summarySchema } from './summary.ts';

const SUMMARY_FILE = 'summary.json';
const JOURNAL_FILE = 'journal.jsonl';
const SCENARIO_FILE = 'scenario.json';

const targetsSchema = z.looseObject({
  targets: z
    .array(z.looseObject({ northM: z.number(), eastM: z.number() }))
    .max(1000)
    .optional(),
});

/**
 * What a run left in its directory: summary.json, journal.jsonl and, after a simulation,
 * scenario.json. Throws Fault 'run-unreadable' (no such file) or 'run-malformed', which names file,
 * line and field. A last line of the journal that a crash cut short is left out.
 */
export const readRunDirectory = (directory: string): RunRecord => {
  const summaryPath = join(directory, SUMMARY_FILE);
  const summary = checked(summarySchema, parsed(readNeeded(summaryPath), summaryPath), summaryPath);
  return runRecord(summary, readJournal(join(directory, JOURNAL_FILE)), readTargets(directory));
};

export const writeReport = (path: string, html: string, option = '--out'): void => {
  try {
    writeFileSync(path, html);
  } catch (cause) {
    throw new Fault('report-unwritable', `${path}: cannot be written`, {
      exit: 'usage',
      data: { path },
      remedy: `Choose another place with ${option}.`,
      cause,
    });
  }
};

/** Makes the folder of what takes long to find: before the work, not after. Throws 'report-unwritable'. */
export const makeReportFolder = (path: string, option: string): void => {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (cause) {
    throw new Fault('report-unwritable', `${path}: is no folder that can be written to`, {
      exit: 'usage',
      data: { path },
      remedy: `Choose another place with ${option}.`,
      cause,
    });
  }
};

const readNeeded = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Fault('run-unreadable', `${path}: cannot be read`, {
      exit: 'usage',
      data: { file: path },
      remedy: 'Name the directory of a run that ended, e.g. skein report .skein/run.',
      cause,
    });
  }
};

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const readJournal = (path: string): JournalEntry[] => {
  const lines = (readIfThere(path) ?? '').split('\n');
  // What follows the last newline is empty, or a line that was never finished.
  lines.pop();
  return lines.map((line, index) => {
    const place = `${path}:${index + 1}`;
    return checked(journalEntrySchema, parsed(line, place), place);
  });
};

const readTargets = (directory: string): Target[] => {
  const path = join(directory, SCENARIO_FILE);
  const text = readIfThere(path);
  if (text === undefined) return [];
  return checked(targetsSchema, parsed(text, path), path).targets ?? [];
};

const parsed = (text: string, place: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(place, '', 'it is not JSON', cause);
  }
};

const checked = <Value>(schema: z.ZodType<Value>, raw: unknown, place: string): Value => {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw malformed(place, issue.path.join('.') || '(document)', issue.message, result.error);
};

const malformed = (place: string, field: string, why: string, cause: unknown): Fault =>
  new Fault('run-malformed', `${place}: ${field === '' ? '' : `${field}: `}${why}`, {
    exit: 'usage',
    data: { file: place, field },
    remedy: 'The file was written by another version or changed; run the mission again.',
    cause,
  });
