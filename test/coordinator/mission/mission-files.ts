import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadMission } from '#coordinator/mission/load.ts';
import { Fault } from '#protocols/fault.ts';

export const GOOD = readFileSync('missions/search-irchel.yaml', 'utf8');
export const AREA = readFileSync('missions/irchel-area.geojson', 'utf8');
const FENCE = readFileSync('missions/irchel-fence.geojson', 'utf8');

interface Files {
  mission?: string;
  area?: string;
  fence?: string;
}

/** A copy of the shipped mission in a directory of its own, with what a test spoils. */
export const missionFile = ({ mission = GOOD, area = AREA, fence = FENCE }: Files): string => {
  const directory = mkdtempSync(join(tmpdir(), 'skein-mission-'));
  writeFileSync(join(directory, 'irchel-area.geojson'), area);
  writeFileSync(join(directory, 'irchel-fence.geojson'), fence);
  const file = join(directory, 'mission.yaml');
  writeFileSync(file, mission);
  return file;
};

/** The shipped mission with one line replaced, and where that line stands. */
export const withLine = (before: string, after: string): { file: string; line: number } => {
  const lines = GOOD.split('\n');
  const at = lines.findIndex((line) => line.trimStart().startsWith(before));
  if (at < 0) throw new Error(`no line of the mission starts with ${before}`);
  lines[at] = after;
  return { file: missionFile({ mission: lines.join('\n') }), line: at + 1 };
};

export const faultOf = (file: string): Fault => {
  try {
    loadMission(file);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error(`${file} was accepted`);
};

/** What is wrong with a refusal: it must be a usage fault of this code, with a remedy and these words. */
export const flaws = (file: string, code: string, ...words: string[]): string[] => {
  const fault = faultOf(file);
  return [
    ...(fault.code === code ? [] : [`its code is ${fault.code}: ${fault.message}`]),
    ...(fault.exit === 'usage' ? [] : [`it exits as ${fault.exit}`]),
    ...((fault.remedy ?? '').length > 10 ? [] : ['it has no remedy']),
    ...words
      .filter((word) => !fault.message.includes(word))
      .map((word) => `no "${word}" in: ${fault.message}`),
  ];
};
