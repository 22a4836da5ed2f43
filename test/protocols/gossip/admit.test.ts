import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { admit, createAdmission, type AdmissionState } from '#protocols/gossip/admit.ts';
import { encodePayload } from '#protocols/gossip/codec.ts';
import type { Release } from '#protocols/gossip/release.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';

import { storyGoal, storySafety } from './mission-story.ts';
import { beaconOf, Cast, goalOne, intentOf, OBSERVER, OPERATOR, reportOf } from './swarm-story.ts';

const cast = new Cast();
const admission = (): AdmissionState =>
  createAdmission(1, cast.rosterOf(), cast.authority.publicKey, verifySignature);

const verdict = (state: AdmissionState, bytes: Uint8Array, nowMs = 0): string => {
  const judged = admit(state, bytes, nowMs);
  return judged.verdict === 'accept' ? 'accept' : `${judged.verdict} ${judged.code}`;
};

const directive = encodePayload('directive', {
  kind: 'hold',
  confirmed: false,
  number: 1,
  targets: [],
});

describe('who may say what', () => {
  it('members may say what their role allows, each by its own key', () => {
    const state = admission();
    expect(verdict(state, cast.envelope(2, 'beacon', beaconOf(2)))).toBe('accept');
    expect(verdict(state, cast.envelope(OPERATOR, 'directive', directive))).toBe('accept');
    expect(verdict(state, cast.goal(1, { sequence: 3 }))).toBe('accept');
  });

  it('a drone may not command, an observer may not speak, an operator claims no task', () => {
    const state = admission();
    expect(verdict(state, cast.envelope(2, 'directive', directive))).toBe('reject role');
    expect(verdict(state, cast.envelope(OBSERVER, 'beacon', beaconOf(0)))).toBe('reject role');
    const report = reportOf(OPERATOR, 'lane:1').payload as never;
    expect(verdict(state, cast.envelope(OPERATOR, 'taskReport', report))).toBe('reject role');
  });

  it('a role that another roster may give is no fault of whoever relays it', () => {
    const bytes = cast.envelope(2, 'directive', directive, { rosterEpoch: 2 });
    expect(verdict(admission(), bytes)).toBe('ignore role');
  });

  it('a stranger is not heard, and nobody speaks with another’s key', () => {
    const state = admission();
    const few = cast.signedRoster(2, [1, 3, OPERATOR]);
    expect(verdict(state, cast.envelope(2, 'beacon', beaconOf(2), { signer: 3 }))).toBe(
      'reject signature',
    );
    expect(verdict(state, few)).toBe('accept');
    expect(verdict(state, cast.envelope(2, 'beacon', beaconOf(2)))).toBe('ignore not-a-member');
  });

  it('a goal with the last number of all is not taken: no other could ever follow it', () => {
    const state = admission();
    expect(verdict(state, cast.goal(2 ** 32 - 1, { sequence: 3 }))).toBe('ignore implausible');
    expect(verdict(state, cast.goal(7, { sequence: 4 }))).toBe('accept');
    expect(verdict(state, cast.goal(1008, { sequence: 5 }))).toBe('ignore implausible');
    expect(verdict(state, cast.goal(1007, { sequence: 6 }))).toBe('accept');
  });

  it('any changed byte of a signed message is refused', () => {
    const state = admission();
    const good = cast.envelope(2, 'beacon', beaconOf(2));
    for (let at = 0; at < good.length; at += 1) {
      const changed = Uint8Array.from(good);
      changed[at]! ^= 0x04;
      expect(verdict(state, changed)).not.toBe('accept');
    }
    expect(verdict(state, good)).toBe('accept');
  });
});

