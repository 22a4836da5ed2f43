import { describe, expect, it } from 'vitest';

import { isLandingDue, isTakeoffDue, type TurnFacts } from '#agent/mind/mission/turns.ts';
import { ACTIVITY, type MemberView } from '#agent/mind/swarm/members.ts';
import type { Beacon } from '#protocols/gossip/beacon.ts';

const beacon = (changes: Partial<Beacon>): Beacon => ({
  sysid: 1,
  phase: 'standby',
  armed: false,
  mode: '',
  latE7: 0,
  lonE7: 0,
  altAmslCm: 0,
  velocityCmps: [0, 0, 0],
  positionStdCm: 0,
  batteryPercent: 100,
  goal: null,
  progressPermille: 0,
  task: null,
  taskDigest: 0,
  directive: null,
  reason: '',
  planSource: 'none',
  model: '',
  logHead: null,
  echoes: [],
  troubles: [],
  ...changes,
});

const view = (member: number, heardMs: number, changes: Partial<MemberView> = {}): MemberView => ({
  member,
  heardMs,
  toldMs: heardMs,
  sentMs: 0,
  bidMs: heardMs,
  beacon: beacon({ sysid: member }),
  beaconMs: heardMs,
  intent: null,
  departedMs: null,
  descendedMs: null,
  activitySinceMs: 0,
  ...changes,
});

const facts = (self: number, nowMs: number, views: MemberView[]): TurnFacts => ({
  fleet: [1, 2, 3],
  self,
  members: new Map(views.map((one) => [one.member, one])),
  sinceMs: 0,
  nowMs,
  intervalMs: 3000,
});

describe('taking off in turn', () => {
  it('lets the first go at once and the next an interval after it', () => {
    expect(isTakeoffDue(facts(1, 10, [view(2, 10), view(3, 10)]))).toBe(true);
    const gone = view(1, 4000, { departedMs: 2000 });
    expect(isTakeoffDue(facts(2, 4000, [gone, view(3, 4000)]))).toBe(false);
    expect(isTakeoffDue(facts(2, 5000, [{ ...gone, heardMs: 5000 }, view(3, 5000)]))).toBe(true);
    expect(isTakeoffDue(facts(3, 5000, [{ ...gone, heardMs: 5000 }, view(2, 5000)]))).toBe(false);
  });

  it('passes over one that is silent, one that is out, and one that does not use its turn', () => {
    expect(isTakeoffDue(facts(2, 5000, [view(3, 5000)]))).toBe(false);
    expect(isTakeoffDue(facts(2, 6100, [view(3, 6100)]))).toBe(true);
    const failed = view(1, 1000, { beacon: beacon({ phase: 'failsafe' }) });
    expect(isTakeoffDue(facts(2, 1000, [failed]))).toBe(true);
    expect(isTakeoffDue(facts(2, 12_900, [view(1, 12_900)]))).toBe(false);
    expect(isTakeoffDue(facts(2, 13_100, [view(1, 13_100)]))).toBe(true);
  });

  it('gives each of several that fail a turn of its own', () => {
    const stuck = (nowMs: number): MemberView[] => [view(1, nowMs), view(2, nowMs)];
    expect(isTakeoffDue(facts(3, 25_900, stuck(25_900)))).toBe(false);
    expect(isTakeoffDue(facts(3, 26_100, stuck(26_100)))).toBe(true);
  });
});

describe('landing in turn', () => {
  const above = (member: number, nowMs: number, sinceMs: number): MemberView =>
    view(member, nowMs, {
      beacon: beacon({ phase: 'offboard', task: ACTIVITY.turn }),
      activitySinceMs: sinceMs,
    });

  it('waits for smaller members above their homes, not for those still on the way', () => {
    expect(isLandingDue(facts(2, 1000, [above(1, 1000, 500)]))).toBe(false);
    expect(isLandingDue(facts(2, 1000, [above(3, 1000, 500)]))).toBe(true);
    expect(isLandingDue(facts(3, 1000, [view(1, 1000), view(2, 1000)]))).toBe(true);
  });

  it('keeps an interval to the last descent, whoever went down', () => {
    const down = view(3, 1000, { descendedMs: 900 });
    expect(isLandingDue(facts(1, 1000, [down]))).toBe(false);
    expect(isLandingDue(facts(1, 3900, [down]))).toBe(true);
  });

  it('passes over one that falls silent or never goes down', () => {
    expect(isLandingDue(facts(2, 5000, [above(1, 1900, 500)]))).toBe(true);
    expect(isLandingDue(facts(2, 10_000, [above(1, 10_000, 500)]))).toBe(false);
    expect(isLandingDue(facts(2, 10_600, [above(1, 10_600, 500)]))).toBe(true);
  });
});
