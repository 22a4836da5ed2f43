import { describe, expect, test } from 'vitest';

import { MAX_INTENT_KNOTS } from '#protocols/gossip/tube.ts';
import type { Neighbour } from '#protocols/channel/neighbours.ts';
import { seededRandom } from '#protocols/random.ts';
import { distance, vector3, type Vector3 } from '#protocols/vector.ts';
import { envelopeWith, FlightRig, TICK_S } from './flight-rig.ts';
import { circle, flySwarm, neighbourWith, straightTo, type Wish } from './swarm-rig.ts';

const DELAYS_TICKS = [3, 8, 15, 30];

/** Many flights on a busy machine. */
const PATIENCE_MS = 60_000;

describe('drones that each obey their own guard', () => {
  test.each(DELAYS_TICKS)(
    'keep apart whatever they want, messages %i ticks late',
    (delayTicks) => {
      for (let seed = 1; seed <= 8; seed += 1) {
        const random = seededRandom(seed);
        const plans = Array.from({ length: 5 }, () => vector3(0, 0, 0));
        const wish: Wish = (_, index) => {
          if (random.uniform() < 0.02) {
            const angle = 2 * Math.PI * random.uniform();
            const speed = 14 * random.uniform();
            plans[index] = vector3(
              speed * Math.cos(angle),
              speed * Math.sin(angle),
              4 * (random.uniform() - 0.5),
            );
          }
          return plans[index]!;
        };
        const result = flySwarm(random, { starts: circle(5, 30), wish, ticks: 800, delayTicks });
        expect(result.leastM).toBeGreaterThan(4);
        expect(result.fenceM).toBeGreaterThan(0);
      }
    },
    PATIENCE_MS,
  );

  test.each(DELAYS_TICKS)(
    'that all rush to one place get no nearer, messages %i ticks late',
    (delayTicks) => {
      const wish: Wish = (rig) => {
        const { x, y } = rig.estimate.positionNed;
        const away = Math.max(1e-3, Math.sqrt(x * x + y * y));
        return vector3((-8 * x) / away, (-8 * y) / away, 0);
      };
      for (let seed = 1; seed <= 5; seed += 1) {
        const result = flySwarm(seededRandom(seed), {
          starts: circle(6, 40),
          wish,
          ticks: 900,
          delayTicks,
        });
        expect(result.leastM).toBeGreaterThan(4);
      }
    },
    PATIENCE_MS,
  );

  test.each([2, 3, 5, 8])(
    '%i that swap places all get there without a word about plans',
    (count) => {
      const starts = circle(count, 40);
      const goals = starts.map(({ x, y, z }) => vector3(-x, -y, z));
      const result = flySwarm(seededRandom(count), {
        starts,
        wish: (rig, index) => straightTo(rig, goals[index]!, 7),
        ticks: 3000,
        delayTicks: 8,
        arrived: (rigs) =>
          rigs.every((rig, index) => distance(rig.plant.positionNed, goals[index]!) < 3),
      });
      expect(result.leastM).toBeGreaterThan(4);
      expect(result.arrivedS).toBeDefined();
    },
    PATIENCE_MS,
  );

  test('do not disturb each other on lanes 20 m apart, flown in opposite directions at 7 m/s', () => {
    const starts = [-40, -20, 0, 20, 40].map((y, lane) =>
      vector3(lane % 2 === 0 ? -50 : 50, y, -20),
    );
    const result = flySwarm(seededRandom(4), {
      starts,
      wish: (rig, index) => straightTo(rig, vector3(-starts[index]!.x, starts[index]!.y, -20), 7),
      ticks: 1000,
      delayTicks: 5,
    });
    expect(result.leastM).toBeGreaterThan(15);
    expect(result.givingWayShare).toBe(0);
  });

  test('rise side by side 10 m apart undisturbed', () => {
    const starts = [0, 10, 20].map((y) => vector3(0, y, -8));
    const result = flySwarm(seededRandom(5), {
      starts,
      wish: (rig, index) => straightTo(rig, vector3(0, starts[index]!.y, -30 + 2 * index), 2.5),
      ticks: 700,
      delayTicks: 10,
    });
    expect(result.leastM).toBeGreaterThan(8.5);
    expect(result.givingWayShare).toBe(0);
  });
});

