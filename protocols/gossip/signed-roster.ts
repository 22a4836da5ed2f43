import { Fault } from '../fault.ts';
import { followLinks, readLinks, type LinkFault } from './authority-links.ts';
import { encodePayload, type DecodedPayload } from './codec.ts';
import { attachSignature, encodeUnsigned } from './envelope.ts';
import { plainReader, type EnvelopeReader } from './opened-envelope.ts';
import { AUTHORITY } from './roles.ts';
import type { Roster } from './roster.ts';
import type { Sign, Verify } from './signing.ts';

/**
 * A roster in its envelope, author 0: the same bytes in a file, in gossip and in repair. Its epoch
 * doubles as boot epoch, so that a greater roster epoch is newer by the rule of every register.
 * Throws Fault 'roster-inconsistent' or 'payload-invalid'.
 */
export const signRoster = (roster: Roster, sign: Sign): Uint8Array => {
  const clash = rosterClash(roster);
  if (clash !== undefined) throw inconsistent(clash);
  const unsigned = encodeUnsigned(
    {
      topic: 'roster',
      author: AUTHORITY,
      rosterEpoch: roster.epoch,
      bootEpoch: roster.epoch,
      sequence: 0,
      sentMs: 0,
    },
    encodePayload('roster', roster),
  );
  return attachSignature(unsigned, sign(unsigned));
};

/**
 * The roster in `bytes`, signed by the authority that is trusted or by one that its links lead to from there
 * ({@link authorityOf} says which). Throws Fault 'roster-malformed', 'roster-forged' (not signed by this
 * authority), 'roster-inconsistent', 'rotation-unsigned' (it names a new authority, and the old or the new
 * one has not signed) or 'authority-unlinked'.
 */
export const openRoster = (
  bytes: Uint8Array,
  authorityKey: Uint8Array,
  verify: Verify,
  reader: EnvelopeReader = plainReader,
): Roster => {
  const opened = reader.open(bytes);
  const envelope = opened?.envelope;
  if (opened === undefined || envelope?.topic !== 'roster' || envelope.author !== AUTHORITY) {
    throw new Fault('roster-malformed', 'the bytes are no signed roster', {
      remedy: 'Fetch the roster from the authority again.',
      exit: 'usage',
    });
  }
  const isTrusted = opened.isSignedBy(authorityKey, verify);
  const decoded = opened.payload() as DecodedPayload<'roster'>;
  if (!decoded.ok && !isTrusted) throw forged();
  if (!decoded.ok) {
    throw new Fault('roster-malformed', `the roster does not decode: ${decoded.code}`, {
      data: { code: decoded.code, detail: decoded.detail },
      exit: 'usage',
    });
  }
  const followed = followLinks(decoded.payload, authorityKey, verify);
  if (!followed.ok) throw unfollowed(followed.why, followed.epoch, isTrusted);
  if (followed.authorityKey !== authorityKey) {
    if (!opened.isSignedBy(followed.authorityKey, verify)) {
      throw isTrusted ? unsigned(decoded.payload.epoch, 'that it names') : forged();
    }
  } else if (!isTrusted) throw forged();
  const clash = rosterClash(decoded.payload);
  if (clash !== undefined) throw inconsistent(clash);
  if (decoded.payload.epoch !== envelope.bootEpoch) {
    throw inconsistent('its epoch differs from its envelope');
  }
  return decoded.payload;
};

const forged = (): Fault =>
  new Fault('roster-forged', 'the roster is not signed by the configured authority', {
    remedy: "Compare the authority's public key with the one in the configuration.",
    exit: 'refused',
  });

const unsigned = (epoch: number, who: string): Fault =>
  new Fault(
    'rotation-unsigned',
    `the change of authority at epoch ${epoch} is not signed by the authority ${who}`,
    {
      data: { epoch, missing: who === 'that it names' ? 'new' : 'old' },
      remedy: 'Only a roster that "skein roster rotate authority" made changes the authority.',
      exit: 'refused',
    },
  );

const unfollowed = (why: LinkFault, epoch: number, isTrusted: boolean): Fault => {
  if (why === 'former-unsigned') return unsigned(epoch, 'that it replaces');
  if (why === 'next-unsigned') return unsigned(epoch, 'that it names');
  if (why === 'malformed') return isTrusted ? inconsistent('its changes of authority') : forged();
  return new Fault(
    'authority-unlinked',
    'no change of authority in this roster begins at the one that is trusted here',
    {
      data: { epoch },
      remedy:
        "Compare the authority's fingerprint; a member that missed too many changes is told the new public key (keys.authorityPublicKeyHex).",
      exit: 'refused',
    },
  );
};

/** The authority that signed a roster which opened under the trusted key. */
export const authorityOf = (roster: Roster, trusted: Uint8Array): Uint8Array =>
  readLinks(roster)?.at(-1)?.next ?? trusted;

/** Rosters of former authorities are told from forgeries this far back: each costs a verification. */
const FORMER_ASKED = 2;

/** As {@link openRoster}, for whoever goes by a roster already; also throws Fault 'authority-superseded'. */
export const openNextRoster = (
  bytes: Uint8Array,
  present: { roster: Roster; authorityKey: Uint8Array; verify: Verify; reader: EnvelopeReader },
): Roster => {
  const { roster, authorityKey, verify, reader } = present;
  try {
    return openRoster(bytes, authorityKey, verify, reader);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'roster-forged') throw error;
    const links = (readLinks(roster) ?? []).slice(-FORMER_ASKED).reverse();
    const link = links.find(({ former }) => reader.open(bytes)?.isSignedBy(former, verify));
    if (link === undefined) throw error;
    const { epoch } = link;
    throw new Fault(
      'authority-superseded',
      `the roster is signed by an authority that was replaced at epoch ${epoch}`,
      {
        data: { epoch },
        remedy: 'Have the present authority sign one: skein roster show tells its fingerprint.',
        exit: 'refused',
        cause: error,
      },
    );
  }
};

const inconsistent = (what: string): Fault =>
  new Fault('roster-inconsistent', `the roster contradicts itself: ${what}`, {
    data: { what },
    exit: 'usage',
  });

const isDistinct = (values: (string | number)[]): boolean => new Set(values).size === values.length;

/** What two members share that they must not; undefined when nothing. */
const rosterClash = (roster: Roster): string | undefined => {
  const { members } = roster;
  if (readLinks(roster) === undefined) return 'its changes of authority do not join';
  if (!isDistinct(members.map((member) => member.id))) return 'two members have one id';
  if (!isDistinct(members.map((member) => member.name))) return 'two members have one name';
  const keys = members.map((member) => member.publicKey.join());
  return isDistinct(keys) ? undefined : 'two members have one key';
};

/** Throws Fault 'roster-expired'. `nowUnixS` is the edge's business: no logic in flight asks the date. */
export const checkRosterExpiry = (roster: Roster, nowUnixS: number): void => {
  if (nowUnixS <= roster.expiresUnixS) return;
  throw new Fault('roster-expired', `the roster of ${roster.swarm} has expired`, {
    data: { swarm: roster.swarm, epoch: roster.epoch, expiresUnixS: roster.expiresUnixS },
    remedy: 'Have the authority sign a new one.',
    exit: 'refused',
  });
};
