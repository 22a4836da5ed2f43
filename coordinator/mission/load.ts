import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { Fault } from '#protocols/fault.ts';
import { missionSchema, type Mission } from '#protocols/mission/mission.ts';
import { checkMission } from './check.ts';
import { fieldFault } from './field-fault.ts';
import { polygonOfGeoJson } from './geojson.ts';
import { YamlText } from './yaml-text.ts';

/**
 * A mission read from a YAML file; `area` and `fence.polygon` may name GeoJSON files beside it.
 * Throws Fault (exit usage) 'mission-unreadable', 'mission-syntax', 'mission-field' or one of
 * check.ts's, each with file, line, field, value and remedy.
 */
export const loadMission = (file: string): Mission => {
  const yaml = new YamlText(readText(file), file);
  const raw = inlineGeometry(yaml.value(), file);
  const parsed = missionSchema.safeParse(raw, { reportInput: true });
  if (!parsed.success) throw fieldFault(parsed.error.issues, yaml);
  checkMission(parsed.data, (path) => yaml.placeOf(path));
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
export const inlineGeometry = (raw: unknown, file: string): unknown => {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
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
