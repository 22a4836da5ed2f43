import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { openAuthority } from '#coordinator/roster/authority-directory.ts';
import { EXIT } from '#protocols/fault.ts';
import { fingerprintOf } from '#protocols/gossip/fingerprint.ts';
import { publicKeyFromHex } from '#protocols/gossip/identity.ts';
import { runSkein, type Ran } from '../run-skein.ts';

interface Place {
  file(name: string): string;
  /** Runs a command of `skein roster` at this authority, with --json. */
  roster(...args: string[]): Promise<Ran>;
}

const newPlace = (): Place => {
  const place = mkdtempSync(join(tmpdir(), 'skein-rotate-'));
  const file = (name: string): string => join(place, name);
  return {
    file,
    roster: (...args) => runSkein('--json', 'roster', ...args, '--authority', file('authority')),
  };
};

interface Shown {
  epoch: number;
  authority: string;
  authorityPublicKeyHex: string;
  formerAuthorities: { untilEpoch: number; authority: string }[];
  formerPublicKeyHex?: string;
  retiredFile?: string;
}

const shown = ({ stdout }: Ran): Shown => JSON.parse(stdout) as Shown;

describe('an authority that changes its key twice, by the command line', () => {
  const { file, roster } = newPlace();
  let first: Shown;
  const rotations: Ran[] = [];

  beforeAll(async () => {
    first = shown(await roster('init', '--swarm', 'meadow'));
    await roster('enrol', 'token', '1', 'quad-1', '--out', file('quad-1.token'));
    rotations.push(await roster('rotate', 'authority'), await roster('rotate', 'authority'));
  }, 60_000);

  it('each is the next epoch, under a key of its own', () => {
    expect(rotations.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    const [second, third] = rotations.map(shown) as [Shown, Shown];
    expect([first, second, third].map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(second.formerPublicKeyHex).toBe(first.authorityPublicKeyHex);
    expect(third.formerPublicKeyHex).toBe(second.authorityPublicKeyHex);
    expect(new Set([first, second, third].map(({ authority }) => authority)).size).toBe(3);
  });

  it('show tells the fingerprint of the one in force, and those before it', async () => {
    const { authority, formerAuthorities, authorityPublicKeyHex } = shown(await roster('show'));
    const [second, third] = rotations.map(shown) as [Shown, Shown];
    expect(authority).toBe(third.authority);
    expect(authority).toBe(fingerprintOf(publicKeyFromHex(authorityPublicKeyHex)!));
    expect(formerAuthorities).toMatchObject([
      { untilEpoch: 2, authority: first.authority },
      { untilEpoch: 3, authority: second.authority },
    ]);
    const text = (await runSkein('roster', 'show', '--authority', file('authority'))).stdout;
    expect(text).toContain(`authority ${third.authority}`);
    expect(text).toContain(`until epoch 2: ${first.authority}`);
  });

  it('a machine that knows the first key alone is led to the third; one that knows another is not', async () => {
    const opened = (keyHex: string): Promise<Ran> =>
      roster('show', '--roster', file('authority/roster.bin'), '--authority-key', keyHex);
    expect(shown(await opened(first.authorityPublicKeyHex))).toMatchObject({
      epoch: 3,
      authorityPublicKeyHex: shown(rotations[1]!).authorityPublicKeyHex,
    });
    const refused = await opened('ab'.repeat(32));
    expect(refused.code).toBe(EXIT.refused);
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: 'authority-unlinked' } });
  });

  it('the old keys are put away, for this user alone; no key is in anything printed or handed out', () => {
    const directory = file('authority');
    const pems = readdirSync(directory).filter((name) => name.endsWith('.pem'));
    expect(pems.sort()).toEqual([
      'authority-until-epoch-2.pem',
      'authority-until-epoch-3.pem',
      'authority.pem',
    ]);
    expect(shown(rotations[0]!).retiredFile).toBe(join(directory, 'authority-until-epoch-2.pem'));
    const openly = [
      ...rotations.map(({ stdout, stderr }) => stdout + stderr),
      readFileSync(join(directory, 'ledger.json'), 'utf8'),
      readFileSync(join(directory, 'roster.bin'), 'latin1'),
    ].join('');
    for (const name of pems) {
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
      expect(openly).not.toContain(readFileSync(join(directory, name), 'utf8').split('\n')[1]);
    }
  });

  it('a token from before is still good, and its member is in the roster of the new authority', async () => {
    const request = ['--key', file('quad-1.pem'), '--out', file('quad-1.request')];
    await runSkein('roster', 'enrol', 'request', '--token', file('quad-1.token'), ...request);
    const accepted = await roster('enrol', 'accept', file('quad-1.request'));
    expect(shown(accepted)).toMatchObject({
      epoch: 4,
      authority: shown(rotations[1]!).authority,
      members: [{ id: 1, name: 'quad-1' }],
    });
  });

  it('a fresh group key is another epoch with the same members and authority', async () => {
    const before = openAuthority(file('authority')).ledger.roster;
    const after = shown(await roster('rotate', 'group'));
    expect(after).toMatchObject({ epoch: before.epoch + 1, members: [{ id: 1 }] });
    const { roster: now } = openAuthority(file('authority')).ledger;
    expect(now.members).toEqual(before.members);
    expect(now.groupKeys).toHaveLength(48);
    expect(now.groupKeys).not.toEqual(before.groupKeys);
    expect(after.authority).toBe(shown(rotations[1]!).authority);
  });
});

