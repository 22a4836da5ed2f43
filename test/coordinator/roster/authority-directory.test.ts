import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { lockDirectory } from '#agent/directory-lock.ts';
import {
  changeAuthority,
  createAuthority,
  openAuthority,
  rotateAuthority,
} from '#coordinator/roster/authority-directory.ts';
import { extendRoster, issueToken } from '#coordinator/roster/ledger.ts';
import { loadRoster } from '#protocols/gossip/roster-file.ts';
import { openGroupKey } from '#protocols/gossip/group-key.ts';
import type { Member } from '#protocols/gossip/roster.ts';
import { generateSigningKey, loadSigningKey, saveKeyPem } from '#protocols/gossip/signing.ts';

const place = (): string => join(mkdtempSync(join(tmpdir(), 'skein-authority-')), 'authority');
const roster = { swarm: 'meadow', epoch: 1, expiresUnixS: 2_000_000_000, members: [] };
const fault = (code: string): unknown => expect.objectContaining({ code });

describe('the directory of an authority', () => {
  it('is for its user alone, and its roster opens with its key', () => {
    const directory = place();
    const { key, rosterFile } = createAuthority(directory, roster);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(directory)) {
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    }
    expect(loadRoster(rosterFile, key.publicKey).roster).toMatchObject(roster);
  });

  it('is never made twice: the swarm would have to be enrolled anew', () => {
    const directory = place();
    createAuthority(directory, roster);
    const pem = readFileSync(join(directory, 'authority.pem'), 'utf8');
    expect(() => createAuthority(directory, roster)).toThrow(fault('authority-exists'));
    expect(readFileSync(join(directory, 'authority.pem'), 'utf8')).toBe(pem);
  });

  it('signs an epoch once: a token alone leaves the roster as it is, to the byte', async () => {
    const directory = place();
    const { signedRoster, key } = createAuthority(directory, roster);
    const terms = {
      swarm: 'meadow',
      authorityPublicKey: key.publicKey,
      member: 1,
      name: 'quad-1',
      role: 'drone' as const,
      expiresUnixS: 2_000_000_000,
    };
    const voucherPublicKey = generateSigningKey().key.publicKey;
    await changeAuthority(directory, ({ ledger }) =>
      issueToken(ledger, { terms, voucherPublicKey, precedence: 0, replaces: false }),
    );
    expect(openAuthority(directory).signedRoster).toEqual(signedRoster);
    const after = await changeAuthority(directory, ({ ledger }) =>
      extendRoster(ledger, 2_000_000_001),
    );
    expect(openAuthority(directory).ledger).toEqual(after.ledger);
    expect(after.ledger.roster.epoch).toBe(2);
  });

  it('gives every epoch a group key of its own, sealed for each who belongs', async () => {
    const directory = place();
    const { key } = createAuthority(directory, roster);
    const [one, two] = [generateSigningKey().key, generateSigningKey().key];
    const member = (id: number, { publicKey }: { publicKey: Uint8Array }): Member => ({
      id,
      name: `quad-${id}`,
      role: 'drone',
      publicKey,
      addresses: [],
    });
    const keyOf = async (members: Member[], epoch: number): Promise<(string | undefined)[]> => {
      const { ledger } = await changeAuthority(directory, (authority) => ({
        ...authority.ledger,
        roster: { ...authority.ledger.roster, epoch, members },
      }));
      return [one, two].map((own, index) => {
        const opened = openGroupKey(ledger.roster, index + 1, own.seed, key.publicKey);
        return opened === undefined ? undefined : Buffer.from(opened).toString('hex');
      });
    };
    const both = await keyOf([member(1, one), member(2, two)], 2);
    expect(both[0]).toMatch(/^[0-9a-f]{64}$/u);
    expect(both[1]).toBe(both[0]);
    const [kept, leftOut] = await keyOf([member(1, one)], 3);
    expect(kept).not.toBe(both[0]);
    expect(leftOut).toBeUndefined();
  });

  it('changes nothing when a change is refused, and is then free for the next', async () => {
    const directory = place();
    const { signedRoster } = createAuthority(directory, roster);
    const refused = changeAuthority(directory, () => {
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    expect(openAuthority(directory).signedRoster).toEqual(signedRoster);
    await changeAuthority(directory, ({ ledger }) => ledger);
  });

  it('has one process at a time: two could take one token twice', async () => {
    const directory = place();
    createAuthority(directory, roster);
    const release = await lockDirectory(directory, 'authority');
    await expect(changeAuthority(directory, ({ ledger }) => ledger)).rejects.toThrow(
      fault('authority-running'),
    );
    release();
  });

  it('hands over to a new key: both have signed, the old one is put away', async () => {
    const directory = place();
    const { key } = createAuthority(directory, roster);
    const { authority, formerKey, retiredFile } = await rotateAuthority(directory);
    expect(formerKey).toEqual(key.publicKey);
    expect(openAuthority(directory).key.publicKey).toEqual(authority.key.publicKey);
    expect(loadSigningKey(retiredFile).publicKey).toEqual(key.publicKey);
    for (const trusted of [key.publicKey, authority.key.publicKey]) {
      expect(loadRoster(authority.rosterFile, trusted).roster.epoch).toBe(2);
    }
    const later = await changeAuthority(directory, ({ ledger }) =>
      extendRoster(ledger, 2_000_000_001),
    );
    expect(loadRoster(later.rosterFile, key.publicKey).roster.epoch).toBe(3);
  });

  it('a rotation that was cut short is of the old authority or of the new one, and can go on', async () => {
    const names = (directory: string): string[] =>
      readdirSync(directory).filter((name) => name.endsWith('.pem'));
    const [early, late, last] = [place(), place(), place()];
    const before = createAuthority(early, roster).key.publicKey;
    // Before the ledger was written: the next key has signed nothing.
    saveKeyPem(join(early, 'authority-next.pem'), generateSigningKey().pem);
    expect(openAuthority(early).key.publicKey).toEqual(before);
    await changeAuthority(early, ({ ledger }) => ledger);
    expect(names(early)).toEqual(['authority.pem']);
    // After it, before the old key was put away; and before the new one took its place.
    for (const [directory, isPutAway] of [
      [late, false],
      [last, true],
    ] as const) {
      createAuthority(directory, roster);
      const { authority, retiredFile } = await rotateAuthority(directory);
      renameSync(join(directory, 'authority.pem'), join(directory, 'authority-next.pem'));
      if (!isPutAway) renameSync(retiredFile, join(directory, 'authority.pem'));
      expect(() => createAuthority(directory, roster)).toThrow(fault('authority-exists'));
      expect(openAuthority(directory).key.publicKey).toEqual(authority.key.publicKey);
      await rotateAuthority(directory);
      expect(names(directory).sort()).toEqual([
        'authority-until-epoch-2.pem',
        'authority-until-epoch-3.pem',
        'authority.pem',
      ]);
    }
  });

  it('says what is wrong with it', () => {
    expect(() => openAuthority(place())).toThrow(fault('no-authority'));
    const directory = place();
    createAuthority(directory, roster);
    writeFileSync(join(directory, 'ledger.json'), '{"version":1');
    expect(() => openAuthority(directory)).toThrow(fault('ledger-malformed'));
    expect(existsSync(join(directory, 'authority.pem'))).toBe(true);
  });
});
