import { Fault } from '../fault.ts';
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
 * The roster in `bytes`. Throws Fault 'roster-malformed', 'roster-forged' (not signed by this
 * authority) or 'roster-inconsistent'.
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
  if (!opened.isSignedBy(authorityKey, verify)) {
    throw new Fault('roster-forged', 'the roster is not signed by the configured authority', {
      remedy: "Compare the authority's public key with the one in the configuration.",
      exit: 'refused',
    });
  }
  const decoded = opened.payload() as DecodedPayload<'roster'>;
  if (!decoded.ok) {
    throw new Fault('roster-malformed', `the roster does not decode: ${decoded.code}`, {
      data: { code: decoded.code, detail: decoded.detail },
      exit: 'usage',
    });
  }
  const clash = rosterClash(decoded.payload);
  if (clash !== undefined) throw inconsistent(clash);
  if (decoded.payload.epoch !== envelope.bootEpoch) {
    throw inconsistent('its epoch differs from its envelope');
  }
  return decoded.payload;
};

const inconsistent = (what: string): Fault =>
  new Fault('roster-inconsistent', `the roster contradicts itself: ${what}`, {
    data: { what },
    exit: 'usage',
  });

const isDistinct = (values: (string | number)[]): boolean => new Set(values).size === values.length;

/** What two members share that they must not; undefined when nothing. */
const rosterClash = ({ members }: Roster): string | undefined => {
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