describe('a token that has expired', () => {
  const { file, roster } = newPlace();
  const request = (...args: string[]): Promise<Ran> =>
    runSkein('--json', 'roster', 'enrol', 'request', '--token', file('t'), ...args);

  beforeAll(async () => {
    await roster('init', '--swarm', 'meadow');
    await roster('enrol', 'token', '3', 'quad-3', '--hours', '0', '--out', file('t'));
    const { expiresUnixS } = JSON.parse(readFileSync(file('t'), 'utf8')) as {
      expiresUnixS: number;
    };
    const untilMs = (expiresUnixS + 1) * 1000 - Date.now();
    await new Promise((resolve) => setTimeout(resolve, untilMs + 50));
  }, 30_000);

  it('makes no request on the machine: refused with a remedy, and no key or file is left', async () => {
    const refused = await request('--key', file('quad-3.pem'), '--out', file('quad-3.request'));
    expect(refused.code).toBe(EXIT.refused);
    expect(refused.stdout).toBe('');
    const { error } = JSON.parse(refused.stderr) as { error: Record<string, unknown> };
    expect(error).toMatchObject({
      code: 'token-expired',
      message: 'the token for member 3 has expired',
    });
    expect(error['remedy']).toContain('skein roster enrol token');
    expect(existsSync(file('quad-3.pem'))).toBe(false);
    expect(existsSync(file('quad-3.request'))).toBe(false);
  });

  it('gets nobody in by a later date written into it: the authority goes by its own ledger', async () => {
    const token = JSON.parse(readFileSync(file('t'), 'utf8')) as object;
    writeFileSync(file('t'), JSON.stringify({ ...token, expiresUnixS: 4_000_000_000 }));
    const asked = await request('--key', file('quad-3.pem'), '--out', file('quad-3.request'));
    expect(asked.code).toBe(EXIT.ok);
    const names = ['ledger.json', 'roster.bin'].map((name) => file(`authority/${name}`));
    const before = names.map((name) => readFileSync(name, 'latin1'));
    const refused = await roster('enrol', 'accept', file('quad-3.request'));
    expect(refused.code).toBe(EXIT.refused);
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: 'token-expired' } });
    expect(names.map((name) => readFileSync(name, 'latin1'))).toEqual(before);
    const { tokens } = JSON.parse((await roster('show')).stdout) as { tokens: unknown[] };
    expect(tokens).toMatchObject([{ member: 3, state: 'expired' }]);
  });
});
