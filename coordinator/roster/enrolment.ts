import * as z from 'zod';

import { Fault } from '#protocols/fault.ts';
import { hexFromBytes, publicKeyFromHex } from '#protocols/gossip/identity.ts';
import { memberSchema, type Role } from '#protocols/gossip/roster.ts';
import { signingKeyFromSeed, verifySignature, type SigningKey } from '#protocols/gossip/signing.ts';

/**
 * How a machine comes into a roster without a network and without its private key ever leaving it. The
 * authority hands out a token: the seed of a key that vouches once. The machine makes its own key and
 * answers with a request that both keys have signed. A member that changes its key vouches with the
 * present one instead of a token.
 */
const hex32 = z.string().regex(/^[0-9a-f]{64}$/u, '64 hexadecimal digits');
const hex64 = z.string().regex(/^[0-9a-f]{128}$/u, '128 hexadecimal digits');
const { id, name, role, addresses } = memberSchema.shape;

const tokenSchema = z.strictObject({
  skein: z.literal('enrolment-token'),
  version: z.literal(1),
  swarm: z.string().min(1).max(64),
  authorityPublicKeyHex: hex32,
  member: id,
  name,
  role,
  expiresUnixS: z.number().int().positive(),
  /** Seed of the voucher's Ed25519 key: whoever has it may enrol as this member, once. */
  secretHex: hex32,
});

export type EnrolmentToken = z.infer<typeof tokenSchema>;

const saidSchema = z.strictObject({
  swarm: z.string().min(1).max(64),
  member: id,
  voucher: z.enum(['token', 'present-key']),
  voucherPublicKeyHex: hex32,
  publicKeyHex: hex32,
  /** Empty in a change of key: those in the roster stay. */
  addresses,
});

/** What a machine asks for; believed once both proofs hold. */
export type EnrolmentRequest = z.infer<typeof saidSchema>;

const requestSchema = z.strictObject({
  skein: z.literal('enrolment-request'),
  version: z.literal(1),
  /** JSON of an {@link EnrolmentRequest}, as text, so that the signed bytes are these very ones. */
  said: z.string().max(8192),
  voucherProofHex: hex64,
  keyProofHex: hex64,
});

/** No envelope begins like this: a proof is good for nothing else, and nothing else for a proof. */
const DOMAIN = 'skein enrolment request 1\n';

const signedBytes = (said: string): Uint8Array => new TextEncoder().encode(DOMAIN + said);

export interface TokenTerms {
  swarm: string;
  authorityPublicKey: Uint8Array;
  member: number;
  name: string;
  role: Role;
  expiresUnixS: number;
}

export const encodeToken = (terms: TokenTerms, voucher: SigningKey): string =>
  `${JSON.stringify(
    {
      skein: 'enrolment-token',
      version: 1,
      swarm: terms.swarm,
      authorityPublicKeyHex: hexFromBytes(terms.authorityPublicKey),
      member: terms.member,
      name: terms.name,
      role: terms.role,
      expiresUnixS: terms.expiresUnixS,
      secretHex: hexFromBytes(voucher.seed),
    } satisfies EnrolmentToken,
    null,
    2,
  )}\n`;

/** Throws Fault 'token-malformed' or 'token-expired'. */
export const readToken = (text: string, nowUnixS: number): EnrolmentToken => {
  const token = parsed(tokenSchema, text);
  if (token === undefined) {
    throw new Fault('token-malformed', 'the file holds no enrolment token', {
      remedy: 'Take the file that "skein roster enrol token" wrote, whole.',
      exit: 'usage',
    });
  }
  if (nowUnixS > token.expiresUnixS) throw tokenExpired(token.member, token.expiresUnixS);
  return token;
};

export const tokenExpired = (member: number, expiresUnixS: number): Fault =>
  new Fault('token-expired', `the token for member ${member} has expired`, {
    data: { member, expiresUnixS },
    remedy: 'Have the authority make a new one: skein roster enrol token.',
    exit: 'refused',
  });

/** The voucher's key that a token carries. */
export const voucherOf = (token: EnrolmentToken): SigningKey =>
  signingKeyFromSeed(publicKeyFromHex(token.secretHex)!);

interface Asked {
  swarm: string;
  member: number;
  voucher: EnrolmentRequest['voucher'];
  addresses: string[];
}

/** A request signed by the voucher and by the key that it asks for. */
export const encodeRequest = (asked: Asked, voucher: SigningKey, key: SigningKey): string => {
  const said = JSON.stringify({
    swarm: asked.swarm,
    member: asked.member,
    voucher: asked.voucher,
    voucherPublicKeyHex: hexFromBytes(voucher.publicKey),
    publicKeyHex: hexFromBytes(key.publicKey),
    addresses: asked.addresses,
  } satisfies EnrolmentRequest);
  const request = {
    skein: 'enrolment-request',
    version: 1,
    said,
    voucherProofHex: hexFromBytes(voucher.sign(signedBytes(said))),
    keyProofHex: hexFromBytes(key.sign(signedBytes(said))),
  };
  return `${JSON.stringify(request, null, 2)}\n`;
};

/** Throws Fault 'request-malformed' or 'request-forged' (a proof does not hold). */
export const readRequest = (text: string): EnrolmentRequest => {
  const request = parsed(requestSchema, text);
  const said = request === undefined ? undefined : parsed(saidSchema, request.said);
  if (request === undefined || said === undefined) {
    throw new Fault('request-malformed', 'the file holds no enrolment request', {
      remedy: 'Take the file that "skein roster enrol request" or "rotate request" wrote, whole.',
      exit: 'usage',
    });
  }
  const holds = (publicKeyHex: string, proofHex: string): boolean =>
    verifySignature(
      publicKeyFromHex(publicKeyHex)!,
      signedBytes(request.said),
      Uint8Array.from(Buffer.from(proofHex, 'hex')),
    );
  if (
    !holds(said.voucherPublicKeyHex, request.voucherProofHex) ||
    !holds(said.publicKeyHex, request.keyProofHex)
  ) {
    throw new Fault(
      'request-forged',
      `the request of member ${said.member} is not signed as it says`,
      {
        data: { member: said.member },
        remedy: 'Do not use it: have the member make its request again, and bring it another way.',
        exit: 'refused',
      },
    );
  }
  return said;
};

const parsed = <T>(schema: z.ZodType<T>, text: string): T | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = schema.safeParse(value);
  return result.success ? result.data : undefined;
};
