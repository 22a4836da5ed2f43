import { multiaddr } from '@multiformats/multiaddr';

import { EXIT, Fault } from '#protocols/fault.ts';
import { peerIdOfKey } from '#protocols/gossip/identity.ts';
import { memberById, type Role } from '#protocols/gossip/roster.ts';
import {
  generateSigningKey,
  loadSigningKey,
  saveKeyPem,
  type SigningKey,
} from '#protocols/gossip/signing.ts';
import { changeAuthority } from '../roster/authority-directory.ts';
import {
  encodeRequest,
  encodeToken,
  readRequest,
  readToken,
  voucherOf,
} from '../roster/enrolment.ts';
import { acceptRequest, issueToken } from '../roster/ledger.ts';
import type { Context } from './context.ts';
import { requireNew } from './new-directory.ts';
import { writeNewSecret } from './new-secret-file.ts';
import { epochText, summaryOf, unixS } from './roster.ts';
import { readTextFile } from './text-file.ts';

interface TokenOptions {
  directory: string;
  member: number;
  name: string;
  role: Role;
  precedence: number;
  hours: number;
  replace: boolean;
  out: string;
}

/** `skein roster enrol token`: vouches once for one machine. Throws the faults of {@link issueToken}. */
export const runEnrolToken = async (context: Context, options: TokenOptions): Promise<number> => {
  const { member, name, role, precedence, out } = options;
  requireNew(out, '--out');
  const voucher = generateSigningKey().key;
  const expiresUnixS = unixS() + options.hours * 3600;
  let text = '';
  await changeAuthority(options.directory, ({ ledger, key }) => {
    const { swarm } = ledger.roster;
    const authorityPublicKey = key.publicKey;
    const terms = { swarm, authorityPublicKey, member, name, role, expiresUnixS };
    text = encodeToken(terms, voucher);
    return issueToken(ledger, {
      terms,
      voucherPublicKey: voucher.publicKey,
      precedence,
      replaces: options.replace,
    });
  });
  writeNewSecret(out, text, '--out');
  context.output.data(
    { token: out, member, name, role, expiresUnixS },
    () =>
      `${out}: whoever has it may enrol once as member ${member} (${name}, ${role}) within ${options.hours} h.\n` +
      `On that machine: skein roster enrol request --token ${out} --key ${name}.pem --out ${name}.request`,
  );
  return EXIT.ok;
};

interface RequestOptions {
  tokenFile: string;
  keyFile: string;
  addresses: string[];
  out: string;
}

/** `skein roster enrol request`: makes this machine's key, and asks with it. The key stays here. */
export const runEnrolRequest = async (
  context: Context,
  options: RequestOptions,
): Promise<number> => {
  requireNew(options.out, '--out');
  options.addresses.forEach(requireAddress);
  const token = readToken(await readTextFile(options.tokenFile), unixS());
  const key = newKey(options.keyFile, '--key');
  const { member, name, swarm, authorityPublicKeyHex } = token;
  const { addresses } = options;
  const asked = { swarm, member, voucher: 'token' as const, addresses };
  writeNewSecret(options.out, encodeRequest(asked, voucherOf(token), key), '--out');
  const peerId = peerIdOfKey(key.publicKey);
  context.output.data(
    {
      request: options.out,
      key: options.keyFile,
      member,
      name,
      swarm,
      peerId,
      authorityPublicKeyHex,
    },
    () =>
      `key of ${name} in ${options.keyFile}: it never leaves this machine\n` +
      `peer id ${peerId}\nkeys.authorityPublicKeyHex: ${authorityPublicKeyHex}\n` +
      `Take ${options.out} to the authority: skein roster enrol accept ${options.out}. Then delete the token.`,
  );
  return EXIT.ok;
};

interface RotateOptions {
  swarm: string;
  member: number;
  presentKeyFile: string;
  newKeyFile: string;
  addresses: string[];
  out: string;
}

/** `skein roster rotate request`: a new key, vouched for by the present one. */
export const runRotateRequest = (context: Context, options: RotateOptions): number => {
  const { swarm, member, addresses } = options;
  requireNew(options.out, '--out');
  addresses.forEach(requireAddress);
  const present = loadSigningKey(options.presentKeyFile);
  const key = newKey(options.newKeyFile, '--new-key');
  const asked = { swarm, member, voucher: 'present-key' as const, addresses };
  writeNewSecret(options.out, encodeRequest(asked, present, key), '--out');
  const peerId = peerIdOfKey(key.publicKey);
  context.output.data(
    { request: options.out, key: options.newKeyFile, member, swarm, peerId },
    () =>
      `new key of member ${member} in ${options.newKeyFile}, peer id ${peerId}\n` +
      `Take ${options.out} to the authority: skein roster rotate accept ${options.out}.\n` +
      'Once its roster is published the present key is worth nothing: restart this member with the new one.',
  );
  return EXIT.ok;
};

/** A key made here. Throws Fault 'output-exists': a key is never overwritten. */
const newKey = (file: string, option: string): SigningKey => {
  requireNew(file, option);
  const { key, pem } = generateSigningKey();
  try {
    saveKeyPem(file, pem);
  } catch (cause) {
    const system = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new Fault('file-unwritable', `${file} cannot be written: ${system}`, {
      data: { file, system, field: option },
      remedy: 'Check the directory and its permissions.',
      exit: 'usage',
      cause,
    });
  }
  return key;
};

const requireAddress = (text: string): void => {
  try {
    multiaddr(text);
  } catch (cause) {
    throw new Fault('usage', `--address is "${text}": that is no libp2p address`, {
      data: { option: '--address', value: text },
      remedy: 'Write for example --address /ip4/10.0.0.3/udp/9000/quic-v1.',
      exit: 'usage',
      cause,
    });
  }
};

/**
 * `skein roster enrol accept` and `rotate accept`: a roster of the next epoch with these members in it,
 * all of them or none. Throws the faults of readRequest and {@link acceptRequest}.
 */
export const runAccept = async (
  context: Context,
  options: { directory: string; requestFiles: string[] },
): Promise<number> => {
  const texts = await Promise.all(options.requestFiles.map(readTextFile));
  const requests = texts.map(readRequest);
  for (const { addresses } of requests) addresses.forEach(requireAddress);
  const nowUnixS = unixS();
  const authority = await changeAuthority(options.directory, ({ ledger }) => {
    const next = requests.reduce((all, one) => acceptRequest(all, one, nowUnixS), ledger);
    // One epoch for all of them.
    return { ...next, roster: { ...next.roster, epoch: ledger.roster.epoch + 1 } };
  });
  const accepted = requests.map(({ member }) => memberById(authority.ledger.roster, member)!);
  context.output.data(summaryOf(authority), () =>
    [
      ...accepted.map((one) => `${one.id} ${one.name}, ${one.role}: ${peerIdOfKey(one.publicKey)}`),
      epochText(authority),
    ].join('\n'),
  );
  return EXIT.ok;
};
