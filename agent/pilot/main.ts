/**
 * The pilot of one drone: estimates, guards, streams setpoints.
 *
 *   node agent/pilot/main.ts --config FILE
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { setPriority } from 'node:os';
import { parseArgs } from 'node:util';

import { EXIT, Fault } from '#protocols/fault.ts';
import type { AgentConfig } from '../config.ts';
import { surviveLog } from '../survive-log.ts';
import { PilotProcess } from './process.ts';

/** Nice value: before mind, mesh and whatever else a busy companion runs; they can wait, setpoints cannot. */
const PRIORITY = -10;

/**
 * SCHED_RR at the low end, all threads (the collector's too): a nice value alone shortens the wait for
 * a core that another process is using, real-time scheduling ends it. The pilot needs a tenth of a
 * core, and Linux leaves the others 5 % whatever happens (sched_rt_runtime_us).
 */
const REAL_TIME = ['--all-tasks', '--rr', '--pid', '10'];

/** A user without the right to it flies all the same, at the mercy of the load. */
const goFirst = (): void => {
  try {
    setPriority(PRIORITY);
  } catch {
    process.stderr.write('no right to a higher priority: setpoints may come late under load\n');
  }
  const { status } = spawnSync('chrt', [...REAL_TIME, String(process.pid)], { stdio: 'ignore' });
  if (status !== 0) {
    process.stderr.write(
      'no real-time scheduling (chrt, CAP_SYS_NICE or LimitRTPRIO=10): setpoints may come late under load\n',
    );
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

surviveLog();
try {
  goFirst();
  const pilot = await PilotProcess.open(readConfig());
  process.on('SIGTERM', () => void pilot.stop());
  process.on('SIGINT', () => void pilot.stop());
  // A drone is switched off, not shut down: what was compiled is kept now, not at the end.
  flushCompileCache();
  pilot.run();
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  process.stderr.write(`${error.message}\n${error.remedy ?? ''}\n`);
  process.exit(EXIT[error.exit]);
}