describe('one neighbour', () => {
  const flyAt = (
    neighbour: (nowMs: number) => Neighbour,
    velocity: Vector3,
    seconds: number,
  ): FlightRig => {
    const rig = new FlightRig(envelopeWith(), vector3(-40, 0, -20), seededRandom(9));
    for (let tick = 1; tick <= seconds / TICK_S; tick += 1) {
      rig.situation.neighbours = [neighbour(tick * TICK_S * 1000)];
      rig.step(velocity);
    }
    return rig;
  };

  test('on the ground below is no obstacle, one in the air is', () => {
    const over = (airborne: boolean): number =>
      flyAt(
        (atMs) =>
          neighbourWith({ atMs, airborne, positionNed: vector3(0, 0.01, airborne ? -19 : 0) }),
        vector3(6, 0, 0),
        12,
      ).plant.positionNed.x;
    expect(over(false)).toBeGreaterThan(20);
    const rig = flyAt(
      (atMs) => neighbourWith({ atMs, positionNed: vector3(0, 0, -19) }),
      vector3(6, 0, 0),
      5,
    );
    expect(Math.abs(rig.plant.positionNed.x)).toBeGreaterThan(4);
  });

  test('that falls silent is given more and more room, up to a bound, and forgotten in the end', () => {
    const nearest = (ageMs: number): number => {
      const rig = new FlightRig(envelopeWith(), vector3(-40, 0, -20), seededRandom(9));
      let leastM = Infinity;
      for (let tick = 1; tick <= 10 / TICK_S; tick += 1) {
        rig.situation.neighbours = [neighbourWith({ atMs: tick * TICK_S * 1000 - ageMs })];
        rig.step(vector3(6, 0, 0));
        leastM = Math.min(leastM, distance(rig.plant.positionNed, vector3(0, 0, -20)));
      }
      return leastM;
    };
    const fresh = nearest(50);
    const second = nearest(1000);
    const silent = nearest(20_000);
    expect(fresh).toBeGreaterThan(4);
    expect(second).toBeGreaterThan(fresh + 1.5);
    expect(silent).toBeGreaterThan(second + 5);
    expect(silent).toBeLessThan(25);
    expect(nearest(61_000)).toBeLessThan(2);
  });

  test('is where its promise says, not where it was a second ago', () => {
    const tube = Array.from({ length: MAX_INTENT_KNOTS }, (_, knot) => ({
      x: 0,
      y: -30 + 2 * knot,
      z: -20,
      radiusM: 1.5,
    }));
    // It left our way a second ago by the state, and comes back onto it by the promise.
    const rig = flyAt(
      (nowMs) =>
        neighbourWith({
          atMs: nowMs - 1000,
          positionNed: vector3(0, -60, -20),
          tubeStartMs: nowMs - 3000,
          knotMs: 200,
          tube,
        }),
      vector3(8, 0, 0),
      12,
    );
    expect(distance(rig.plant.positionNed, vector3(0, 0, -20))).toBeGreaterThan(4);
  });

  test('whose clock or numbers make no sense is still kept away from, or ignored, never obeyed', () => {
    const rig = flyAt(
      () => neighbourWith({ atMs: -1e12, clockErrorMs: Infinity, positionNed: vector3(0, 0, -20) }),
      vector3(8, 0, 0),
      10,
    );
    expect(distance(rig.plant.positionNed, vector3(0, 0, -20))).toBeGreaterThan(4);
    const free = flyAt(
      (atMs) => neighbourWith({ atMs, positionNed: vector3(Number.NaN, 0, -20) }),
      vector3(4, 0, 0),
      10,
    );
    expect(free.plant.positionNed.x).toBeGreaterThan(-5);
  });
});

