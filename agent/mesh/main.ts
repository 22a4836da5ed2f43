/**
 * The mesh process of a drone: the only one that reads bytes from the air.
 *
 *   node agent/mesh/main.ts --config FILE [--boot-epoch N]
 */
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { parseArgs } from 'node:util';

import { EXIT, Fault } from '#protocols/fault.ts';

import type { AgentConfig } from '../config.ts';
import { surviveLog } from '../survive-log.ts';

const readSettings = (): { config: AgentConfig; bootEpoch: number | undefined } => {
  const { values } = parseArgs({
    options: { config: { type: 'string' }, 'boot-epoch': { type: 'string' } },
  });
  if (values.config === undefined) {
    throw new Fault('config-missing', 'no configuration given', {
      exit: 'usage',
      remedy: 'Call it as: node agent/mesh/main.ts --config FILE',
    });
  }
  const config = JSON.parse(readFileSync(values.config, 'utf8')) as AgentConfig;
  const epoch = values['boot-epoch'];
  return { config, bootEpoch: epoch === undefined ? undefined : Number(epoch) };
};

surviveLog();
try {
  // Before the rest is loaded: compiled code from the last run saves half of the start and 25 MB.
  enableCompileCache();
  const { runMesh } = await import('./process.ts');
  const { config, bootEpoch } = readSettings();
  await runMesh(config, bootEpoch);
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  process.stderr.write(`${error.message}\n${error.remedy ?? ''}\n`);
  process.exit(EXIT[error.exit]);
}
