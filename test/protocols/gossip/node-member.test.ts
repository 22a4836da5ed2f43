import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, describe, expect, it } from 'vitest';

import type { Received } from '#protocols/channel/mesh-messages.ts';
import { hexFromBytes, peerIdOfKey } from '#protocols/gossip/identity.ts';
import { startMember, type RunningMember } from '#protocols/gossip/node-member.ts';
import { saveRoster } from '#protocols/gossip/roster-file.ts';
import { signRoster } from '#protocols/gossip/signed-roster.ts';
import { generateSigningKey, saveKeyPem } from '#protocols/gossip/signing.ts';
import { seededRandom } from '#protocols/random.ts';

import { durableOf, reportOf } from './swarm-story.ts';

const directory = mkdtempSync(join(tmpdir(), 'skein-members-'));
const authority = generateSigningKey().key;
// The lower peer id dials: sorted, so that the later member, which knows the way, is the one to dial.
const pairs = [generateSigningKey(), generateSigningKey()].sort((a, b) =>
  peerIdOfKey(a.key.publicKey) < peerIdOfKey(b.key.publicKey) ? 1 : -1,
);
const running: RunningMember[] = [];

afterAll(async () => {
  await Promise.all(running.map((member) => member.close()));
  rmSync(directory, { recursive: true });
});

const enrol = (): void => {
  const members = pairs.map(({ key, pem }, index) => {
    saveKeyPem(join(directory, `${index + 1}.pem`), pem);
    const id = index + 1;
    return {
      id,
      name: `drone-${id}`,
      role: 'drone' as const,
      publicKey: key.publicKey,
      addresses: [],
    };
  });
  const roster = { swarm: 'story', epoch: 1, expiresUnixS: 4_000_000_000, members };
  saveRoster(join(directory, 'roster'), signRoster(roster, authority.sign));
};

const start = async (
  self: number,
  more: { bootstrap?: string[]; key?: number; heard?: Received[] } = {},
): Promise<RunningMember> => {
  const member = await startMember({
    self,
    directory: join(directory, `run-${self}`),
    privateKeyFile: join(directory, `${more.key ?? self}.pem`),
    rosterFile: join(directory, 'roster'),
    authorityPublicKeyHex: hexFromBytes(authority.publicKey),
    listen: ['/ip4/127.0.0.1/udp/0/quic-v1'],
    bootstrap: more.bootstrap ?? [],
    mdns: false,
    bootEpoch: undefined,
    onNotKept: (error) => {
      throw error;
    },
    random: seededRandom(self),
    events: {
      onReceived: (received) => more.heard?.push(received),
      onSent: () => undefined,
    },
  });
  running.push(member);
  member.everyTick();
  return member;
};

const until = async (condition: () => boolean): Promise<void> => {
  for (let waitedMs = 0; !condition(); waitedMs += 20) {
    if (waitedMs > 8000) throw new Error('it never came to be');
    await sleep(20);
  }
};

describe('a member over libp2p, with its files', () => {
  it('comes late, goes and comes back, and each time is told all that it missed', async () => {
    enrol();
    const early = await start(1);
    for (let task = 0; task < 20; task += 1) early.session.publish(reportOf(1, `lane:${task}`));
    const heard: Received[] = [];
    const late = await start(2, { bootstrap: early.addresses(), heard });
    await until(() => heard.length === 20);
    const epoch = late.session.member.bootEpoch;
    late.session.publish(reportOf(2, 'lane:99'), true);
    await until(() => durableOf(early.session.member).length === 22);
    await late.close();
    early.session.publish(reportOf(1, 'lane:20'));
    const again: Received[] = [];
    const back = await start(2, { bootstrap: early.addresses(), heard: again });
    expect(back.session.member.bootEpoch).toBeGreaterThan(epoch);
    // From its own file at once, and the one that is new from its peer.
    expect(back.session.recall()).toHaveLength(22);
    await until(() => again.length === 1);
    expect(durableOf(back.session.member)).toEqual(durableOf(early.session.member));
  });

  it('does not start with a key that is not enrolled for it', async () => {
    await expect(start(2, { key: 1 })).rejects.toMatchObject({ code: 'wrong-key' });
    await expect(start(7, { key: 1 })).rejects.toMatchObject({ code: 'not-in-roster' });
  });
});
