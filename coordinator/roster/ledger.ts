import * as z from 'zod';

import { Fault } from '#protocols/fault.ts';
import { hexFromBytes, publicKeyFromHex } from '#protocols/gossip/identity.ts';
import { memberById, memberSchema, type Member, type Roster } from '#protocols/gossip/roster.ts';
import { tokenExpired, type EnrolmentRequest, type TokenTerms } from './enrolment.ts';

const { id, name, role } = memberSchema.shape;

/** One token that was handed out. Its secret is not kept: its public half tells it from others. */
const issuedSchema = z.strictObject({
  publicKeyHex: z.string().regex(/^[0-9a-f]{64}$/u),
  member: id,
  name,
  role,
  precedence: z.uint32().max(255),
  expiresUnixS: z.number().int().positive(),
  /** May take the place of a member that lost its key. */
  replaces: z.boolean(),
  state: z.enum(['open', 'used', 'cancelled']),
});

export type IssuedToken = z.infer<typeof issuedSchema>;

/** All that the authority remembers beside its key: one file, so that roster and tokens never disagree. */
export const ledgerSchema = z.strictObject({
  version: z.literal(1),
  /** The signed roster in force, base64. */
  roster: z.string(),
  tokens: z.array(issuedSchema).max(1024),
});

/** The oldest beyond these are forgotten: a token that is not known vouches for nobody. */
const MAX_TOKENS = 1000;

export interface Ledger {
  roster: Roster;
  tokens: IssuedToken[];
}

interface NewToken {
  terms: TokenTerms;
  voucherPublicKey: Uint8Array;
  precedence: number;
  replaces: boolean;
}

const refusal = (code: string, message: string, member: number, remedy: string): Fault =>
  new Fault(code, message, { data: { member }, remedy, exit: 'refused' });

/** Notes a token. Throws Fault 'member-exists', 'name-taken' or 'role-differs'. */
export const issueToken = (ledger: Ledger, token: NewToken): Ledger => {
  const { member, name: called, role: does, expiresUnixS } = token.terms;
  const present = memberById(ledger.roster, member);
  if (present !== undefined && !token.replaces) {
    throw refusal(
      'member-exists',
      `member ${member} is in the roster as ${present.name}`,
      member,
      'Choose another id, or add --replace if this member lost its key.',
    );
  }
  const holder = ledger.roster.members.find((one) => one.name === called);
  if (holder !== undefined && holder.id !== member) {
    throw refusal(
      'name-taken',
      `member ${holder.id} is called ${called} already`,
      member,
      'Choose another name.',
    );
  }
  const issued: IssuedToken = {
    publicKeyHex: hexFromBytes(token.voucherPublicKey),
    member,
    name: called,
    role: does,
    precedence: token.precedence,
    expiresUnixS,
    replaces: token.replaces,
    state: 'open',
  };
  return { ...ledger, tokens: [...withoutOpen(ledger.tokens, member), issued].slice(-MAX_TOKENS) };
};

/** A later token for a member takes the earlier ones' place. */
const withoutOpen = (tokens: IssuedToken[], member: number): IssuedToken[] =>
  tokens.map((one) =>
    one.member === member && one.state === 'open' ? { ...one, state: 'cancelled' } : one,
  );

/**
 * The ledger after a request whose proofs hold: a roster of the next epoch with the member in it. Throws
 * Fault 'other-swarm', 'token-unknown', 'token-used', 'token-cancelled', 'token-expired',
 * 'member-exists', 'not-in-roster', 'key-superseded' or 'key-taken'.
 */
export const acceptRequest = (
  ledger: Ledger,
  request: EnrolmentRequest,
  nowUnixS: number,
): Ledger => {
  const { roster } = ledger;
  if (request.swarm !== roster.swarm) {
    throw refusal(
      'other-swarm',
      `the request is for ${request.swarm}, this is the authority of ${roster.swarm}`,
      request.member,
      'Name the right authority with --authority.',
    );
  }
  const publicKey = publicKeyFromHex(request.publicKeyHex)!;
  if (request.voucher === 'present-key') {
    const changed = changedKey(roster, request, publicKey);
    refuseTwin(roster, request);
    return { ...ledger, roster: withMember(roster, changed) };
  }
  const token = openToken(ledger, request, nowUnixS);
  refuseTwin(roster, request);
  const member: Member = {
    id: token.member,
    name: token.name,
    role: token.role,
    publicKey,
    addresses: request.addresses,
    ...(token.precedence > 0 ? { precedence: token.precedence } : {}),
  };
  return {
    roster: withMember(roster, member),
    tokens: ledger.tokens.map((one) => (one === token ? { ...one, state: 'used' } : one)),
  };
};

