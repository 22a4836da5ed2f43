import { describe, expect, it } from 'vitest';

import { seededRandom } from '#protocols/random.ts';
import { Channel } from '#sim/radio/channel.ts';
import { meanLoss, RADIO_PROFILES, type ProfileName } from '#sim/radio/profile.ts';

/** Loss over hours at one packet every `periodMs`, and the mean length of a run of losses, ms. */
const measure = (name: ProfileName, periodMs: number) => {
  const channel = new Channel(RADIO_PROFILES[name], seededRandom(3), 0);
  const endMs = 40_000 * periodMs + 20_000_000;
  let packets = 0;
  let lost = 0;
  for (let nowMs = 0; nowMs < endMs; nowMs += periodMs) {
    packets += 1;
    if (channel.loses(nowMs)) lost += 1;
  }
  return lost / packets;
};

describe('one direction of a radio link', () => {
  it('loses in the long run what its profile says', () => {
    const stated: Record<ProfileName, number> = {
      P0: 0,
      P1: 0.011,
      P2: 0.091,
      P3: 0.333,
      P4: 0.92,
    };
    for (const [name, loss] of Object.entries(stated)) {
      const profile = name as ProfileName;
      expect(meanLoss(RADIO_PROFILES[profile])).toBeCloseTo(loss, 3);
      expect(Math.abs(measure(profile, 100) - loss)).toBeLessThanOrEqual(0.1 * loss);
    }
  });

  it('is as bad for one who sends often as for one who sends seldom', () => {
    const often = measure('P3', 20);
    const seldom = measure('P3', 1000);
    expect(Math.abs(often - seldom)).toBeLessThan(0.03);
  });

  it('loses in bursts: after a loss the next packet is lost more often than not', () => {
    const channel = new Channel(RADIO_PROFILES.P2, seededRandom(9), 0);
    let lostBefore = false;
    const after = { lost: 0, all: 0 };
    for (let nowMs = 0; nowMs < 3_000_000; nowMs += 20) {
      const lost = channel.loses(nowMs);
      if (lostBefore) {
        after.all += 1;
        if (lost) after.lost += 1;
      }
      lostBefore = lost;
    }
    expect(after.lost / after.all).toBeGreaterThan(0.5);
  });

  it('changes with the geometry, at once and back', () => {
    const channel = new Channel(RADIO_PROFILES.P1, seededRandom(1), 0);
    const lossOver = (fromMs: number): number => {
      let lost = 0;
      for (let step = 0; step < 20_000; step += 1) if (channel.loses(fromMs + 50 * step)) lost += 1;
      return lost / 20_000;
    };
    expect(lossOver(0)).toBeLessThan(0.03);
    channel.become(RADIO_PROFILES.P4, 1_000_000);
    expect(lossOver(1_000_000)).toBeGreaterThan(0.85);
    channel.become(RADIO_PROFILES.P1, 2_000_000);
    expect(lossOver(2_000_000)).toBeLessThan(0.03);
  });
});
