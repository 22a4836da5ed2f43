import { describe, expect, it } from 'vitest';

import { neighboursOf, noteNeighbour, type NeighbourTable } from '#agent/mesh/neighbour-table.ts';
import type { Received } from '#protocols/channel/mesh-messages.ts';
import type { Neighbour } from '#protocols/channel/neighbours.ts';
import { encodeKnots } from '#protocols/gossip/intent.ts';

import { beaconOf, goalOne, intentOf } from '../../protocols/gossip/swarm-story.ts';

const ORIGIN = { latDeg: 47.4, lonDeg: 8.5, altAmslM: 430 };
/** 1e-7 degrees of latitude in a metre. */
const E7_PER_M = 1e7 / 111_194.9;

/** A neighbour that is heard twice a second, north of the origin; times are everybody's. */
class Neighbourhood {
  readonly table: NeighbourTable = new Map();

  beacon(sentMs: number, northM: number, speedMps = 0, positionStdCm = 50): void {
    const latE7 = Math.round(474_000_000 + E7_PER_M * northM);
    const velocityCmps: [number, number, number] = [100 * speedMps, 0, 0];
    const payload = beaconOf(2, { latE7, velocityCmps, positionStdCm });
    noteNeighbour(this.table, this.#received('beacon', payload, sentMs));
  }

  intent(sentMs: number, northM: number, speedMps: number): void {
    const knots = [0, 1, 2, 3].map((index) => ({
      x: northM + 0.4 * index * speedMps,
      y: 0,
      z: -20,
      radiusM: 1,
    }));
    const payload = { ...intentOf(sentMs), ...encodeKnots(knots) };
    noteNeighbour(this.table, this.#received('intent', payload, sentMs));
  }

  get places(): Neighbour[] {
    const frame = { goal: goalOne, origin: ORIGIN };
    return neighboursOf(this.table, frame, () => ({ offsetMs: 0, errorMs: 5 }));
  }

  get norths(): number[] {
    return this.places.map(({ positionNed }) => Math.round(positionNed.x));
  }

  #received(topic: 'beacon' | 'intent', payload: unknown, sentMs: number): Received {
    const place = { author: 2, bootEpoch: 1, sequence: sentMs, sentMs, receivedMs: sentMs };
    return { topic, ...place, clockOffsetMs: 0, clockErrorMs: 5, payload } as Received;
  }
}

describe('a neighbour that jumps farther than any vehicle flies', () => {
  it('may be in either place for fifteen seconds, then where it says', () => {
    const sky = new Neighbourhood();
    sky.beacon(0, 0, 10);
    sky.beacon(500, 5, 10);
    expect(sky.norths).toEqual([5]);
    sky.beacon(1000, 60, 10);
    expect(sky.norths).toEqual([60, 5]);
    for (let ms = 1500; ms <= 15_500; ms += 500) sky.beacon(ms, 60);
    expect(sky.norths).toEqual([60, 5]);
    sky.beacon(16_500, 60);
    expect(sky.norths).toEqual([60]);
  });

  it('that jumps to and fro is still where it was before the first jump', () => {
    const sky = new Neighbourhood();
    sky.beacon(0, 0);
    sky.beacon(500, 60);
    sky.beacon(1000, 120);
    expect(sky.norths).toEqual([120, 0]);
  });

  it('is no liar when it was long unheard, or does not know its place itself', () => {
    const sky = new Neighbourhood();
    sky.beacon(0, 0);
    sky.beacon(4000, 60);
    expect(sky.norths).toEqual([60]);
    sky.beacon(4500, 0, 0, 2000);
    expect(sky.norths).toEqual([0]);
  });
});

describe('a neighbour that is not where it promised to stay', () => {
  it('is kept clear of in both places, until its words agree again', () => {
    const sky = new Neighbourhood();
    sky.beacon(1000, 0, 5);
    sky.intent(1000, 40, 5);
    const places = sky.places.map(({ positionNed, tube }) => [
      Math.round(positionNed.x),
      tube.length,
    ]);
    // Once along its promise, once from where it says that it is.
    expect(places).toEqual([
      [0, 4],
      [0, 0],
    ]);
    sky.intent(1250, 1, 5);
    expect(sky.places).toHaveLength(1);
  });

  it('breaks no promise by what clocks, turns and its own doubt explain', () => {
    const sky = new Neighbourhood();
    sky.beacon(1000, 0, 8);
    sky.intent(1600, 6, 8);
    expect(sky.places).toHaveLength(1);
    sky.beacon(2000, 11, 8);
    expect(sky.places).toHaveLength(1);
    // A promise long over says nothing.
    sky.beacon(9000, 90, 8);
    expect(sky.places).toHaveLength(1);
  });
});