describe('one that PX4 flies home', () => {
  /** From rest `apartM` away it flies almost straight through the drone, which only wants to rest. */
  const leastBeside = (seed: number, apartM: number): number => {
    const random = seededRandom(seed);
    const rig = new FlightRig(envelopeWith(), vector3(0, 0, -20), random.fork('own'));
    const angle = 2 * Math.PI * random.uniform();
    const [along, across] = [vector3(Math.cos(angle), Math.sin(angle), 0), random.uniform() - 0.5];
    const fastestMps = 3 + 2 * random.uniform();
    const downMps = 1.5 * (random.uniform() - 0.5);
    const delayMs = 40 + 120 * random.uniform();
    const placeAt = (seconds: number): Vector3 => {
      const rampS = Math.min(seconds, fastestMps / 2.5);
      const flownM = 1.25 * rampS * rampS + fastestMps * (seconds - rampS) - apartM;
      return vector3(
        flownM * along.x - 2 * across * along.y,
        flownM * along.y + 2 * across * along.x,
        -20 + downMps * (seconds - apartM / fastestMps),
      );
    };
    const heard: Neighbour[] = [];
    let leastM = Infinity;
    for (let tick = 1; tick <= 8 / TICK_S; tick += 1) {
      const seconds = Math.max(0, tick * TICK_S - 1);
      const place = placeAt(seconds);
      if (tick % 10 === 0) {
        const after = placeAt(seconds + 0.01);
        heard.push(
          neighbourWith(
            {
              atMs: tick * TICK_S * 1000,
              positionNed: place,
              velocityNed: vector3(
                100 * (after.x - place.x),
                100 * (after.y - place.y),
                100 * (after.z - place.z),
              ),
            },
            'returning',
          ),
        );
      }
      const told = heard.filter(({ atMs }) => atMs <= tick * TICK_S * 1000 - delayMs).slice(-1);
      rig.situation.neighbours = told;
      rig.step(vector3(0, 0, 0));
      leastM = Math.min(leastM, distance(rig.plant.positionNed, place));
    }
    return leastM;
  };

  test('is kept away from, though it sets out 14 m away, comes straight on and keeps no half of the distance', () => {
    const least = Array.from({ length: 60 }, (_, seed) => leastBeside(seed, 14));
    expect(Math.min(...least)).toBeGreaterThan(4);
  });
});

describe('when separation and fence cannot both be kept', () => {
  test('the fence yields: the drone gives way over its edge, and says so', () => {
    const rig = new FlightRig(envelopeWith(), vector3(76.5, 0, -20), seededRandom(11));
    const reasons = new Set<string>();
    let leastM = Infinity;
    for (let tick = 1; tick <= 900; tick += 1) {
      // Somebody who obeys nobody pushes it against the fence from everywhere but the outside.
      const pushX = Math.min(74, 50 + tick * TICK_S * 1.5);
      rig.situation.neighbours = [-9, -3, 3, 9].map((y, index) =>
        neighbourWith(
          {
            member: index + 2,
            atMs: tick * TICK_S * 1000,
            positionNed: vector3(pushX, y, -20),
            velocityNed: vector3(pushX < 74 ? 1.5 : 0, 0, 0),
          },
          'failsafe',
        ),
      );
      const verdict = rig.step(vector3(0, 0, 0));
      for (const reason of verdict.reasons) reasons.add(reason);
      for (const { positionNed } of rig.situation.neighbours) {
        leastM = Math.min(leastM, distance(rig.plant.positionNed, positionNed));
      }
    }
    expect(reasons).toContain('conflict');
    expect(leastM).toBeGreaterThan(4);
    expect(rig.plant.positionNed.x).toBeGreaterThan(78);
  });
});