describe('what cannot be true', () => {
  const refused = (bytes: Uint8Array): string => {
    const judged = admit(admission(), bytes, 0);
    return judged.verdict === 'reject' ? String(judged.data['why'] ?? judged.code) : judged.verdict;
  };

  it('a beacon of another vehicle, or of no place on earth', () => {
    expect(refused(cast.envelope(2, 'beacon', beaconOf(3)))).toMatch(/another vehicle/u);
    expect(refused(cast.envelope(OPERATOR, 'beacon', beaconOf(3)))).toMatch(/another vehicle/u);
    const lost = beaconOf(2, { latE7: 950_000_000 });
    expect(refused(cast.envelope(2, 'beacon', lost))).toMatch(/planet/u);
  });

  it('an intent that jumps, leaves the plane, or speaks of another hour', () => {
    const jump = { ...intentOf(0), knotMs: 50 };
    expect(refused(cast.envelope(2, 'intent', jump))).toMatch(/faster/u);
    expect(refused(cast.envelope(2, 'intent', intentOf(0, 1610)))).toMatch(/plane/u);
    expect(refused(cast.envelope(2, 'intent', intentOf(3_600_000)))).toMatch(/far from/u);
    const torn = { ...intentOf(0), radii: new Uint8Array(1) };
    expect(refused(cast.envelope(2, 'intent', torn))).toMatch(/no tube/u);
  });

  it('a claim for another, a kill unconfirmed, more detections than looks', () => {
    const claim = reportOf(3, 'lane:1').payload as never;
    expect(refused(cast.envelope(2, 'taskReport', claim))).toMatch(/name of another/u);
    const kill = { kind: 'kill', confirmed: false, number: 1, targets: [2] } as const;
    expect(refused(cast.envelope(OPERATOR, 'directive', { ...kill, targets: [2] }))).toMatch(
      /kill/u,
    );
    const cells: [number, number, number, number][] = [[0, 0, 1, 2]];
    expect(refused(cast.envelope(2, 'belief', { goal: goalOne, cells }))).toMatch(/looked/u);
  });

  it('a goal whose limits are missing, forged, of another goal, or not its issuer’s', () => {
    const other = { ...goalOne, epoch: 9 };
    const safeties: [Uint8Array, RegExp][] = [
      [new Uint8Array(0), /no safety/u],
      [cast.envelope(OPERATOR, 'safety', storySafety(goalOne), { signer: 2 }), /forged/u],
      [cast.envelope(OPERATOR, 'safety', storySafety(other)), /another goal/u],
      [cast.envelope(2, 'safety', storySafety(goalOne)), /no safety/u],
    ];
    for (const [safety, why] of safeties) {
      const goal = cast.envelope(OPERATOR, 'goal', storyGoal(goalOne, safety));
      expect(refused(goal)).toMatch(why);
    }
    const foreign = { ...goalOne, issuer: 7 };
    const safety = cast.envelope(OPERATOR, 'safety', storySafety(foreign));
    const goal = cast.envelope(OPERATOR, 'goal', storyGoal(foreign, safety));
    expect(refused(goal)).toMatch(/name of another/u);
  });

  it('a safety envelope outside a goal', () => {
    const bytes = cast.envelope(OPERATOR, 'safety', storySafety(goalOne));
    expect(refused(bytes)).toMatch(/outside a goal/u);
  });
});

