import { expect, test } from 'vitest';

import type { Aircraft } from '#agent/pilot/estimate/traffic.ts';
import { seededRandom, type Random } from '#protocols/random.ts';
import { vector3 } from '#protocols/vector.ts';
import { envelopeWith, FlightRig } from './flight-rig.ts';

/**
 * Nobody signs what transponders say, and PX4 believes ADSB_VEHICLE from anyone: somebody with a radio can
 * make up aircraft. They may stop a drone, and make it sink to the mission's floor; they may not lead it.
 */
const madeUp = (random: Random, nowMs: number): Aircraft[] =>
  Array.from({ length: 32 }, (_, icao) => {
    const within = (most: number): number => most * (2 * random.uniform() - 1);
    return {
      icao,
      callsign: '',
      emitter: 'light',
      atMs: nowMs - 5000 * random.uniform(),
      positionNed: vector3(within(1500), within(1500), within(500)),
      altitudeKnown: random.uniform() < 0.8,
      altitudeErrorM: 60,
      velocityNed: vector3(within(130), within(130), within(20)),
      velocityKnown: random.uniform() < 0.8,
    };
  });

test('made-up aircraft lead a drone nowhere: it stays where it is and sinks no lower than the floor', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = seededRandom(seed).fork('false-traffic');
    const envelope = envelopeWith();
    const rig = new FlightRig(envelope, vector3(0, 0, -40), random);
    let farthestM = 0;
    let lowestM = Infinity;
    let highestM = 0;
    let traffic: Aircraft[] = [];
    for (let tick = 0; tick < 3000; tick += 1) {
      rig.stepUnder(vector3(0, 0, 0), ({ situation }, nowMs) => {
        if (tick % 25 === 0) traffic = madeUp(random, nowMs);
        situation.traffic = traffic;
      });
      const { x, y, z } = rig.plant.positionNed;
      farthestM = Math.max(farthestM, Math.sqrt(x * x + y * y));
      lowestM = Math.min(lowestM, -z);
      highestM = Math.max(highestM, -z);
    }
    // What the rig's estimate error alone makes a hovering drone wander.
    expect(farthestM).toBeLessThan(5);
    expect(highestM).toBeLessThan(42);
    expect(lowestM).toBeGreaterThan(envelope.minHeightM);
    // They do count: it has sunk.
    expect(lowestM).toBeLessThan(envelope.minHeightM + 3);
  }
});
