import { EXIT, Fault } from '#protocols/fault.ts';
import { authorityOf } from '#protocols/gossip/signed-roster.ts';
import { MAX_LINKS, readLinks } from '#protocols/gossip/authority-links.ts';
import { fingerprintOf } from '#protocols/gossip/fingerprint.ts';
import { hexFromBytes, peerIdOfKey, publicKeyFromHex } from '#protocols/gossip/identity.ts';
import { loadRoster } from '#protocols/gossip/roster-file.ts';
import type { Roster } from '#protocols/gossip/roster.ts';
import { systemClock } from '#protocols/system-clock.ts';
import {
  changeAuthority,
  createAuthority,
  openAuthority,
  rotateAuthority,
  type AuthorityDirectory,
} from '../roster/authority-directory.ts';
import { extendRoster, nextEpoch, type IssuedToken } from '../roster/ledger.ts';
import type { Context } from './context.ts';

export const unixS = (): number => Math.floor(Number(systemClock.unixUs() / 1_000_000n));

const DAY_S = 24 * 3600;

/** `skein roster init`: a key that signs who belongs, and a roster with nobody in it. */
export const runRosterInit = (
  context: Context,
  options: { directory: string; swarm: string; days: number },
): number => {
  const authority = createAuthority(options.directory, {
    swarm: options.swarm,
    epoch: 1,
    expiresUnixS: unixS() + options.days * DAY_S,
    members: [],
  });
  context.output.data(
    summaryOf(authority),
    () =>
      `authority of ${options.swarm} in ${options.directory}\n` +
      `public key ${hexFromBytes(authority.key.publicKey)}\n` +
      'Keep a copy of the directory in a safe place: whoever has authority.pem decides who belongs.\n' +
      'Next: skein roster enrol token 1 NAME --out FILE',
  );
  return EXIT.ok;
};

/** `skein roster rotate expiry`: the same members for longer. */
export const runRosterExpiry = async (
  context: Context,
  options: { directory: string; days: number },
): Promise<number> => {
  const authority = await changeAuthority(options.directory, ({ ledger }) =>
    extendRoster(ledger, unixS() + options.days * DAY_S),
  );
  context.output.data(summaryOf(authority), () => epochText(authority));
  return EXIT.ok;
};

/** `skein roster rotate group`: the same members under a fresh group key of the fast lane. */
export const runRotateGroup = async (
  context: Context,
  options: { directory: string },
): Promise<number> => {
  const authority = await changeAuthority(options.directory, ({ ledger }) => nextEpoch(ledger));
  context.output.data(
    summaryOf(authority),
    () => `a fresh group key, sealed for each member\n${epochText(authority)}`,
  );
  return EXIT.ok;
};

/** `skein roster rotate authority`: a new key signs from now on; the old one signs it in, and is put away. */
export const runRotateAuthority = async (
  context: Context,
  options: { directory: string },
): Promise<number> => {
  const { authority, formerKey, retiredFile } = await rotateAuthority(options.directory);
  const { publicKey } = authority.key;
  const formerPublicKeyHex = hexFromBytes(formerKey);
  context.output.data(
    { ...summaryOf(authority), formerPublicKeyHex, retiredFile },
    () =>
      `authority ${fingerprintOf(formerKey)} hands over to ${fingerprintOf(publicKey)}, both have signed\n` +
      `public key ${hexFromBytes(publicKey)}\n${epochText(authority)}\n` +
      `Members follow by themselves, up to ${MAX_LINKS} changes at once; configurations may keep the old public key.\n` +
      `Once all have adopted it, put ${retiredFile} out of reach or destroy it: ` +
      'only who never heard of this change still believes it.\n' +
      `Copy the new ${options.directory} to a safe place.`,
  );
  return EXIT.ok;
};

export const epochText = ({ ledger, rosterFile }: AuthorityDirectory): string => {
  const { roster } = ledger;
  return (
    `roster of ${roster.swarm}: epoch ${roster.epoch}, ${roster.members.length} members, ` +
    `until ${dateText(roster.expiresUnixS)}\n${rosterFile}\n` +
    'Bring it to the swarm: skein roster publish, or copy the file to members that start.'
  );
};

