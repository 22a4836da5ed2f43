import { spawn, type ChildProcess } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  realpathSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { Fault } from '#protocols/fault.ts';
import { px4Arguments, px4Environment } from '../px4/px4-process.ts';
import type { ScenarioInput } from '../scenario.ts';
import type { SwarmLayout } from './layout.ts';

export interface Px4Build {
  /** The `px4` of a SITL build, or of PX4's Debian package. */
  binary: string;
  /** Its startup files (ROMFS `etc`). */
  etcDir: string;
}

/**
 * Finds what belongs to a `px4` binary: its startup files lie in `etc` beside its `bin`.
 * Throws the Faults `px4-binary-missing` and `px4-etc-missing` (exit usage).
 */
export const findPx4 = (binary: string | undefined, etcDir: string | undefined): Px4Build => {
  const named = binary ?? process.env['SKEIN_PX4'];
  if (named === undefined || !isExecutable(named)) {
    throw new Fault(
      'px4-binary-missing',
      named === undefined
        ? '--px4 sitl needs the px4 program of a SITL build'
        : `${named} is no program that this user may run`,
      {
        exit: 'usage',
        data: { option: '--px4-binary', value: named ?? null },
        remedy:
          'Name it with --px4-binary or SKEIN_PX4, e.g. PX4-Autopilot/build/px4_sitl_default/bin/px4 (make px4_sitl_default), or run PX4 in containers: docker-compose up.',
      },
    );
  }
  const real = realpathSync(named);
  const etc = etcDir ?? join(dirname(dirname(real)), 'etc');
  if (!existsSync(join(etc, 'init.d-posix', 'rcS'))) {
    throw new Fault(
      'px4-etc-missing',
      `${etc} holds no init.d-posix/rcS: no startup files of PX4`,
      {
        exit: 'usage',
        data: { option: '--px4-etc', value: etc },
        remedy: 'Name the etc directory of the same build with --px4-etc.',
      },
    );
  }
  return { binary: real, etcDir: etc };
};

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** One PX4 process for each drone, its working directory and log in the run directory. */
export const startPx4 = (
  build: Px4Build,
  layout: SwarmLayout,
  scenario: ScenarioInput,
): ChildProcess[] =>
  layout.drones.map((drone) => {
    const instance = drone.sysid - 1;
    const workDir = join(layout.runDir, `px4-${instance}`);
    mkdirSync(workDir, { recursive: true, mode: 0o700 });
    const parameters =
      scenario.vehicles.find(({ sysid }) => sysid === drone.sysid)?.parameters ?? {};
    const log = openSync(join(workDir, 'px4.log'), 'a', 0o600);
    const child = spawn(build.binary, px4Arguments(instance, build.etcDir, workDir), {
      cwd: workDir,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...px4Environment(scenario.origin, drone, parameters) },
    });
    closeSync(log);
    // A program that cannot be run shows as a vehicle that nobody hears; its reason is in the exit.
    child.on('error', () => undefined);
    return child;
  });
