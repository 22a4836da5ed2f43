import type * as z from 'zod';

import { Fault } from '#protocols/fault.ts';
import type { Path, YamlText } from './yaml-text.ts';

type Issue = z.core.$ZodIssue;

/** What a file is, for messages, and which shows all that may stand in one. */
export interface FileKind {
  kind: 'mission' | 'scenario';
  example: string;
}

const MISSION: FileKind = { kind: 'mission', example: 'missions/search-irchel.yaml' };

/** The schema's first objection as a fault with file, line, field, value and remedy. */
export const fieldFault = (
  found: readonly Issue[],
  yaml: YamlText,
  { kind, example }: FileKind = MISSION,
): Fault => {
  const issues = found.map(nearest);
  // A misspelt field shows twice, as a gap and as a stranger: the stranger is where the person wrote.
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') return strangerFault(issue, issues, yaml, kind);
  }
  const [issue] = issues;
  const path = (issue?.path ?? []) as Path;
  const field = path.join('.') || '(document)';
  const value = shown(inputOf(issue));
  const at = yaml.placeOf(path);
  return new Fault(
    `${kind}-field`,
    `${at.file}:${at.line}:${at.column}: ${field} is ${value}: ${issue?.message}`,
    {
      exit: 'usage',
      data: { ...at, field, value },
      remedy: `Give ${field} a value that the ${kind} format allows (${example} shows each).`,
    },
  );
};

/** What was written there; where a kind is unknown, the kind alone. */
const inputOf = (issue: Issue | undefined): unknown => {
  const { input } = issue ?? {};
  const isKind = issue?.code === 'invalid_union' && issue.discriminator !== undefined;
  if (!isKind || typeof input !== 'object' || input === null) return input;
  return (input as Record<string, unknown>)[issue.discriminator!];
};

/** Where something may be written in several ways: the objection to the way that was nearly kept to. */
const nearest = (issue: Issue): Issue => {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const ways = issue.errors.map((way) => way.map(nearest));
  const depth = (way: readonly Issue[]): number =>
    Math.max(...way.map(({ path, code }) => path.length - (code === 'invalid_type' ? 0.5 : 0)));
  const best = ways.reduce((a, b) =>
    depth(b) > depth(a) || (depth(b) === depth(a) && b.length < a.length) ? b : a,
  );
  const inner = best.find(({ code }) => code === 'unrecognized_keys') ?? best[0]!;
  return { ...inner, path: [...issue.path, ...inner.path] };
};

const strangerFault = (
  stranger: z.core.$ZodIssueUnrecognizedKeys,
  issues: readonly Issue[],
  yaml: YamlText,
  kind: FileKind['kind'],
): Fault => {
  const holder = stranger.path as Path;
  const path = [...holder, stranger.keys[0]!];
  const field = path.join('.');
  const at = yaml.placeOfKey(path);
  const missing = issues
    .filter((issue) => issue.input === undefined && issue.path.length === path.length)
    .map((issue) => issue.path.join('.'));
  return new Fault(
    `${kind}-field`,
    `${at.file}:${at.line}:${at.column}: ${field} is not a field of a ${kind}`,
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
