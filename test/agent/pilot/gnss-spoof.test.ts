import { describe, expect, test } from 'vitest';

import { seededRandom } from '#protocols/random.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { airborne, type Sortie } from './sortie.ts';

const SEEDS = 8;
const STILL = vector3(0, 0, 0);

/** A drone at 3 m/s whose receiver hears from now on a signal that is `awayM` off. */
const deceived = (seed: number, awayM: number): [sortie: Sortie, offsetNed: Vector3] => {
  const random = seededRandom(seed).fork('spoof');
  const course = 2 * Math.PI * random.uniform();
  const sortie = airborne(vector3(3 * Math.cos(course), 3 * Math.sin(course), 0));
  sortie.run(1 + 3 * random.uniform());
  const turn = 2 * Math.PI * random.uniform();
  const offsetNed = vector3(awayM * Math.cos(turn), awayM * Math.sin(turn), 0);
  sortie.vehicle.sensorErrors.lie = { offsetNed, velocityNed: STILL };
  return [sortie, offsetNed];
};

const believes = (sortie: Sortie): boolean => sortie.pilot.situation.estimate.valid;

describe('a GNSS signal that is suddenly somewhere else', () => {
  test('is noticed within 2.5 s, before the estimator gives in; the drone rests and lands where it truly is', () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const [sortie] = deceived(seed, 8 + 6 * seed);
      const sinceMs = sortie.nowMs;
      sortie.until(() => !believes(sortie), 2.5);
      const { positionNed } = sortie.vehicle.quadrotor;
      const noticed = { ...positionNed };
      sortie.until(() => sortie.phase === 'landing', 12);
      expect(sortie.status?.reason).toBe('position-lost');
      sortie.until(() => sortie.phase === 'landed', 60);
      const wayM = Math.hypot(positionNed.x - noticed.x, positionNed.y - noticed.y);
      expect(wayM).toBeLessThan(6);
      // The estimator has long given in by now: the false place looks as good as any.
      expect(sortie.nowMs - sinceMs).toBeGreaterThan(8000);
    }
  });

  test.each(['abort', 'rtl'] as const)(
    'leads nobody home: on %s a drone that lands because of it goes on landing where it is',
    (kind) => {
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        const [sortie] = deceived(seed, 40);
        sortie.until(() => sortie.phase === 'landing', 15);
        const { positionNed } = sortie.vehicle.quadrotor;
        const began = { ...positionNed };
        sortie.envelopeBytes(sortie.operator.directive(kind));
        sortie.until(() => sortie.phase === 'landed', 60);
        const wayM = Math.hypot(positionNed.x - began.x, positionNed.y - began.y);
        expect(wayM).toBeLessThan(6);
        expect(sortie.phases).not.toContain('returning');
      }
    },
  );

  test('is believed again when it comes back before the estimator gave in', () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const [sortie] = deceived(seed, 20);
      sortie.run(3);
      expect(believes(sortie)).toBe(false);
      sortie.vehicle.sensorErrors.lie = undefined;
      sortie.until(() => sortie.phase === 'offboard' && believes(sortie), 4);
      sortie.run(10);
      expect(sortie.phase).toBe('offboard');
    }
  });

  test('is not seen in flights without one, nor in a receiver that fails and comes back', () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = seededRandom(seed).fork('honest');
      const course = 2 * Math.PI * random.uniform();
      const sortie = airborne(vector3(8 * Math.cos(course), 8 * Math.sin(course), 0));
      sortie.run(4);
      sortie.vehicle.injure({ kind: 'gnss', works: false });
      sortie.run(1.5);
      sortie.vehicle.injure({ kind: 'gnss', works: true });
      for (let second = 0; second < 8; second += 1) {
        sortie.run(1);
        expect(believes(sortie)).toBe(true);
      }
    }
  });
});
