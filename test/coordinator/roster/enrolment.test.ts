import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';

import {
  encodeRequest,
  encodeToken,
  readRequest,
  readToken,
  voucherOf,
} from '#coordinator/roster/enrolment.ts';
import {
  acceptRequest,
  extendRoster,
  issueToken,
  revokeMembers,
  type Ledger,
} from '#coordinator/roster/ledger.ts';
import { memberById, type Role } from '#protocols/gossip/roster.ts';
import { signRoster } from '#protocols/gossip/signed-roster.ts';
import { generateSigningKey, type SigningKey } from '#protocols/gossip/signing.ts';

const NOW_S = 1_800_000_000;
const HOUR_S = 3600;
const authority = generateSigningKey().key;
const fault = (code: string): unknown => expect.objectContaining({ code });

const emptyLedger = (swarm = 'meadow'): Ledger => ({
  roster: { swarm, epoch: 1, expiresUnixS: NOW_S + 90 * 24 * HOUR_S, members: [] },
  tokens: [],
});

interface Wanted {
  name?: string;
  role?: Role;
  replaces?: boolean;
  expiresUnixS?: number;
}

/** A ledger with one more token, and the token as it lies in its file. */
const withToken = (
  ledger: Ledger,
  member: number,
  {
    name = `quad-${member}`,
    role = 'drone',
    replaces = false,
    expiresUnixS = NOW_S + HOUR_S,
  }: Wanted = {},
): { ledger: Ledger; token: string } => {
  const voucher = generateSigningKey().key;
  const { swarm } = ledger.roster;
  const terms = {
    swarm,
    authorityPublicKey: authority.publicKey,
    member,
    name,
    role,
    expiresUnixS,
  };
  const voucherPublicKey = voucher.publicKey;
  return {
    ledger: issueToken(ledger, { terms, voucherPublicKey, precedence: 0, replaces }),
    token: encodeToken(terms, voucher),
  };
};

const requestBy = (tokenText: string, key: SigningKey, addresses: string[] = []): string => {
  const token = readToken(tokenText, NOW_S);
  const { swarm, member } = token;
  return encodeRequest({ swarm, member, voucher: 'token', addresses }, voucherOf(token), key);
};

const rotationBy = (member: number, present: SigningKey, key: SigningKey): string =>
  encodeRequest({ swarm: 'meadow', member, voucher: 'present-key', addresses: [] }, present, key);

/** A ledger in which the member has enrolled with the key. */
const enrolled = (ledger: Ledger, member: number, key: SigningKey): Ledger => {
  const issued = withToken(ledger, member);
  return acceptRequest(issued.ledger, readRequest(requestBy(issued.token, key)), NOW_S);
};

