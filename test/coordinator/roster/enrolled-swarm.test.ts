import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { StationClient } from '#coordinator/client/station-socket.ts';
import { trustedModelSigners } from '#coordinator/commands/model-signers-file.ts';
import { loadMission } from '#coordinator/mission/load.ts';
import { openAuthority } from '#coordinator/roster/authority-directory.ts';
import { EXIT } from '#protocols/fault.ts';
import type { MeshReport, PeerReport } from '#protocols/gossip/mesh-report.ts';
import { signRoster } from '#protocols/gossip/signed-roster.ts';
import { loadSigningKey, verifySignature } from '#protocols/gossip/signing.ts';
import { readReleaseFiles } from '#world/release/release-file.ts';
import { loadRelease } from '#world/release/release.ts';
import { runSkein } from '../run-skein.ts';
import { EnrolledSwarm } from './enrolled-swarm.ts';

const DRONES = [1, 2];
const BASE = 1000;
const TRUCK = 1001;

/** Starting a process on a busy machine. */
const PATIENCE_MS = 30_000;

const mission = loadMission('missions/search-irchel-corner.yaml');

describe('a swarm of real processes that was enrolled by the command line', () => {
  const swarm = new EnrolledSwarm();
  type Enrolled = Awaited<ReturnType<EnrolledSwarm['enrol']>>;
  let drones: Enrolled[];
  let base: StationClient;
  let truck: StationClient;

  beforeAll(async () => {
    await swarm.init();
    drones = [await swarm.enrol(1, 'quad-1'), await swarm.enrol(2, 'quad-2')];
    const operator = ['--role', 'operator'];
    const people = [
      await swarm.enrol(BASE, 'base', ...operator, '--precedence', '5'),
      await swarm.enrol(TRUCK, 'truck', ...operator),
    ];
    await Promise.all(drones.map((drone) => swarm.startDrone(drone)));
    [base, truck] = (await Promise.all([
      swarm.startStation(people[0]!, 'base'),
      swarm.startStation(people[1]!, 'truck'),
    ])) as [StationClient, StationClient];
    await swarm.until(async () => {
      const reports = await Promise.all([base, truck].map((one) => one.call('GET', '/mesh')));
      const paths = (reports as MeshReport[]).flatMap(({ peers }) => peers.map(({ path }) => path));
      return paths.length === 6 && paths.every((path) => path === 'direct');
    }, PATIENCE_MS);
  }, 90_000);
  afterAll(() => swarm.close());

  const order = (station: StationClient, kind: string): Promise<unknown> =>
    station.call('POST', '/directive', { kind, targets: [], confirmed: false, takeOver: true });
  const start = (station: StationClient, takeOver: boolean): Promise<unknown> =>
    station.call('POST', '/mission', { mission, takeOver });
  const each = <T>(read: (values: ReturnType<EnrolledSwarm['pilot']>) => T): T[] =>
    DRONES.map((id) => read(swarm.pilot(id)));
  const all = (holds: (values: ReturnType<EnrolledSwarm['pilot']>) => boolean) => () =>
    each(holds).every(Boolean);
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    });

  it('the pilots believe the authority’s roster, though their configuration names nobody', async () => {
    await swarm.until(
      all((values) => values.rosterEpoch === 5),
      PATIENCE_MS,
    );
    expect(each(({ goalIssuer }) => goalIssuer)).toEqual([NaN, NaN]);
  });

  it('two missions in one moment: within three seconds one goal everywhere, of the greater precedence', async () => {
    await Promise.all([start(truck, true), start(base, true)]);
    const goals = (): string[] =>
      each(({ goalEpoch, goalSequence, goalIssuer }) =>
        [goalEpoch, goalSequence, goalIssuer].join(' '),
      );
    // A station that was late enough to hear the other first gave the next goal.
    const isOne = (): boolean =>
      ['1 5 1000', '2 5 1000', '2 0 1001'].includes(goals()[0]!) && goals()[0] === goals()[1];
    await swarm.until(isOne, 3000);
    await pause(500);
    expect(isOne()).toBe(true);
    await pause(500);
    await start(base, true);
    await swarm.until(
      all(({ goalIssuer, goalEpoch }) => goalIssuer === BASE && goalEpoch! >= 2),
      3000,
    );
  });

  it('the other operator’s mission is refused while the one in command is heard', async () => {
    await expect(start(truck, false)).rejects.toMatchObject({ code: 'not-in-command' });
    const resume = { kind: 'resume', targets: [], confirmed: false };
    await expect(truck.call('POST', '/directive', resume)).rejects.toMatchObject({
      code: 'not-in-command',
    });
  });

  it('hold and resume in one moment: the greater precedence counts, at every drone', async () => {
    await Promise.all([order(truck, 'resume'), order(base, 'hold')]);
    await swarm.until(
      all(({ standing }) => standing === 1),
      3000,
    );
    await pause(1500);
    await order(truck, 'resume');
    await swarm.until(
      all(({ standing }) => standing === 0),
      3000,
    );
    await pause(1500);
    await Promise.all([order(base, 'resume'), order(truck, 'hold')]);
    await pause(1000);
    expect(each(({ standing }) => standing)).toEqual([0, 0]);
  });

  it('an abort counts over a mission that was started in the same moment, also after a reboot', async () => {
    const before = swarm.pilot(1).goalEpoch!;
    await Promise.all([order(truck, 'abort'), start(base, true)]);
    await swarm.until(
      all(({ latched, goalEpoch }) => latched === 1 && goalEpoch === before + 1),
      3000,
    );
    expect(each(({ goalIssuer }) => goalIssuer)).toEqual([BASE, BASE]);
    await swarm.end('pilot 1');
    swarm.forgetStatuses();
    swarm.startPilot(drones[0]!);
    await swarm.until(
      all(({ latched, rosterEpoch }) => latched === 1 && rosterEpoch === 5),
      PATIENCE_MS,
    );
    await pause(1000);
    await start(base, true);
    await swarm.until(
      all(({ latched, goalEpoch }) => latched === 0 && goalEpoch === before + 2),
      3000,
    );
  }, 60_000);

  it('a model release comes to every drone by one command, and is verified there', async () => {
    const socket = ['--station', join(swarm.place, 'base', 'station.sock')];
    const { manifest } = loadRelease(
      readReleaseFiles('models/current'),
      trustedModelSigners(),
      verifySignature,
    );
    const { stdout } = await swarm.skein('--json', ...socket, 'model', 'send');
    const { name, version } = manifest;
    expect(JSON.parse(stdout)).toMatchObject({ name, version, reachable: 2, whole: 2 });
    for (const { directory } of drones) {
      const file = join(directory, 'run', 'contents', `${name}-${version}`);
      const shown = await swarm.skein('model', 'show', file);
      expect(shown.stdout).toContain(`${name} version ${version}`);
      expect(shown.stdout).toContain('verified');
    }
    const older = { name, version: version - 1, content: Buffer.from('older').toString('base64') };
    await expect(base.call('POST', '/release', older)).rejects.toMatchObject({
      code: 'release-rollback',
    });
  }, 90_000);

  it('a revoked operator is out everywhere within five seconds, and its abort is nobody’s', async () => {
    const socket = ['--station', join(swarm.place, 'base', 'station.sock')];
    const { stdout } = await swarm.skein(
      '--json',
      ...socket,
      'roster',
      'revoke',
      'truck',
      ...swarm.authority,
    );
    const revoked = JSON.parse(stdout) as { reachable: number; adopted: number; afterMs: number };
    expect(revoked).toMatchObject({ reachable: 2, adopted: 2 });
    expect(revoked.afterMs).toBeLessThan(5000);
    await swarm.until(
      all(({ rosterEpoch }) => rosterEpoch === 6),
      2000,
    );
    await order(truck, 'abort');
    await pause(2000);
    expect(each(({ latched }) => latched)).toEqual([0, 0]);
    await order(base, 'abort');
    await swarm.until(
      all(({ latched }) => latched === 1),
      3000,
    );
    // It dials on and on; why nobody answers, the others can say.
    const truckKey = /12D3Koo\w+/u.exec(swarm.said('truck'))![0];
    await swarm.until(async () => {
      const { strangers } = (await base.call('GET', '/mesh')) as MeshReport;
      return strangers.some(({ who, refused }) => who === truckKey && refused > 0);
    }, 10_000);
    expect((await swarm.skein(...socket, 'mesh', 'show')).stdout).toContain(`${truckKey}: `);
  }, 60_000);

  it('the authority changes its key: all follow, also one that starts with its first roster; the old key is nobody’s', async () => {
    const socket = ['--station', join(swarm.place, 'base', 'station.sock')];
    const skein = (...args: string[]) => swarm.skein('--json', ...socket, 'roster', ...args);
    const { stdout } = await skein('rotate', 'authority', ...swarm.authority);
    const { retiredFile, authority } = JSON.parse(stdout) as Record<string, string>;
    const published = await skein('publish', ...swarm.authority);
    expect(JSON.parse(published.stdout)).toMatchObject({ epoch: 7, reachable: 2, adopted: 2 });
    await swarm.until(
      all(({ rosterEpoch }) => rosterEpoch === 7),
      2000,
    );
    const shown = await swarm.skein(...socket, 'mesh', 'show');
    expect(shown.stdout).toContain(`roster of epoch 7, authority ${authority}`);

    const { roster } = openAuthority(join(swarm.place, 'authority')).ledger;
    const file = join(swarm.place, 'late.bin');
    const late = { ...roster, epoch: 50, authorityLinks: new Uint8Array(0) };
    writeFileSync(file, signRoster(late, loadSigningKey(retiredFile!).sign));
    const refused = await runSkein(...socket, 'roster', 'publish', '--roster', file);
    expect(refused.code).toBe(EXIT.refused);
    expect(refused.stderr).toContain('signed by an authority that was replaced at epoch 7');

    const heard = async (): Promise<PeerReport> => {
      const { peers } = (await base.call('GET', '/mesh')) as MeshReport;
      return peers.find(({ member }) => member === 1)!;
    };
    await Promise.all(['mesh 1', 'pilot 1'].map((name) => swarm.end(name)));
    await swarm.until(async () => (await heard()).ageMs! > 1500, 5000);
    swarm.forgetStatuses();
    swarm.startPilot(drones[0]!);
    swarm.startMesh(drones[0]!, 2);
    await swarm.until(async () => {
      const { ageMs, rosterEpoch } = await heard();
      return ageMs! < 1000 && rosterEpoch === 7;
    }, PATIENCE_MS);
    await swarm.until(
      all(({ rosterEpoch }) => rosterEpoch === 7),
      PATIENCE_MS,
    );
  }, 60_000);

  it('a drone with a new key is in, with its old one it is nobody', async () => {
    const [, drone] = drones;
    const { keyFile, directory } = drone!;
    const file = (name: string): string => join(directory, name);
    const keys = ['--key', keyFile, '--new-key', file('new.pem'), '--out', file('new.request')];
    await swarm.skein('roster', 'rotate', 'request', '2', '--swarm', 'meadow', ...keys);
    await swarm.skein('roster', 'rotate', 'accept', file('new.request'), ...swarm.authority);
    const socket = ['--station', join(swarm.place, 'base', 'station.sock')];
    await swarm.skein(...socket, 'roster', 'publish', ...swarm.authority).catch(() => undefined);
    const pathOf = async (): Promise<string | undefined> =>
      ((await base.call('GET', '/mesh')) as MeshReport).peers.find(({ member }) => member === 2)
        ?.path;
    await swarm.until(async () => (await pathOf()) !== 'direct', 5000);
    await swarm.end('mesh 2');
    copyFileSync(join(swarm.place, 'authority', 'roster.bin'), file('roster.bin'));
    swarm.startMesh(drone!, 2);
    expect(await swarm.exitOf('mesh 2')).toBe(EXIT.refused);
    copyFileSync(file('new.pem'), keyFile);
    swarm.startMesh(drone!, 3);
    await swarm.until(async () => (await pathOf()) === 'direct', PATIENCE_MS);
  }, 90_000);

  it('a station ends when it is told to', async () => {
    expect(await swarm.end(`station ${BASE}`, 'SIGTERM')).toBe(0);
  });
});