export const summaryOf = (authority: AuthorityDirectory): object => ({
  ...rosterJson(authority.ledger.roster, authority.key.publicKey),
  rosterFile: authority.rosterFile,
});

const rosterJson = (roster: Roster, authorityPublicKey: Uint8Array): object => ({
  swarm: roster.swarm,
  epoch: roster.epoch,
  expiresUnixS: roster.expiresUnixS,
  authorityPublicKeyHex: hexFromBytes(authorityPublicKey),
  authority: fingerprintOf(authorityPublicKey),
  formerAuthorities: (readLinks(roster) ?? []).map(({ epoch, former }) => ({
    untilEpoch: epoch,
    authority: fingerprintOf(former),
    publicKeyHex: hexFromBytes(former),
  })),
  members: roster.members.map((member) => ({
    id: member.id,
    name: member.name,
    role: member.role,
    precedence: member.precedence ?? 0,
    publicKeyHex: hexFromBytes(member.publicKey),
    peerId: peerIdOfKey(member.publicKey),
    addresses: member.addresses,
  })),
});

const dateText = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 16);

interface ShowOptions {
  directory: string;
  /** A roster of another machine, and whose signature it must have. */
  rosterFile?: string | undefined;
  authorityKeyHex?: string | undefined;
}

/** `skein roster show`: who belongs, until when; at the authority its tokens too. Exit refused: expired. */
export const runRosterShow = (context: Context, options: ShowOptions): number => {
  const { roster, authorityKey, tokens } = shownRoster(options);
  const nowUnixS = unixS();
  const isExpired = nowUnixS > roster.expiresUnixS;
  const shownTokens = tokens.map((token) => ({
    member: token.member,
    name: token.name,
    role: token.role,
    expiresUnixS: token.expiresUnixS,
    state: token.state === 'open' && nowUnixS > token.expiresUnixS ? 'expired' : token.state,
  }));
  context.output.data(
    { ...rosterJson(roster, authorityKey), expired: isExpired, tokens: shownTokens },
    () => {
      const open = shownTokens.filter(({ state }) => state === 'open');
      return [
        `${roster.swarm}: epoch ${roster.epoch}, ${isExpired ? 'EXPIRED' : 'until'} ${dateText(roster.expiresUnixS)} UTC`,
        `authority ${fingerprintOf(authorityKey)}, public key ${hexFromBytes(authorityKey)}`,
        ...(readLinks(roster) ?? []).map(
          ({ epoch, former }) => `until epoch ${epoch}: ${fingerprintOf(former)}`,
        ),
        context.output.table(
          ['id', 'name', 'role', 'precedence', 'peer id', 'addresses'],
          roster.members.map((one) => [
            String(one.id),
            one.name,
            one.role,
            one.role === 'operator' ? String(one.precedence ?? 0) : '–',
            peerIdOfKey(one.publicKey),
            one.addresses.join(' '),
          ]),
        ),
        ...open.map(
          (one) =>
            `open token: ${one.member} ${one.name}, ${one.role}, until ${dateText(one.expiresUnixS)} UTC`,
        ),
      ].join('\n');
    },
  );
  return isExpired ? EXIT.refused : EXIT.ok;
};

const shownRoster = ({
  directory,
  rosterFile,
  authorityKeyHex,
}: ShowOptions): { roster: Roster; authorityKey: Uint8Array; tokens: IssuedToken[] } => {
  if (rosterFile === undefined) {
    const { key, ledger } = openAuthority(directory);
    return { roster: ledger.roster, authorityKey: key.publicKey, tokens: ledger.tokens };
  }
  const authorityKey =
    authorityKeyHex === undefined
      ? openAuthority(directory).key.publicKey
      : publicKeyFromHex(authorityKeyHex);
  if (authorityKey === undefined) {
    throw new Fault('usage', '--authority-key is not 64 hexadecimal digits', {
      data: { option: '--authority-key' },
      remedy: 'Take the public key that "skein roster init" or "skein roster show" printed.',
      exit: 'usage',
    });
  }
  const { roster } = loadRoster(rosterFile, authorityKey);
  return { roster, authorityKey: authorityOf(roster, authorityKey), tokens: [] };
};