describe('enrolment by a token', () => {
  it('brings a machine in under the terms of the token, in a roster of the next epoch', () => {
    const { key } = generateSigningKey();
    const { ledger, token } = withToken(emptyLedger(), 7, { name: 'base', role: 'operator' });
    const request = readRequest(requestBy(token, key, ['/ip4/10.0.0.7/udp/9000/quic-v1']));
    const { roster } = acceptRequest(ledger, request, NOW_S);
    expect(roster.epoch).toBe(2);
    expect(roster.members).toEqual([
      {
        id: 7,
        name: 'base',
        role: 'operator',
        publicKey: key.publicKey,
        addresses: ['/ip4/10.0.0.7/udp/9000/quic-v1'],
      },
    ]);
    expect(() => signRoster(roster, authority.sign)).not.toThrow();
  });

  it('is good once: not for a second machine, and not for the same again', () => {
    const { ledger, token } = withToken(emptyLedger(), 1);
    const first = readRequest(requestBy(token, generateSigningKey().key));
    const after = acceptRequest(ledger, first, NOW_S);
    const second = readRequest(requestBy(token, generateSigningKey().key));
    expect(() => acceptRequest(after, second, NOW_S)).toThrow(fault('token-used'));
    expect(() => acceptRequest(after, first, NOW_S)).toThrow(fault('token-used'));
  });

  it('stays used after its member was revoked: an old request is no way back', () => {
    const { ledger, token } = withToken(emptyLedger(), 1);
    const request = readRequest(requestBy(token, generateSigningKey().key));
    const revoked = revokeMembers(acceptRequest(ledger, request, NOW_S), [1]);
    expect(() => acceptRequest(revoked, request, NOW_S)).toThrow(fault('token-used'));
  });

  it('ends: at its time, by a newer token for the member, or by revocation', () => {
    const { ledger, token } = withToken(emptyLedger(), 1);
    const late = NOW_S + HOUR_S + 1;
    expect(() => readToken(token, late)).toThrow(fault('token-expired'));
    const request = readRequest(requestBy(token, generateSigningKey().key));
    expect(() => acceptRequest(ledger, request, late)).toThrow(fault('token-expired'));
    const again = withToken(ledger, 1).ledger;
    expect(() => acceptRequest(again, request, NOW_S)).toThrow(fault('token-cancelled'));
    const revoked = revokeMembers(ledger, [1]);
    expect(revoked.roster.epoch).toBe(ledger.roster.epoch);
    expect(() => acceptRequest(revoked, request, NOW_S)).toThrow(fault('token-cancelled'));
  });

  it('vouches for one member of one swarm', () => {
    const { ledger, token } = withToken(emptyLedger(), 1);
    const { key } = generateSigningKey();
    const read = readToken(token, NOW_S);
    const asked = { voucher: 'token' as const, addresses: [] };
    const otherMember = encodeRequest(
      { ...asked, swarm: 'meadow', member: 2 },
      voucherOf(read),
      key,
    );
    expect(() => acceptRequest(ledger, readRequest(otherMember), NOW_S)).toThrow(
      fault('token-unknown'),
    );
    const otherSwarm = encodeRequest({ ...asked, swarm: 'marsh', member: 1 }, voucherOf(read), key);
    expect(() => acceptRequest(ledger, readRequest(otherSwarm), NOW_S)).toThrow(
      fault('other-swarm'),
    );
  });

  it('needs both keys: a request changed in any character of what it says is refused', () => {
    const { token } = withToken(emptyLedger(), 1);
    const request = requestBy(token, generateSigningKey().key);
    const parts = JSON.parse(request) as Record<string, string>;
    const strangers = requestBy(token, generateSigningKey().key);
    for (const proof of ['voucherProofHex', 'keyProofHex']) {
      const swapped = { ...parts, [proof]: (JSON.parse(strangers) as typeof parts)[proof] };
      expect(() => readRequest(JSON.stringify(swapped))).toThrow(fault('request-forged'));
    }
    const said = parts['said']!;
    fc.assert(
      fc.property(fc.nat(said.length - 1), fc.integer({ min: 32, max: 126 }), (at, code) => {
        const character = String.fromCharCode(code);
        fc.pre(character !== said[at]);
        const changed = said.slice(0, at) + character + said.slice(at + 1);
        expect(() => readRequest(JSON.stringify({ ...parts, said: changed }))).toThrow(/request/u);
      }),
    );
  });

  it('refuses a member that is there, unless the token is to replace it', () => {
    const old = generateSigningKey().key;
    const ledger = enrolled(emptyLedger(), 3, old);
    expect(() => withToken(ledger, 3)).toThrow(fault('member-exists'));
    expect(() => withToken(ledger, 4, { name: 'quad-3' })).toThrow(fault('name-taken'));
    const { key } = generateSigningKey();
    const lost = withToken(ledger, 3, { replaces: true });
    const { roster } = acceptRequest(lost.ledger, readRequest(requestBy(lost.token, key)), NOW_S);
    expect(memberById(roster, 3)?.publicKey).toEqual(key.publicKey);
  });

  it('two members have two keys', () => {
    const { key } = generateSigningKey();
    const { ledger, token } = withToken(enrolled(emptyLedger(), 1, key), 2);
    expect(() => acceptRequest(ledger, readRequest(requestBy(token, key)), NOW_S)).toThrow(
      fault('key-taken'),
    );
  });

  it('reads nothing but tokens and requests', () => {
    for (const text of ['', '{', '[]', '{"skein":"enrolment-token"}', 'null']) {
      expect(() => readToken(text, NOW_S)).toThrow(fault('token-malformed'));
      expect(() => readRequest(text)).toThrow(fault('request-malformed'));
    }
  });
});

describe('a change of key', () => {
  it('is vouched for by the present key, once', () => {
    const [first, second, third] = [1, 2, 3].map(() => generateSigningKey().key) as [
      SigningKey,
      SigningKey,
      SigningKey,
    ];
    const ledger = enrolled(emptyLedger(), 1, first);
    const change = readRequest(rotationBy(1, first, second));
    const after = acceptRequest(ledger, change, NOW_S);
    expect(memberById(after.roster, 1)).toEqual({
      ...memberById(ledger.roster, 1),
      publicKey: second.publicKey,
    });
    expect(() => acceptRequest(after, change, NOW_S)).toThrow(fault('key-superseded'));
    const stale = readRequest(rotationBy(1, first, third));
    expect(() => acceptRequest(after, stale, NOW_S)).toThrow(fault('key-superseded'));
  });

  it('is nothing that another member, or a member that was revoked, can ask for', () => {
    const [one, two] = [generateSigningKey().key, generateSigningKey().key];
    const ledger = enrolled(enrolled(emptyLedger(), 1, one), 2, two);
    const theft = readRequest(rotationBy(1, two, generateSigningKey().key));
    expect(() => acceptRequest(ledger, theft, NOW_S)).toThrow(fault('key-superseded'));
    const revoked = revokeMembers(ledger, [1]);
    const back = readRequest(rotationBy(1, one, generateSigningKey().key));
    expect(() => acceptRequest(revoked, back, NOW_S)).toThrow(fault('not-in-roster'));
  });
});

describe('an authority', () => {
  it('only ever counts up, whatever it does', () => {
    const keys = [1, 2, 3, 4].map(() => generateSigningKey().key);
    const steps = fc.array(fc.tuple(fc.constantFrom('enrol', 'revoke', 'extend'), fc.nat(3)));
    fc.assert(
      fc.property(steps, (acts) => {
        let ledger = emptyLedger();
        for (const [act, index] of acts) {
          const before = ledger;
          const isIn = memberById(ledger.roster, index + 1) !== undefined;
          if (act === 'extend') ledger = extendRoster(ledger, NOW_S + HOUR_S);
          else if (act === 'enrol' && !isIn) ledger = enrolled(ledger, index + 1, keys[index]!);
          else if (act === 'revoke' && isIn) ledger = revokeMembers(ledger, [index + 1]);
          const isSame = JSON.stringify(before.roster) === JSON.stringify(ledger.roster);
          expect(ledger.roster.epoch).toBe(before.roster.epoch + (isSame ? 0 : 1));
        }
        const ids = ledger.roster.members.map(({ id }) => id);
        expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      }),
      { numRuns: 30 },
    );
  });
});
