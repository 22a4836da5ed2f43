import type * as z from 'zod';

import { Fault } from '#protocols/fault.ts';
import type { Path, YamlText } from './yaml-text.ts';

type Issue = z.core.$ZodIssue;

/** The schema's first objection as a fault with file, line, field, value and remedy. */
export const fieldFault = (issues: readonly Issue[], yaml: YamlText): Fault => {
  // A misspelt field shows twice, as a gap and as a stranger: the stranger is where the person wrote.
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') return strangerFault(issue, issues, yaml);
  }
  const [issue] = issues;
  const path = (issue?.path ?? []) as Path;
  const field = path.join('.') || '(document)';
  const value = shown(issue?.input);
  const at = yaml.placeOf(path);
  return new Fault(
    'mission-field',
    `${at.file}:${at.line}:${at.column}: ${field} is ${value}: ${issue?.message}`,
    {
      exit: 'usage',
      data: { ...at, field, value },
      remedy: `Give ${field} a value that the mission format allows (missions/search-irchel.yaml shows each).`,
    },
  );
};

const strangerFault = (
  stranger: z.core.$ZodIssueUnrecognizedKeys,
  issues: readonly Issue[],
  yaml: YamlText,
): Fault => {
  const holder = stranger.path as Path;
  const path = [...holder, stranger.keys[0]!];
  const field = path.join('.');
  const at = yaml.placeOfKey(path);
  const missing = issues
    .filter((issue) => issue.input === undefined && issue.path.length === path.length)
    .map((issue) => issue.path.join('.'));
  return new Fault(
    'mission-field',
    `${at.file}:${at.line}:${at.column}: ${field} is not a field of a mission`,
    {
      exit: 'usage',
      data: { ...at, field, value: shown(stranger.keys[0]) },
      remedy:
        missing.length === 0
          ? 'Remove it or correct its spelling.'
          : `Remove it or correct its spelling: ${missing.join(', ')} is missing.`,
    },
  );
};

const MAX_SHOWN = 60;

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 3)}…` : text;
};
