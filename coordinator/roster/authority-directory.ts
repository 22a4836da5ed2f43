import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { lockDirectory } from '#agent/directory-lock.ts';
import { Fault } from '#protocols/fault.ts';
import {
  generateSigningKey,
  loadSigningKey,
  saveKeyPem,
  verifySignature,
  type SigningKey,
} from '#protocols/gossip/signing.ts';
import { handOver, readLinks } from '#protocols/gossip/authority-links.ts';
import { plainReader } from '#protocols/gossip/opened-envelope.ts';
import { openRoster, signRoster } from '#protocols/gossip/signed-roster.ts';
import type { Roster } from '#protocols/gossip/roster.ts';
import { withGroupKey } from '#protocols/gossip/group-key.ts';
import { newGroupKey } from '#protocols/gossip/sealing.ts';
import { replaceFile } from '#protocols/replaced-file.ts';
import { ledgerSchema, type Ledger } from './ledger.ts';

const KEY = 'authority.pem';
/** Of the authority that is to come; there for a moment, or after a crash in it. */
const NEXT_KEY = 'authority-next.pem';
const LEDGER = 'ledger.json';
const ROSTER = 'roster.bin';

/** An authority at work on its directory. */
export interface AuthorityDirectory {
  key: SigningKey;
  ledger: Ledger;
  /** The signed roster in force. */
  signedRoster: Uint8Array;
  rosterFile: string;
}

/**
 * Makes an authority that nobody belongs to yet. Throws Fault 'authority-exists': nothing is
 * overwritten, for a swarm whose authority key is lost has to be enrolled anew.
 */
export const createAuthority = (directory: string, roster: Roster): AuthorityDirectory => {
  if ([KEY, NEXT_KEY, LEDGER].some((name) => existsSync(join(directory, name)))) {
    throw new Fault('authority-exists', `${directory} holds an authority already`, {
      data: { path: directory, field: '--authority' },
      remedy: 'Nothing is overwritten: name another directory with --authority.',
      exit: 'usage',
    });
  }
  const made = generateSigningKey();
  const keyed = withGroupKey(roster, made.key, newGroupKey());
  return keepAuthority(directory, made, keyed, signRoster(keyed, made.key.sign));
};

/** Puts a key and the roster that it signed into a directory of their own. Throws Fault 'authority-unwritable'. */
export const keepAuthority = (
  directory: string,
  { key, pem }: { key: SigningKey; pem: string },
  roster: Roster,
  signedRoster: Uint8Array,
): AuthorityDirectory => {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    saveKeyPem(join(directory, KEY), pem);
  } catch (cause) {
    throw unwritable(directory, cause);
  }
  return saveAuthority(directory, key, { roster, tokens: [] }, signedRoster);
};

/** Throws Fault 'no-authority', 'ledger-malformed', the faults of key files, and those of {@link openRoster}. */
export const openAuthority = (directory: string): AuthorityDirectory => {
  if (![KEY, NEXT_KEY].some((name) => existsSync(join(directory, name)))) {
    throw new Fault('no-authority', `there is no authority in ${directory}`, {
      data: { path: directory, field: '--authority' },
      remedy: 'Make one with "skein roster init", or name its directory with --authority.',
      exit: 'usage',
    });
  }
  const stored = readLedger(join(directory, LEDGER));
  const signedRoster = Uint8Array.from(Buffer.from(stored.roster, 'base64'));
  const key = keyInForce(directory, signedRoster);
  const roster = openRoster(signedRoster, key.publicKey, verifySignature);
  const rosterFile = join(directory, ROSTER);
  return { key, ledger: { roster, tokens: stored.tokens }, signedRoster, rosterFile };
};

/** The ledger decides: whatever a rotation that was cut short left behind, its roster has one signer. */
const keyInForce = (directory: string, signedRoster: Uint8Array): SigningKey => {
  const nextFile = join(directory, NEXT_KEY);
  const next = existsSync(nextFile) ? loadSigningKey(nextFile) : undefined;
  return next !== undefined && isSigner(next, signedRoster)
    ? next
    : loadSigningKey(join(directory, KEY));
};

const isSigner = ({ publicKey }: SigningKey, signedRoster: Uint8Array): boolean =>
  plainReader.open(signedRoster)?.isSignedBy(publicKey, verifySignature) === true;

