import { describe, expect, it } from 'vitest';

import { leaseOf, needsCommand, requireCommand } from '#coordinator/station/lease.ts';
import type { SwarmView } from '#coordinator/station/view.ts';
import { DIRECTIVES, type DirectiveKind } from '#protocols/gossip/directive.ts';
import type { Roster } from '#protocols/gossip/roster.ts';
import { fabricatedView, irchel } from '../../page/fabricated-swarm.ts';

const MINE = 1000;
const OTHER = 1001;

const rosterOf = (role: 'operator' | 'observer'): Roster => ({
  swarm: 'meadow',
  epoch: 1,
  expiresUnixS: 2e9,
  members: [
    { id: MINE, name: 'base', role: 'operator', publicKey: new Uint8Array(32), addresses: [] },
    { id: OTHER, name: 'truck', role, publicKey: new Uint8Array(32).fill(1), addresses: [] },
  ],
});

const missionOf = (issuer: number, some: object = {}): SwarmView['mission'] => {
  const { mission } = fabricatedView(irchel());
  return { ...mission!, goal: { issuer, epoch: 4, sequence: 0 }, complete: false, ...some };
};

const lease = (
  mission: SwarmView['mission'],
  ageS = 1,
  role: 'operator' | 'observer' = 'operator',
) => leaseOf(mission, rosterOf(role), MINE, (member) => (member === OTHER ? ageS : Infinity));

describe('the command of a swarm', () => {
  it('is leased to whose goal it follows, as long as that one is heard', () => {
    expect(lease(missionOf(OTHER), 29)).toEqual({ member: OTHER, name: 'truck', heardS: 29 });
    expect(lease(missionOf(OTHER), 31)).toBeUndefined();
    expect(lease(missionOf(OTHER), Infinity)).toBeUndefined();
  });

  it('is nobody else’s before a mission, after it, under one’s own, or when the other was revoked', () => {
    expect(lease(null)).toBeUndefined();
    expect(lease(missionOf(OTHER, { complete: true }))).toBeUndefined();
    expect(lease(missionOf(OTHER, { cancelled: true }))).toBeUndefined();
    expect(lease(missionOf(MINE))).toBeUndefined();
    expect(lease(missionOf(1002))).toBeUndefined();
    expect(lease(missionOf(OTHER), 1, 'observer')).toBeUndefined();
  });

  it('is taken over only by who says so; whoever stops drones needs none', () => {
    const held = lease(missionOf(OTHER));
    expect(() => requireCommand(held, false)).toThrow(
      expect.objectContaining({ code: 'not-in-command', exit: 'refused' }),
    );
    expect(() => requireCommand(held, true)).not.toThrow();
    expect(() => requireCommand(undefined, false)).not.toThrow();
    const kinds = Object.keys(DIRECTIVES) as DirectiveKind[];
    expect(kinds.filter((kind) => needsCommand(kind))).toEqual(['resume']);
  });
});