describe('what is old', () => {
  it('ages: only a newer beacon counts, and a reboot is newer than any number before it', () => {
    const state = admission();
    const at = (bootEpoch: number, sequence: number): Uint8Array =>
      cast.envelope(2, 'beacon', beaconOf(2), { bootEpoch, sequence });
    expect(verdict(state, at(1, 5))).toBe('accept');
    expect(verdict(state, at(1, 5))).toBe('ignore stale');
    expect(verdict(state, at(1, 4))).toBe('ignore stale');
    expect(verdict(state, at(2, 1))).toBe('accept');
    expect(verdict(state, at(1, 99))).toBe('ignore stale');
  });

  it('a forger with a high number cannot silence the true author', () => {
    const state = admission();
    const forged = cast.envelope(2, 'beacon', beaconOf(2), { sequence: 4_000_000_000, signer: 3 });
    expect(verdict(state, forged)).toBe('reject signature');
    expect(verdict(state, cast.envelope(2, 'beacon', beaconOf(2)))).toBe('accept');
  });

  it('a member that talks without end is cut short, and orders are not', () => {
    const state = admission();
    const verdicts = Array.from({ length: 200 }, (_, index) =>
      verdict(state, cast.envelope(2, 'beacon', beaconOf(2), { sequence: index + 1 })),
    );
    expect(verdicts.filter((one) => one === 'accept')).toHaveLength(60);
    expect(verdicts.at(-1)).toBe('ignore author-rate');
    expect(verdict(state, cast.envelope(OPERATOR, 'directive', directive))).toBe('accept');
    const later = cast.envelope(2, 'beacon', beaconOf(2), { sequence: 201 });
    expect(verdict(state, later, 1000)).toBe('accept');
  });

  it('an older roster, one of another swarm, or by another authority changes nothing', () => {
    const state = admission();
    expect(verdict(state, cast.signedRoster(3, [1, 2, OPERATOR]))).toBe('accept');
    expect(verdict(state, cast.signedRoster(2))).toBe('ignore stale');
    expect(verdict(state, new Cast().signedRoster(9))).toBe('reject roster');
    expect(state.roster.epoch).toBe(3);
  });

  it('nothing that any order of arrival, loss or repetition does changes what is held in the end', () => {
    const claim = (task: string, sequence: number): Uint8Array =>
      cast.envelope(2, 'taskReport', reportOf(2, task, sequence).payload as never, { sequence });
    const belief = (cells: number[], sequence: number): Uint8Array =>
      cast.envelope(
        3,
        'belief',
        { goal: goalOne, cells: cells.map((column) => [0, column, sequence, 0]) },
        { sequence },
      );
    const messages = [
      cast.goal(1),
      cast.envelope(OPERATOR, 'directive', directive, { sequence: 1 }),
      cast.envelope(OPERATOR, 'directive', directive, { sequence: 3 }),
      claim('lane:1', 1),
      claim('lane:1', 2),
      claim('lane:2', 3),
      belief([1, 2, 3], 1),
      belief([1, 2], 2),
      belief([3], 3),
      belief([4], 4),
      cast.envelope(3, 'taskReport', reportOf(3, 'lane:1').payload as never, { bootEpoch: 2 }),
    ];
    const heldAfter = (arrivals: readonly Uint8Array[]): string[] => {
      const state = admission();
      for (const bytes of arrivals) admit(state, bytes, 0);
      return [...state.registers.byAuthor]
        .flatMap(([author, entries]) => [...entries.keys()].map((id) => `${author}/${id}`))
        .sort();
    };
    const expected = heldAfter(messages);
    expect(expected).toEqual([
      '2/1:2',
      '2/1:3',
      '250/1:2',
      '250/1:3',
      '3/1:2',
      '3/1:3',
      '3/1:4',
      '3/2:1',
    ]);
    const copies = [...messages, ...messages];
    fc.assert(
      fc.property(fc.shuffledSubarray(copies, { minLength: copies.length }), (arrivals) => {
        expect(heldAfter(arrivals)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the newest goal', () => {
  it('ends what was reported under an older one, and what its operator ordered before', () => {
    const state = admission();
    admit(state, cast.goal(1), 0);
    admit(state, cast.envelope(2, 'taskReport', reportOf(2, 'lane:1').payload as never), 0);
    admit(state, cast.envelope(OPERATOR, 'directive', directive, { sequence: 3 }), 0);
    expect(verdict(state, cast.goal(2, { sequence: 4 }))).toBe('accept');
    const topics = [...state.registers.byAuthor.values()].flatMap((entries) =>
      [...entries.values()].map((entry) => entry.topic),
    );
    expect(topics).toEqual(['goal']);
    const late = cast.envelope(3, 'taskReport', reportOf(3, 'lane:1').payload as never);
    expect(verdict(state, late)).toBe('ignore stale');
  });
});

describe('what a member that has turned may not do', () => {
  const release = (version: number, name = 'quad'): Release => ({
    name,
    version,
    piecesSha256: new Uint8Array(32).fill(version),
    bytes: 1000,
  });

  it('bring an older model back, under whichever operator’s key and number', () => {
    const state = admission();
    const say = (version: number, sequence: number, name?: string): string =>
      verdict(state, cast.envelope(OPERATOR, 'release', release(version, name), { sequence }));
    expect(say(7, 1)).toBe('accept');
    expect(say(3, 2)).toBe('ignore rollback');
    expect(say(3, 3, 'hexa')).toBe('accept');
    expect(say(7, 4)).toBe('accept');
    expect(say(8, 5)).toBe('accept');
    expect(say(7, 6)).toBe('ignore rollback');
    expect(verdict(state, cast.envelope(2, 'release', release(9)))).toBe('reject role');
  });

  it('fill everyone’s memory with what lasts, while orders and repair still pass', () => {
    const state = admission();
    let taken = 0;
    for (let sequence = 1; sequence <= 2000; sequence += 1) {
      const report = reportOf(2, `lane:${sequence}`).payload as never;
      const bytes = cast.envelope(2, 'taskReport', report, { sequence });
      if (verdict(state, bytes, sequence) === 'accept') taken += 1;
    }
    // Two seconds at a thousand a second: the burst, and what an honest drone might say.
    expect(taken).toBeGreaterThan(50);
    expect(taken).toBeLessThan(200);
    const late = cast.envelope(2, 'taskReport', reportOf(2, 'lane:9999').payload as never, {
      sequence: 3000,
    });
    expect(verdict(state, late, 2000)).toBe('ignore author-rate');
    expect(admit(state, late, 2000, 'repair').verdict).toBe('accept');
    expect(verdict(state, cast.envelope(OPERATOR, 'directive', directive), 2000)).toBe('accept');
    const other = reportOf(3, 'lane:1').payload as never;
    expect(verdict(state, cast.envelope(3, 'taskReport', other), 2000)).toBe('accept');
  });
});