/** Puts the keys where they belong after a rotation that was cut short, on whichever side of it. */
const settleKeys = (directory: string, { key, ledger }: AuthorityDirectory): void => {
  const nextFile = join(directory, NEXT_KEY);
  if (!existsSync(nextFile)) return;
  const next = loadSigningKey(nextFile);
  if (next.publicKey.join() !== key.publicKey.join()) {
    // Nothing that it signed was ever handed out.
    rmSync(nextFile);
    return;
  }
  const epoch = readLinks(ledger.roster)?.at(-1)?.epoch ?? ledger.roster.epoch;
  const keyFile = join(directory, KEY);
  if (existsSync(keyFile)) renameSync(keyFile, join(directory, retiredName(epoch)));
  renameSync(nextFile, keyFile);
};

const retiredName = (epoch: number): string => `authority-until-epoch-${epoch}.pem`;

/**
 * A new key for the authority: the same members in a roster of the next epoch, which names it and is signed
 * by both. The old one stays in the directory under another name (`retiredFile`), for nobody needs it any
 * more. Whenever this is cut short, the directory is of the old authority or of the new one.
 */
export const rotateAuthority = async (
  directory: string,
): Promise<{ authority: AuthorityDirectory; formerKey: Uint8Array; retiredFile: string }> => {
  const release = await lockDirectory(directory, 'authority');
  try {
    const before = openAuthority(directory);
    settleKeys(directory, before);
    const { key: next, pem } = generateSigningKey();
    const epoch = before.ledger.roster.epoch + 1;
    const handed = handOver({ ...before.ledger.roster, epoch }, before.key, next);
    const roster = withGroupKey(handed, next, newGroupKey());
    const signedRoster = signRoster(roster, next.sign);
    saveKey(join(directory, NEXT_KEY), pem);
    const ledger = { ...before.ledger, roster };
    const authority = saveAuthority(directory, next, ledger, signedRoster);
    settleKeys(directory, authority);
    const retiredFile = join(directory, retiredName(epoch));
    return { authority, formerKey: before.key.publicKey, retiredFile };
  } finally {
    release();
  }
};

const saveKey = (path: string, pem: string): void => {
  try {
    saveKeyPem(path, pem);
  } catch (cause) {
    throw unwritable(path, cause);
  }
};

const readLedger = (path: string): { roster: string; tokens: Ledger['tokens'] } => {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw malformed(path, cause);
  }
  const parsed = ledgerSchema.safeParse(value);
  if (!parsed.success) throw malformed(path, parsed.error);
  return parsed.data;
};

const malformed = (path: string, cause: unknown): Fault =>
  new Fault('ledger-malformed', `${path} is not the ledger of an authority`, {
    data: { path },
    remedy: 'Bring it back from a backup that has the newest roster.',
    exit: 'usage',
    cause,
  });

const unwritable = (path: string, cause: unknown): Fault =>
  new Fault('authority-unwritable', `${path} cannot be written`, {
    data: { path, system: (cause as NodeJS.ErrnoException).code ?? 'unknown' },
    remedy: 'Check the directory, its permissions and the space on the disk.',
    exit: 'usage',
    cause,
  });

/**
 * Changes an authority's ledger while no other process does. A roster of a new epoch gets a group
 * key of its own, so that whoever it leaves out hears no more, and is signed; the ledger is on disk, whole, before it is handed out.
 */
export const changeAuthority = async (
  directory: string,
  change: (authority: AuthorityDirectory) => Ledger,
): Promise<AuthorityDirectory> => {
  const release = await lockDirectory(directory, 'authority');
  try {
    const authority = openAuthority(directory);
    settleKeys(directory, authority);
    const { key } = authority;
    const ledger = change(authority);
    // One epoch, one roster: it is not signed again when only tokens changed.
    const isSame = ledger.roster === authority.ledger.roster;
    if (isSame) return saveAuthority(directory, key, ledger, authority.signedRoster);
    const roster = withGroupKey(ledger.roster, key, newGroupKey());
    return saveAuthority(directory, key, { ...ledger, roster }, signRoster(roster, key.sign));
  } finally {
    release();
  }
};

const saveAuthority = (
  directory: string,
  key: SigningKey,
  ledger: Ledger,
  signedRoster: Uint8Array,
): AuthorityDirectory => {
  const rosterFile = join(directory, ROSTER);
  const text = JSON.stringify(
    { version: 1, roster: Buffer.from(signedRoster).toString('base64'), tokens: ledger.tokens },
    null,
    2,
  );
  try {
    replaceFile(join(directory, LEDGER), Buffer.from(text));
    replaceFile(rosterFile, signedRoster);
  } catch (cause) {
    throw unwritable(directory, cause);
  }
  return { key, ledger, signedRoster, rosterFile };
};
