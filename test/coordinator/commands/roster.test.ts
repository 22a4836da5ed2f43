import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import type { Context } from '#coordinator/commands/context.ts';
import { runRosterPublish, runRosterRevoke } from '#coordinator/commands/roster-publish.ts';
import { createAuthority, openAuthority } from '#coordinator/roster/authority-directory.ts';
import { EXIT } from '#protocols/fault.ts';
import type { MeshReport, PeerReport } from '#protocols/gossip/mesh-report.ts';
import type { Member } from '#protocols/gossip/roster.ts';
import { generateSigningKey } from '#protocols/gossip/signing.ts';
import { fabricatedView, irchel } from '../../page/fabricated-swarm.ts';
import { runSkein, testContext, type Ran } from '../run-skein.ts';

const newPlace = (): string => mkdtempSync(join(tmpdir(), 'skein-roster-'));

describe('a swarm from nothing, by files alone', () => {
  const place = newPlace();
  const file = (name: string): string => join(place, name);
  const ran: Ran[] = [];
  const skein = async (...args: string[]): Promise<Ran> => {
    const one = await runSkein('roster', ...args);
    ran.push(one);
    return one;
  };
  const authority = ['--authority', file('authority')];

  beforeAll(async () => {
    await skein('init', '--swarm', 'meadow', ...authority);
    await skein('enrol', 'token', '1', 'quad-1', '--out', file('quad-1.token'), ...authority);
    const address = ['--address', '/ip4/10.0.0.1/udp/9000/quic-v1'];
    const key = ['--token', file('quad-1.token'), '--key', file('quad-1.pem')];
    await skein('enrol', 'request', ...key, '--out', file('quad-1.request'), ...address);
    await skein('enrol', 'accept', file('quad-1.request'), ...authority);
  }, 60_000);

  it('init, token, request, accept: the member is in, and roster.bin is for its machine', async () => {
    expect(ran.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      ran.map(() => ({ code: 0, stderr: '' })),
    );
    const shown = await runSkein(
      'roster',
      'show',
      '--json',
      '--roster',
      file('authority/roster.bin'),
      ...authority,
    );
    expect(JSON.parse(shown.stdout)).toMatchObject({
      swarm: 'meadow',
      epoch: 2,
      expired: false,
      members: [
        { id: 1, name: 'quad-1', role: 'drone', addresses: ['/ip4/10.0.0.1/udp/9000/quic-v1'] },
      ],
    });
  });

  it('secrets are in files of 0600 and in nothing that is printed', () => {
    const secrets = [
      readFileSync(file('authority/authority.pem'), 'utf8').split('\n')[1]!,
      readFileSync(file('quad-1.pem'), 'utf8').split('\n')[1]!,
      (JSON.parse(readFileSync(file('quad-1.token'), 'utf8')) as { secretHex: string }).secretHex,
    ];
    const printed = ran.map(({ stdout, stderr }) => stdout + stderr).join('');
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(40);
      expect(printed).not.toContain(secret);
      expect(readFileSync(file('quad-1.request'), 'utf8')).not.toContain(secret);
      expect(readFileSync(file('authority/ledger.json'), 'utf8')).not.toContain(secret);
    }
    for (const name of ['quad-1.pem', 'quad-1.token', 'authority/authority.pem']) {
      expect(statSync(file(name)).mode & 0o777).toBe(0o600);
    }
  });

  it('a second use of the token, a key that is there, an unknown member: told apart, with a remedy', async () => {
    const again = await runSkein(
      '--json',
      'roster',
      'enrol',
      'accept',
      file('quad-1.request'),
      ...authority,
    );
    expect(again.code).toBe(EXIT.refused);
    expect(JSON.parse(again.stderr)).toMatchObject({ error: { code: 'token-used' } });
    const over = await runSkein(
      'roster',
      'enrol',
      'request',
      '--token',
      file('quad-1.token'),
      '--key',
      file('quad-1.pem'),
      '--out',
      file('other.request'),
    );
    expect(over.code).toBe(EXIT.usage);
    expect(over.stderr).toContain('Nothing is overwritten');
    const nobody = await runSkein('roster', 'revoke', 'quad-9', ...authority);
    expect(nobody.code).toBe(EXIT.usage);
    expect(nobody.stderr).toContain('skein roster show');
  }, 30_000);

  it('without a station a revocation is signed all the same, and says that the swarm does not know it', async () => {
    const socket = ['--station', file('no.sock')];
    const revoked = await runSkein(...socket, 'roster', 'revoke', 'quad-1', ...authority);
    expect(revoked.code).toBe(EXIT.noLink);
    expect(revoked.stderr).toContain('not published');
    expect(openAuthority(file('authority')).ledger.roster).toMatchObject({ epoch: 3, members: [] });
  });
});

