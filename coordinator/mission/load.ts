import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { LineCounter, parseDocument, type Document } from 'yaml';
import type * as z from 'zod';

import { Fault } from '#protocols/fault.ts';
import { missionSchema, type Mission } from '#protocols/mission/mission.ts';
import { checkMission } from './check.ts';
import { polygonOfGeoJson } from './geojson.ts';

type Path = readonly (string | number)[];

/** Where a value stands in its file, for messages: 1-based line and column. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/**
 * A mission read from a YAML file; `area` and `fence.polygon` may name GeoJSON files beside it.
 * Throws Fault (exit usage) 'mission-unreadable', 'mission-syntax', 'mission-field' or one of
 * check.ts's, each with file, line, field, value and remedy.
 */
export const loadMission = (file: string): Mission => {
  const counter = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: counter });
  const place = (path: Path): Place => placeOf(file, document, counter, path);
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { line, col } = counter.linePos(problem.pos[0]);
    throw new Fault('mission-syntax', `${file}:${line}:${col}: ${problem.message.split('\n')[0]}`, {
      exit: 'usage',
      data: { file, line, column: col },
      remedy: 'Correct the YAML at that place.',
    });
  }
  const raw: unknown = inlineGeometry(document.toJS(), file);
  const parsed = missionSchema.safeParse(raw, { reportInput: true });
  if (!parsed.success) throw fieldFault(parsed.error.issues[0]!, place);
  checkMission(parsed.data, place);
  return parsed.data;
};

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Fault('mission-unreadable', `${file}: cannot be read`, {
      exit: 'usage',
      data: { file },
      remedy: 'Check the path; the examples are in missions/.',
      cause,
    });
  }
};

/** Replaces a file name by the polygon that the file holds. */
const inlineGeometry = (raw: unknown, file: string): unknown => {
  if (typeof raw !== 'object' || raw === null) return raw;
  const mission = { ...raw } as Record<string, unknown>;
  const read = (name: string): unknown => {
    const path = resolve(dirname(file), name);
    return polygonOfGeoJson(readText(path), path);
  };
  if (typeof mission['area'] === 'string') mission['area'] = read(mission['area']);
  const fence = mission['fence'];
  if (typeof fence === 'object' && fence !== null && 'polygon' in fence) {
    const { polygon } = fence;
    if (typeof polygon === 'string') mission['fence'] = { ...fence, polygon: read(polygon) };
  }
  return mission;
};

const placeOf = (file: string, document: Document, counter: LineCounter, path: Path): Place => {
  // The nearest node that the file has: a missing field is reported at what should hold it.
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
    if (range !== undefined && range !== null) {
      const { line, col } = counter.linePos(range[0]);
      return { file, line, column: col };
    }
  }
  return { file, line: 1, column: 1 };
};

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

const fieldFault = (issue: z.core.$ZodIssue, place: (path: Path) => Place): Fault => {
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = [...(issue.path as (string | number)[]), ...(unknownKey ? [unknownKey] : [])];
  const at = place(path);
  const field = path.join('.') || '(document)';
  const value = unknownKey === undefined ? shown(issue.input) : shown(unknownKey);
  const what =
    unknownKey === undefined
      ? `${field} is ${value}: ${issue.message}`
      : `${field} is not a field of a mission`;
  return new Fault('mission-field', `${at.file}:${at.line}:${at.column}: ${what}`, {
    exit: 'usage',
    data: { ...at, field, value },
    remedy:
      unknownKey === undefined
        ? `Give ${field} a value that the mission format allows (missions/search-irchel.yaml shows each).`
        : `Remove it or correct its spelling.`,
  });
};
