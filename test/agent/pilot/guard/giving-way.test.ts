import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { GivingWay, type WayHome } from '#agent/pilot/guard/giving-way.ts';
import { limitsOf } from '#agent/pilot/guard/limits.ts';
import { emptySituation, type Situation } from '#agent/pilot/guard/situation.ts';
import type { Neighbour } from '#protocols/channel/neighbours.ts';
import { FLIGHT_PHASES, type FlightPhase } from '#protocols/flight-phase.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { envelopeWith } from './flight-rig.ts';

const NOW_MS = 10_000;
const MIN_M = 4;

interface Drone {
  member: number;
  positionNed: Vector3;
  velocityNed: Vector3;
  way: WayHome;
}

const asSeen = (
  { member, positionNed, velocityNed }: Omit<Drone, 'way'>,
  phase: FlightPhase = 'returning',
  ageMs = 100,
): Neighbour => ({
  member,
  atMs: NOW_MS - ageMs,
  clockErrorMs: 0,
  positionNed,
  velocityNed,
  positionStdM: 0.25,
  phase: FLIGHT_PHASES.indexOf(phase),
  airborne: true,
  tubeStartMs: 0,
  knotMs: 200,
  tube: [],
});

const situationOf = ({ positionNed, velocityNed }: Drone, neighbours: Neighbour[]): Situation => {
  const estimate = {
    valid: true,
    deceived: false,
    positionNed,
    velocityNed,
    positionStdM: 0.25,
    ageMs: 0,
    yawRad: 0,
    home: vector3(0, 0, 0),
    homeKnown: true,
    localShiftDownM: 0,
    headingShiftRad: 0,
  };
  const limits = limitsOf(envelopeWith({ minSeparationM: MIN_M, fleet: [1, 2] }));
  return { ...emptySituation(estimate), nowMs: NOW_MS, limits, neighbours };
};

const waitsFor = (one: Drone, other: Neighbour): number | undefined =>
  new GivingWay(one.member).to(situationOf(one, [other]), one.way);

/** Over its home, on its way down from 25 m. */
const comingDown = (heightM: number, downMps = 1.5): Drone => ({
  member: 2,
  positionNed: vector3(0, 0, -heightM),
  velocityNed: vector3(0, 0, downMps),
  way: { stage: 'descend', homeNed: vector3(0, 0, 0), layerDownM: -25 },
});

/** At 20 m, 15 m before that home, across it to its own. */
const crossing = (northM = -15): Drone => ({
  member: 1,
  positionNed: vector3(northM, 1, -20),
  velocityNed: vector3(5, 0, 0),
  way: { stage: 'cross', homeNed: vector3(60, 1, 0), layerDownM: -20 },
});

describe('two on their ways home, which PX4 flies', () => {
  it('pass each other: who comes down waits above the layer of one that crosses', () => {
    expect(waitsFor(comingDown(25, 0), asSeen(crossing()))).toBe(1);
    expect(waitsFor(crossing(), asSeen(comingDown(25, 0)))).toBeUndefined();
    // And goes on when the other has passed.
    expect(waitsFor(comingDown(25, 0), asSeen(crossing(12)))).toBeUndefined();
  });

  it('pass each other: who crosses waits for one that cannot stop above any more', () => {
    expect(waitsFor(comingDown(21), asSeen(crossing()))).toBeUndefined();
    expect(waitsFor(crossing(), asSeen(comingDown(21)))).toBe(2);
    expect(waitsFor(crossing(), asSeen(comingDown(14)))).toBeUndefined();
  });

  it('pass each other: who climbs waits below one that crosses', () => {
    const climbing: Drone = {
      member: 2,
      positionNed: vector3(0, 0, -10),
      velocityNed: vector3(0, 0, 0),
      way: { stage: 'climb', homeNed: vector3(-50, 0, 0), layerDownM: -25 },
    };
    expect(waitsFor(climbing, asSeen(crossing()))).toBe(1);
    expect(waitsFor(crossing(), asSeen(climbing))).toBeUndefined();
  });

  it('wait for nobody whose own guard keeps clear, nor for one unheard for seconds or on the ground', () => {
    const waiting = comingDown(25, 0);
    for (const phase of ['offboard', 'holding'] as const) {
      expect(waitsFor(waiting, asSeen(crossing(), phase))).toBeUndefined();
    }
    expect(waitsFor(waiting, asSeen(crossing(), 'returning', 4000))).toBeUndefined();
    expect(waitsFor(waiting, { ...asSeen(crossing()), airborne: false })).toBeUndefined();
  });

  it('never both go on where one comes down or climbs through the other’s way', () => {
    const metres = (most: number) => fc.double({ min: -most, max: most, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: 12, max: 32, noNaN: true }),
        fc.constantFrom(-2.9, -1.5, 0, 1.5),
        fc.double({ min: -20, max: -7, noNaN: true }),
        metres(3),
        fc.boolean(),
        (heightM, downMps, northM, eastM, isFirst) => {
          const upOrDown: Drone = {
            ...comingDown(heightM, downMps),
            member: isFirst ? 1 : 2,
            way: {
              stage: downMps < 0 ? 'climb' : 'descend',
              homeNed: vector3(0, 0, 0),
              layerDownM: -36,
            },
          };
          const across: Drone = {
            ...crossing(northM),
            member: isFirst ? 2 : 1,
            positionNed: vector3(northM, eastM, -20),
          };
          // Whether they would come too near if both went on, to the second.
          const meet = [1, 2, 3, 4].some((s) => {
            const dz = -heightM + (downMps || 1.5) * s + 20;
            return Math.hypot(northM + 5 * s, eastM, dz) < MIN_M;
          });
          if (!meet) return;
          const waiting = [
            waitsFor(upOrDown, asSeen(across)),
            waitsFor(across, asSeen(upOrDown)),
          ].filter((member) => member !== undefined);
          // One that stands in the air is seen standing: it is its to wait or to go.
          if (downMps === 0 && Math.abs(heightM - 20) < MIN_M) return;
          expect(waiting.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