const memberOf = (id: number, role: Member['role'] = 'drone'): Member => ({
  id,
  name: `m-${id}`,
  role,
  publicKey: generateSigningKey().key.publicKey,
  addresses: [],
});

const peer = (member: number, some: Partial<PeerReport> = {}): PeerReport => ({
  member,
  name: `m-${member}`,
  role: 'drone',
  path: 'direct',
  transport: 'quic',
  ageMs: 200,
  loss: 0,
  hears: 'well',
  bytes: 1000,
  bytesPerS: 100,
  rosterEpoch: 1,
  refused: 0,
  lastRefusal: '',
  ...some,
});

describe('a revocation in flight', () => {
  const members = [memberOf(1), memberOf(2), memberOf(3), memberOf(9, 'observer')];

  /** A station whose mesh looks as `peersAt` says at each look. */
  const stationOf = (peersAt: (look: number) => PeerReport[], armed: number[] = []) => {
    const introduced: unknown[] = [];
    let looks = 0;
    const call: Context['station']['call'] = (method, path, body) => {
      if (path === '/state') {
        const view = fabricatedView(irchel());
        const drones = view.drones.map((one) => ({ ...one, armed: armed.includes(one.sysid) }));
        return Promise.resolve({ ...view, drones });
      }
      if (method === 'POST') {
        introduced.push(body);
        return Promise.resolve({ epoch: 2 });
      }
      looks += 1;
      return Promise.resolve({ peers: peersAt(looks) } as MeshReport);
    };
    return { introduced, call };
  };

  const newAuthority = (): string => {
    const directory = join(newPlace(), 'authority');
    createAuthority(directory, { swarm: 'meadow', epoch: 1, expiresUnixS: 2e9, members });
    return directory;
  };

  const revoke = (context: Context, directory: string, some: object = {}): Promise<number> =>
    runRosterRevoke(context, {
      directory,
      members: ['m-2'],
      publish: true,
      inFlight: false,
      leave: false,
      timeoutS: 0,
      ...some,
    });

  it('counts those who adopted it, and waits for nobody who cannot say so', async () => {
    const silent = peer(3, { path: 'silent', ageMs: 60_000 });
    const observer = peer(9, { role: 'observer', rosterEpoch: null });
    const station = stationOf((look) => [
      peer(1, { rosterEpoch: look < 3 ? 1 : 2 }),
      silent,
      observer,
    ]);
    const { context, said } = testContext(station, true);
    expect(await revoke(context, newAuthority(), { timeoutS: 5 })).toBe(EXIT.ok);
    expect(JSON.parse(said.stdout)).toMatchObject({
      epoch: 2,
      reachable: 1,
      adopted: 1,
      members: [
        { member: 1, adoption: 'adopted', rosterEpoch: 2 },
        { member: 3, adoption: 'silent' },
        { member: 9, adoption: 'listens only' },
      ],
    });
  });

  it('one that is heard and goes by the old roster: exit partial, and its name', async () => {
    const station = stationOf(() => [peer(1, { rosterEpoch: 2 }), peer(3, { path: 'relayed' })]);
    const { context, said } = testContext(station);
    expect(await revoke(context, newAuthority())).toBe(EXIT.partial);
    expect(said.stdout).toContain('adopted by 1 of 2 reachable members');
    expect(said.stdout).toMatch(/3 m-3 +not yet +1/u);
  });

  it('one that is armed is refused before anything is signed: it would hear no abort any more', async () => {
    const station = stationOf(() => [], [2]);
    const directory = newAuthority();
    const refused = revoke(testContext(station).context, directory);
    await expect(refused).rejects.toMatchObject({ code: 'in-flight', exit: 'refused' });
    expect(openAuthority(directory).ledger.roster.epoch).toBe(1);
    expect(station.introduced).toEqual([]);
    await revoke(testContext(station).context, directory, { inFlight: true });
    expect(station.introduced).toHaveLength(1);
  });

  it('publish brings in the very bytes that were signed', async () => {
    const directory = newAuthority();
    const station = stationOf(() => []);
    const { context } = testContext(station);
    await runRosterPublish(context, { directory, leave: false, timeoutS: 0 });
    const { signedRoster } = openAuthority(directory);
    const roster = Buffer.from(signedRoster).toString('base64');
    expect(station.introduced).toEqual([{ roster, leave: false }]);
  });
});
