import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { swarmLayout } from '#sim/swarm/layout.ts';
import { findPx4, startPx4 } from '#sim/swarm/start-autopilots.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'skein-px4-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A build tree whose `px4` writes down how it was called. */
const build = (): string => {
  const binary = join(directory, 'build', 'bin', 'px4');
  mkdirSync(join(directory, 'build', 'bin'), { recursive: true });
  mkdirSync(join(directory, 'build', 'etc', 'init.d-posix'), { recursive: true });
  writeFileSync(join(directory, 'build', 'etc', 'init.d-posix', 'rcS'), '');
  writeFileSync(binary, '#!/bin/sh\necho "$@"; pwd; env | grep ^PX4_ | sort\n');
  chmodSync(binary, 0o755);
  return binary;
};

describe('real PX4s in processes of their own', () => {
  test('each gets its instance, startup files, directory, place and parameters', async () => {
    const px4 = findPx4(build(), undefined);
    const layout = swarmLayout({
      runDir: join(directory, 'run'),
      stationSocket: join(directory, 'station.sock'),
      drones: 2,
      portOffset: 0,
      homeSpacingM: 10,
    });
    const children = startPx4(px4, layout, {
      origin: { latDeg: 47, lonDeg: 8, altAmslM: 500 },
      vehicles: [
        { sysid: 1, homeNorthM: 0, homeEastM: -5, parameters: { RTL_RETURN_ALT: 22 } },
        { sysid: 2, homeNorthM: 0, homeEastM: 5, parameters: { RTL_RETURN_ALT: 27.5 } },
      ],
    });
    await Promise.all(children.map((child) => once(child, 'exit')));
    const log = (instance: number): string[] =>
      readFileSync(join(directory, 'run', `px4-${instance}`, 'px4.log'), 'utf8')
        .trim()
        .split('\n');
    const [call, workDir, ...environment] = log(1);
    expect(call).toBe(`-i 1 -d ${px4.etcDir} -w ${workDir}`);
    expect(workDir).toMatch(/run\/px4-1$/u);
    expect(environment).toEqual([
      'PX4_HOME_ALT=500.00',
      'PX4_HOME_LAT=47.0000000',
      expect.stringMatching(/^PX4_HOME_LON=8\.0000[67]\d+$/u),
      'PX4_PARAM_RTL_RETURN_ALT=27.5',
      'PX4_SIM_MODEL=sihsim_quadx',
    ]);
    expect(log(0)[0]).toMatch(/^-i 0 /u);
    expect(log(0)).toContain('PX4_PARAM_RTL_RETURN_ALT=22');
  });

  test('a missing program, or one without its startup files, is said before anything starts', () => {
    expect(() => findPx4(join(directory, 'px4'), undefined)).toThrow(
      expect.objectContaining({ code: 'px4-binary-missing', exit: 'usage' }),
    );
    const binary = build();
    expect(() => findPx4(binary, join(directory, 'elsewhere'))).toThrow(
      expect.objectContaining({ code: 'px4-etc-missing', exit: 'usage' }),
    );
  });
});
