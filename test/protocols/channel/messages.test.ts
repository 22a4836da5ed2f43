import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeNeighbours, encodeNeighbours } from '#protocols/channel/neighbours.ts';
import { decodeOrder, encodeOrder, ORDER_KINDS } from '#protocols/channel/order.ts';
import {
  decodePilotStatus,
  emptyPilotStatus,
  encodePilotStatus,
} from '#protocols/channel/pilot-status.ts';
import { decodeRangeRing, encodeRangeRing, RANGE_SECTORS } from '#protocols/channel/range-ring.ts';
import { decodeTrajectory, encodeTrajectory } from '#protocols/channel/trajectory-codec.ts';
import { trouble } from '#protocols/trouble.ts';
import { MAX_TRAJECTORY_STEPS, PLAN_SOURCES, type Trajectory } from '#protocols/trajectory.ts';

const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
const vector = fc.record({ x: number, y: number, z: number });
const single = number.map(Math.fround);
const singles = (length: number): fc.Arbitrary<Float32Array> =>
  fc
    .array(single, { minLength: length, maxLength: length })
    .map((values) => Float32Array.from(values));

const trajectory: fc.Arbitrary<Trajectory> = fc
  .integer({ min: 1, max: MAX_TRAJECTORY_STEPS })
  .chain((steps) =>
    fc.record({
      planId: fc.nat(0xff_ff_ff_ff),
      source: fc.constantFrom(...PLAN_SOURCES),
      startMs: number,
      stepMs: fc.integer({ min: 10, max: 1000 }),
      steps: fc.constant(steps),
      tailSteps: fc.integer({ min: 0, max: steps }),
      velocityNedMps: singles(3 * steps),
      yawRad: singles(steps),
      positionNedM: singles(3 * (steps + 1)),
      sigmaM: singles(steps + 1),
    }),
  );

const neighbour = fc.record({
  member: fc.nat(65_535),
  atMs: number,
  clockErrorMs: number,
  positionNed: vector,
  velocityNed: vector,
  positionStdM: number,
  phase: fc.nat(10),
  airborne: fc.boolean(),
  tubeStartMs: number,
  knotMs: number,
  tube: fc.array(fc.record({ x: single, y: single, z: single, radiusM: single }), {
    maxLength: 16,
  }),
});

describe('messages of fixed layout', () => {
  it('a trajectory comes back as it was sent', () => {
    fc.assert(
      fc.property(trajectory, (sent) => {
        expect(decodeTrajectory(encodeTrajectory(sent))).toEqual(sent);
      }),
    );
  });

  it('a trajectory that is not finite is no trajectory', () => {
    fc.assert(
      fc.property(trajectory, (sent) => {
        sent.velocityNedMps[0] = Number.NaN;
        expect(decodeTrajectory(encodeTrajectory(sent))).toBeUndefined();
      }),
    );
  });

  it('neighbours come back as they were sent', () => {
    const table = fc.record({
      operatorHeardMs: number,
      peerHeardMs: number,
      neighbours: fc.array(neighbour, { maxLength: 6 }),
    });
    fc.assert(
      fc.property(table, (sent) => {
        expect(decodeNeighbours(encodeNeighbours(sent))).toEqual(sent);
      }),
    );
  });

  it('orders, statuses and range rings come back as they were sent', () => {
    const order = {
      kind: ORDER_KINDS[1],
      number: 7,
      heightM: 12,
      goalEpoch: 3,
      goalSequence: 1,
      goalIssuer: 1000,
    };
    expect(decodeOrder(encodeOrder(order))).toEqual(order);
    const status = emptyPilotStatus();
    status.values.northM = 12.5;
    status.reason = 'geofence ahead';
    status.troubles = [
      trouble('parameter-missing', true, 'BAT_CRIT_THR'),
      trouble('second-sender', false, '10.0.0.7'),
    ];
    expect(decodePilotStatus(encodePilotStatus(status))).toEqual(status);
    const rangesM = new Float32Array(RANGE_SECTORS).fill(Infinity);
    rangesM[3] = 4.25;
    const ring = { atMs: 5, minM: 0.2, maxM: 20, rangesM };
    expect(decodeRangeRing(encodeRangeRing(ring))).toEqual(ring);
  });

  it('no bytes make a decoder throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        for (const decode of [
          decodeTrajectory,
          decodeNeighbours,
          decodeOrder,
          decodePilotStatus,
          decodeRangeRing,
        ]) {
          expect(() => decode(bytes)).not.toThrow();
        }
      }),
    );
  });
});