const refuseTwin = (roster: Roster, { publicKeyHex, member }: EnrolmentRequest): void => {
  const twin = roster.members.find((one) => hexFromBytes(one.publicKey) === publicKeyHex);
  if (twin === undefined) return;
  throw refusal(
    'key-taken',
    `the key of this request is already that of member ${twin.id}`,
    member,
    'Have the member make a key of its own.',
  );
};

const openToken = (ledger: Ledger, request: EnrolmentRequest, nowUnixS: number): IssuedToken => {
  const token = ledger.tokens.find(
    (one) => one.publicKeyHex === request.voucherPublicKeyHex && one.member === request.member,
  );
  const again = 'Make a new token for this member: skein roster enrol token.';
  const { member } = request;
  if (token === undefined) {
    throw refusal(
      'token-unknown',
      `no token of this authority vouches for member ${member}`,
      member,
      again,
    );
  }
  if (token.state !== 'open') {
    const why = token.state === 'used' ? 'was used before' : 'was cancelled';
    throw refusal(`token-${token.state}`, `the token for member ${member} ${why}`, member, again);
  }
  if (nowUnixS > token.expiresUnixS) throw tokenExpired(member, token.expiresUnixS);
  if (!token.replaces && memberById(ledger.roster, member) !== undefined) {
    throw refusal('member-exists', `member ${member} is in the roster already`, member, again);
  }
  return token;
};

const changedKey = (roster: Roster, request: EnrolmentRequest, publicKey: Uint8Array): Member => {
  const present = requireMember(roster, request.member);
  if (hexFromBytes(present.publicKey) !== request.voucherPublicKeyHex) {
    throw refusal(
      'key-superseded',
      `the request is vouched for by a key that is not the present one of member ${present.id}`,
      present.id,
      'A key that was lost is replaced by a token: skein roster enrol token --replace.',
    );
  }
  const { addresses } = request;
  return { ...present, publicKey, addresses: addresses.length > 0 ? addresses : present.addresses };
};

const withMember = (roster: Roster, member: Member): Roster => {
  const others = roster.members.filter((one) => one.id !== member.id);
  const members = [...others, member].sort((a, b) => a.id - b.id);
  return { ...roster, epoch: roster.epoch + 1, members };
};

const requireMember = (roster: Roster, member: number): Member => {
  const found = memberById(roster, member);
  if (found !== undefined) return found;
  throw new Fault(
    'not-in-roster',
    `there is no member ${member} in the roster of ${roster.swarm}`,
    {
      data: { member, swarm: roster.swarm, epoch: roster.epoch },
      remedy: 'See who there is: skein roster show.',
      exit: 'usage',
    },
  );
};

/** Members and open tokens of these ids are out. Throws Fault 'not-in-roster' for an id without either. */
export const revokeMembers = (ledger: Ledger, ids: readonly number[]): Ledger => {
  const { roster, tokens } = ledger;
  for (const one of ids) {
    const hasToken = tokens.some(({ member, state }) => member === one && state === 'open');
    if (!hasToken) requireMember(roster, one);
  }
  const members = roster.members.filter((one) => !ids.includes(one.id));
  return {
    // A token alone was in no roster: nobody needs a new one.
    roster:
      members.length === roster.members.length
        ? roster
        : { ...roster, epoch: roster.epoch + 1, members },
    tokens: ids.reduce(withoutOpen, tokens),
  };
};

/** The same members under a new date. */
export const extendRoster = (ledger: Ledger, expiresUnixS: number): Ledger => ({
  ...ledger,
  roster: { ...ledger.roster, epoch: ledger.roster.epoch + 1, expiresUnixS },
});

/** The same members in another epoch, which has a group key of its own. */
export const nextEpoch = (ledger: Ledger): Ledger => ({
  ...ledger,
  roster: { ...ledger.roster, epoch: ledger.roster.epoch + 1 },
});

/** A member by id or name. Throws Fault 'not-in-roster'. */
export const memberNamed = (ledger: Ledger, text: string): number => {
  const byName = ledger.roster.members.find((one) => one.name === text);
  const number = byName?.id ?? Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Fault('not-in-roster', `nobody is called ${text} in the roster`, {
    data: { name: text },
    remedy: 'See who there is: skein roster show.',
    exit: 'usage',
  });
};
