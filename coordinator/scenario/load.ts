import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { Fault } from '#protocols/fault.ts';
import { objectionsTo } from '#sim/scenarios/objections.ts';
import { scenarioDocumentSchema, type ScenarioDocument } from '#sim/scenarios/scenario-document.ts';
import { checkMission } from '../mission/check.ts';
import { fieldFault } from '../mission/field-fault.ts';
import { inlineGeometry, loadMission } from '../mission/load.ts';
import { raiseFirst } from '../mission/objection.ts';
import { YamlText } from '../mission/yaml-text.ts';

const SCENARIO = { kind: 'scenario', example: 'scenarios/antipodal-swap.yaml' } as const;

/**
 * A scenario read from a YAML file; `mission` may name a mission file beside it, the area and fence of a
 * mission written out may name GeoJSON files. Throws Fault (exit usage) 'scenario-unreadable',
 * 'scenario-syntax', 'scenario-field', one of those of a mission or one of objections.ts, each with file,
 * line, column, field and remedy.
 */
export const loadScenario = (file: string): ScenarioDocument => {
  const yaml = new YamlText(readText(file), file, SCENARIO.kind);
  const raw = inlineMission(yaml.value(), file);
  const parsed = scenarioDocumentSchema.safeParse(raw, { reportInput: true });
  if (!parsed.success) throw fieldFault(parsed.error.issues, yaml, SCENARIO);
  checkMission(parsed.data.mission, (path) => yaml.placeOf(['mission', ...path]));
  raiseFirst(objectionsTo(parsed.data), (path) => yaml.placeOf(path));
  return parsed.data;
};

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Fault('scenario-unreadable', `${file}: cannot be read`, {
      exit: 'usage',
      data: { file },
      remedy: 'Check the path; the examples are in scenarios/.',
      cause,
    });
  }
};

const inlineMission = (raw: unknown, file: string): unknown => {
  if (typeof raw !== 'object' || raw === null || !('mission' in raw)) return raw;
  const { mission } = raw;
  const written =
    typeof mission === 'string'
      ? loadMission(resolve(dirname(file), mission))
      : inlineGeometry(mission, file);
  return { ...raw, mission: written };
};
