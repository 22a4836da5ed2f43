import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadMission } from '#coordinator/mission/load.ts';
import { areaNed } from '#protocols/mission/ground.ts';
import { safetyEnvelopeOf } from '#protocols/mission/safety.ts';
import { containsPoint } from '#protocols/polygon.ts';
import { px4Environment } from '#sim/px4/px4-process.ts';
import { safeParameters } from '#sim/swarm/safe-parameters.ts';

interface Service {
  command?: string;
  environment?: Record<string, string>;
  profiles?: string[];
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const compose = parse(readFileSync(`${root}docker-compose.yml`, 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
};
const serviceOf = (name: string): Service => compose.services[name]!;

const FLEET = [1, 2, 3, 4, 5];
const SPACING_M = 10;

const composeCommand = ((): string[] | undefined => {
  for (const [program, ...args] of [
    ['docker-compose', 'version'],
    ['docker', 'compose', 'version'],
  ] as const) {
    try {
      execFileSync(program, args, { stdio: 'ignore' });
      return [program, ...args.slice(0, -1)];
    } catch {
      // The next one may be there.
    }
  }
  return undefined;
})();

describe('docker-compose.yml', () => {
  test('gives each PX4 its place and what the mission needs set before it arms', () => {
    const mission = loadMission(`${root}missions/search-irchel-corner.yaml`);
    const envelope = safetyEnvelopeOf(mission, { issuer: 0, epoch: 0, sequence: 0 }, FLEET);
    const fence = areaNed(mission.origin, mission.fence.polygon).outline;
    for (const sysid of FLEET) {
      const place = { homeNorthM: 0, homeEastM: (sysid - 2) * SPACING_M };
      const parameters = safeParameters('1.18', sysid, envelope, mission.takeoff.heightM);
      expect(serviceOf(`px4-${sysid}`).environment).toEqual(
        px4Environment(mission.origin, place, parameters),
      );
      expect(containsPoint(fence, place.homeNorthM, place.homeEastM)).toBe(true);
    }
  });

  test('pairs PX4 instance N with the agent of system N + 1, three by default, five by a profile', () => {
    for (const sysid of FLEET) {
      const px4 = serviceOf(`px4-${sysid}`);
      const agent = serviceOf(`agent-${sysid}`);
      expect(px4.command).toBe(`-i ${sysid - 1} -d`);
      expect(agent.command).toBe(`agent --config /run/skein/swarm/drone-${sysid}/agent.json`);
      const profiles = sysid > 3 ? ['five'] : undefined;
      expect([px4.profiles, agent.profiles]).toEqual([profiles, profiles]);
    }
  });

  test.skipIf(composeCommand === undefined)('is understood by docker-compose', () => {
    const [program, ...args] = composeCommand!;
    const services = execFileSync(
      program!,
      [...args, '-f', `${root}docker-compose.yml`, '--profile', 'five', 'config', '--services'],
      { encoding: 'utf8' },
    );
    expect(services.trim().split('\n').toSorted()).toEqual(
      Object.keys(compose.services).toSorted(),
    );
  });
});

test('the image holds every room and file that its commands name', () => {
  const dockerfile = readFileSync(`${root}deploy/Dockerfile`, 'utf8');
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gmu)].flatMap(([, files]) =>
    files!.split(' '),
  );
  expect(copied.length).toBeGreaterThan(8);
  for (const file of copied) expect([file, existsSync(`${root}${file}`)]).toEqual([file, true]);
  for (const room of ['protocols', 'world', 'agent', 'sim', 'coordinator', 'models', 'missions']) {
    expect(copied).toContain(room);
  }
});
