import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TruthSummary } from './truth.ts';

/** Writes `<runDir>/truth.json` so that a reader never sees half of it. */
export const writeTruth = (runDir: string, summary: TruthSummary): void => {
  const file = join(runDir, 'truth.json');
  const draft = `${file}.draft`;
  writeFileSync(draft, `${JSON.stringify(summary)}\n`);
  renameSync(draft, file);
};
