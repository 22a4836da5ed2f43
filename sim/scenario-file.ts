import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Fault } from '#protocols/fault.ts';
import { scenarioSchema, type Scenario } from './scenario.ts';

const usage = (file: string, problem: string, remedy: string, cause?: unknown): Fault =>
  new Fault('scenario-invalid', `${file}: ${problem}`, {
    exit: 'usage',
    data: { file },
    remedy,
    cause,
  });

/** Reads a scenario. Throws the Fault `scenario-invalid` (exit 2) naming file, field and value. */
export const readScenario = (file: string): Scenario => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw usage(file, 'cannot be read', 'Name a file that exists and is readable.', cause);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw usage(file, `is not JSON (${String(cause)})`, 'Correct the syntax.', cause);
  }
  const parsed = scenarioSchema.safeParse(json);
  if (!parsed.success) {
    throw usage(file, z.prettifyError(parsed.error), 'Correct the fields named above.');
  }
  const sysids = parsed.data.vehicles.map(({ sysid }) => sysid);
  if (new Set(sysids).size < sysids.length) {
    throw usage(file, 'two vehicles share a sysid', 'Give every vehicle a sysid of its own.');
  }
  return parsed.data;
};
