import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { receiveGossip } from '#protocols/gossip/mesh-receive.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { openStagePlanner, Stage } from './stage.ts';
import { beaconOf, Cast } from '../../protocols/gossip/swarm-story.ts';

describe('a peer that sends ten times what can be verified', () => {
  /** Thirty drones' words through one honest peer beside a flood by another, over three seconds. */
  const floodOf = (perMs: number) => {
    const cast = new Cast();
    const member = cast.member(1);
    let checks = 0;
    Object.assign(member.admission, {
      verify: (...parts: Parameters<typeof verifySignature>) => {
        checks += 1;
        return verifySignature(...parts);
      },
    });
    const forged = cast.envelope(3, 'beacon', beaconOf(3), { sequence: 900_000, signer: 2 });
    let accepted = 0;
    let said = 0;
    for (let ms = 0; ms < 3000; ms += 1) {
      for (let count = 0; count < perMs; count += 1) receiveGossip(member, 2, forged, ms);
      if (ms % 100 !== 0) continue;
      said += 1;
      const honest = cast.envelope(3, 'beacon', beaconOf(3), { sequence: said, sentMs: ms });
      if (receiveGossip(member, 4, honest, ms).verdict === 'accept') accepted += 1;
    }
    return { share: accepted / said, checksPerS: (checks - said) / 3 };
  };

  it('costs no more than its rate, and takes nothing from what others bring', () => {
    // Some 10,000 signatures a second can be checked on a core: this is ten times as many.
    const { share, checksPerS } = floodOf(100);
    expect(share).toBe(1);
    expect(checksPerS).toBeLessThan(1700);
  });
});

describe('a member of a flight that floods the air', () => {
  let planner: OpenPlanner;
  beforeAll(async () => {
    planner = await openStagePlanner();
  });
  afterAll(() => planner.close());

  it.each(['own', 'forged', 'noise'] as const)(
    'with %s messages: the others hear each other and fly on',
    async (what) => {
      const stage = new Stage(planner, 3, [
        { kind: 'flood', atMs: 16_000, sysid: 2, what, perS: 200, forMs: 5000 },
      ]);
      await stage.until(24_000);
      expect(stage.episode.attacks.messages).toBeGreaterThan(900);
      expect(stage.forgeries).toEqual([]);
      expect(stage.delivered([1, 3], 16_000)).toBeGreaterThan(0.99);
      const findings = stage.admitted.filter(
        ({ sysid, received }) => sysid !== 2 && received.topic === 'finding',
      );
      // Two receivers: a burst each, ten a second, and by repair what only one of them had taken in.
      expect(findings.length).toBeLessThan(2 * 2 * (100 + 10 * 7));
      expect(stage.broken).toEqual([]);
    },
  );
});
