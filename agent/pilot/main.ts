/**
 * The pilot of one drone: estimates, guards, streams setpoints.
 *
 *   node agent/pilot/main.ts --config FILE
 */
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parseArgs } from 'node:util';

import { EXIT, Fault } from '#protocols/fault.ts';
import type { AgentConfig } from '../config.ts';
import { PilotProcess } from './process.ts';

/** Nice value: before mind, mesh and whatever else a busy companion runs; they can wait, setpoints cannot. */
const PRIORITY = -10;

/** A user without the right to it flies all the same, at the mercy of the load. */
const goFirst = (): void => {
  try {
    setPriority(PRIORITY);
  } catch {
    process.stderr.write('no right to a higher priority: setpoints may come late under load\n');
  }
};

const readConfig = (): AgentConfig => {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) {
    throw new Fault('config-missing', 'no configuration given', {
      exit: 'usage',
      remedy: 'Call it as: node agent/pilot/main.ts --config FILE',
    });
  }
  return JSON.parse(readFileSync(values.config, 'utf8')) as AgentConfig;
};

try {
  goFirst();
  const pilot = await PilotProcess.open(readConfig());
  process.on('SIGTERM', () => void pilot.stop());
  process.on('SIGINT', () => void pilot.stop());
  pilot.run();
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  process.stderr.write(`${error.message}\n${error.remedy ?? ''}\n`);
  process.exit(EXIT[error.exit]);
}
