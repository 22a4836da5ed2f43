import { describe, expect, it } from 'vitest';

import type { Counters } from '#protocols/gossip/counters.ts';
import { resumeCounters } from '#protocols/gossip/counters.ts';
import type { MemberFiles } from '#protocols/gossip/member-file.ts';
import { createMeshMember, type MeshMember } from '#protocols/gossip/mesh-member.ts';
import { signRoster } from '#protocols/gossip/signed-roster.ts';
import { signingKeyFromSeed, verifySignature } from '#protocols/gossip/signing.ts';
import { StateKeeper } from '#protocols/gossip/state-keeper.ts';

const AUTHORITY = signingKeyFromSeed(new Uint8Array(32).fill(1));
const KEY = signingKeyFromSeed(new Uint8Array(32).fill(2));
const BOOT_EPOCH = 1_767_225_600;

const ROSTER = signRoster(
  {
    swarm: 'test',
    epoch: 1,
    expiresUnixS: 4_102_444_800,
    members: [
      {
        id: 1,
        name: 'one',
        role: 'drone',
        publicKey: Uint8Array.from(KEY.publicKey),
        addresses: [],
      },
    ],
  },
  AUTHORITY.sign,
);

/** Files on a disk that may be full. */
class Files implements MemberFiles {
  isFull = false;
  counters: Counters | undefined;
  writes = 0;

  readCounters(): Counters | undefined {
    return this.counters;
  }

  writeCounters(counters: Counters): void {
    this.#work();
    this.counters = { ...counters };
  }

  readState(): Uint8Array {
    return new Uint8Array(0);
  }

  writeState(): void {
    this.#work();
  }

  #work(): void {
    this.writes += 1;
    if (this.isFull) throw new Error('ENOSPC');
  }
}

/** A process that starts in the computer's one boot, `nowMs` after it. */
const start = (files: Files, nowMs: number, errors: unknown[] = []) => {
  const resumed = resumeCounters(files.readCounters(), BOOT_EPOCH, BOOT_EPOCH);
  const member: MeshMember = createMeshMember({
    self: 1,
    sign: KEY.sign,
    verify: verifySignature,
    authorityKey: AUTHORITY.publicKey,
    signedRoster: ROSTER,
    bootEpoch: resumed.bootEpoch,
    nowMs,
  });
  member.sequence = resumed.sequence;
  const clock = { nowMs, monotonicMs: () => clock.nowMs };
  const keeper = new StateKeeper(member, files, clock, (error) => errors.push(error));
  keeper.keep();
  return { member, keeper, clock };
};

describe('what must outlive a mesh process, on a full disk', () => {
  it('does not end the process; the write is tried again a second later, not at every tick', () => {
    const files = new Files();
    files.isFull = true;
    const errors: unknown[] = [];
    const { keeper, clock } = start(files, 20_000, errors);
    for (let tick = 0; tick < 19; tick += 1) {
      clock.nowMs += 50;
      keeper.keep();
    }
    expect(errors).toHaveLength(1);
    keeper.keepNow();
    expect(errors).toHaveLength(2);
    files.isFull = false;
    clock.nowMs += 1000;
    keeper.keep();
    expect(errors).toHaveLength(2);
    expect(files.counters?.bootEpoch).toBe(BOOT_EPOCH);
  });

  it('uses no number twice, however many processes die before there is room', () => {
    const files = new Files();
    files.isFull = true;
    let unused = 0;
    for (let life = 0; life < 20; life += 1) {
      const { member, keeper, clock } = start(files, 20_000 + 30_000 * life);
      expect(member.sequence).toBeGreaterThanOrEqual(unused);
      // Five intents, a beacon and some more each second.
      for (let second = 0; second < 30; second += 1) {
        member.sequence += 12;
        clock.nowMs += 1000;
        keeper.keep();
      }
      unused = member.sequence;
    }
  });
});
