import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ACTIVITY } from '#agent/mind/swarm/members.ts';
import { decodeBeacon, encodeBeacon } from '#protocols/gossip/beacon-layout.ts';
import { beaconSchema } from '#protocols/gossip/beacon.ts';
import {
  noteEchoed,
  noteHeard,
  unknownClock,
  clockEstimate,
} from '#protocols/gossip/clock-offset.ts';

import { payloads } from './arbitraries.ts';
import { beaconOf } from './swarm-story.ts';

const goal = { issuer: 1000, epoch: 12, sequence: 3 };
const HOUR_MS = 3_600_000;

/** As one of twelve drones says it in the middle of a search, an hour after boot. */
const busy = beaconOf(7, {
  velocityCmps: [412, -655, 3],
  altAmslCm: 47_312,
  goal,
  progressPermille: 431,
  task: 'lane:c-12:4:9',
  taskDigest: 3_405_691_582,
  directive: [1000, 3],
  planSource: 'model',
  model: 'meadow-7',
  logHead: [12, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
  echoes: Array.from({ length: 8 }, (_, index) => [
    index + 1,
    HOUR_MS + 7777.0625 * index,
    2 * HOUR_MS - 52.4375 * index,
  ]),
});

describe('a beacon on the air', () => {
  it('takes 120 bytes with eight echoes, fifty without any', () => {
    expect(encodeBeacon(busy).length).toBeLessThanOrEqual(120);
    expect(encodeBeacon({ ...busy, echoes: [] }).length).toBeLessThanOrEqual(57);
  });

  it('names what a drone does between its tasks in one byte', () => {
    const idle = encodeBeacon({ ...busy, task: null }).length;
    for (const task of Object.values(ACTIVITY)) {
      expect(encodeBeacon({ ...busy, task }).length).toBe(idle + 1);
    }
  });

  it('brings back to the bit when another was heard to speak, and bounds when it was heard', () => {
    const clock = fc.double({ min: 0, max: 1e9, noNaN: true }).map((ms) => ms + 0);
    fc.assert(
      fc.property(clock, clock, (sentMs, heardMs) => {
        const [echo] = decodeBeacon(
          encodeBeacon({ ...busy, echoes: [[2, sentMs, heardMs]] }),
        )!.echoes;
        expect(echo![1]).toBe(sentMs);
        expect(echo![2]).toBeGreaterThanOrEqual(heardMs);
        expect(echo![2] - heardMs).toBeLessThan(1 / 16 + 1e-6);
      }),
    );
  });

  it('leaves a clock known as well as before, and its bounds true', () => {
    const delayMs = 0.3;
    const offsetMs = 1234.567;
    const clock = unknownClock();
    noteHeard(clock, 10_000.0625, 10_000.0625 + offsetMs + delayMs);
    const ours = 20_000 + 1 / 16;
    const theirs = ours - offsetMs + delayMs;
    const heard = decodeBeacon(encodeBeacon({ ...busy, echoes: [[1, ours, theirs]] }))!.echoes[0]!;
    noteEchoed(clock, heard[1], heard[2], ours);
    const found = clockEstimate(clock, ours);
    expect(Math.abs(found.offsetMs - offsetMs)).toBeLessThanOrEqual(found.errorMs);
    // Of two clocks that drift apart for ten seconds, two delays and one tick.
    expect(found.errorMs).toBeLessThan((2 * delayMs + 1 / 16 + 10_000 * 400e-6) / 2 + 0.5);
  });
});

describe('the beacon of a stranger', () => {
  it('is refused or fits the description of a beacon, and says the same when it is passed on', () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(payloads.beacon, fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1 }))
        .map(([beacon, flips]) => {
          const bytes = encodeBeacon(beacon);
          for (const [at, bit] of flips) bytes[at % bytes.length]! ^= 1 << bit;
          return bytes;
        }),
    );
    fc.assert(
      fc.property(hostile, (bytes) => {
        const beacon = decodeBeacon(bytes);
        if (beacon === undefined) return;
        expect(beaconSchema.safeParse(beacon).success).toBe(true);
        expect(encodeBeacon(beacon)).toEqual(bytes);
      }),
      { numRuns: 5000 },
    );
  });

  it('that says the same in another form is refused', () => {
    const plain = beaconOf(7);
    const modeAt = 4;
    const bytes = encodeBeacon(plain);
    const code = bytes[modeAt]!;
    const spelt = new TextEncoder().encode(plain.mode);
    const swapped = (old: Uint8Array, at: number, remove: number, put: readonly number[]) =>
      Uint8Array.of(...old.slice(0, at), ...put, ...old.slice(at + remove));
    expect(code).toBeLessThan(255);
    // A mode that has a code, spelt out; then one without a name, and one that has none and is heard.
    expect(decodeBeacon(swapped(bytes, modeAt, 1, [255, spelt.length, ...spelt]))).toBeUndefined();
    expect(decodeBeacon(swapped(bytes, modeAt, 1, [255, 0]))).toBeUndefined();
    expect(decodeBeacon(swapped(bytes, modeAt, 1, [255, 1, 0x58]))).toMatchObject({ mode: 'X' });
    // A reason, a model and lists of nothing, announced.
    for (const part of [16, 32, 64, 128]) {
      const announced = swapped(bytes, 3, 1, [part]);
      expect(decodeBeacon(Uint8Array.of(...announced, 0))).toBeUndefined();
    }
    // A task that has a form of its own, as text.
    const text = (task: string) => {
      const letters = new TextEncoder().encode(task);
      const announced = swapped(bytes, 3, 1, [2]);
      return decodeBeacon(Uint8Array.of(...announced, (4 << 5) | (letters.length - 1), ...letters));
    };
    for (const task of ['home', 'lane:r7:1:2', 'confirm:-3:4']) expect(text(task)).toBeUndefined();
    expect(text('lane:r07:1:2')).toMatchObject({ task: 'lane:r07:1:2' });
  });

  it('with a time told in any form but its own is refused', () => {
    const told = (moment: readonly number[]) =>
      decodeBeacon(Uint8Array.of(...encodeBeacon(beaconOf(7)).with(3, 128), 1, 2, ...moment, 0))
        ?.echoes[0]?.[1];
    const float = (ms: number) => [2, ...new Uint8Array(Float64Array.of(ms).buffer)];
    expect(told([4 * 5])).toBe(5);
    expect(told([4 * 5 + 1])).toBe(5 / 16);
    expect(told(float(0.3))).toBe(0.3);
    // Whole ms as ticks; whole ms, ticks and a zero below zero as they are.
    expect(told([4 * 16 + 1])).toBeUndefined();
    for (const ms of [5, 0.5, -0, Infinity, Number.NaN]) expect(told(float(ms))).toBeUndefined();
  });

  it('cut off anywhere, or with anything after it, is refused', () => {
    fc.assert(
      fc.property(payloads.beacon, fc.nat(), (beacon, at) => {
        const bytes = encodeBeacon(beacon);
        expect(decodeBeacon(bytes.slice(0, at % bytes.length))).toBeUndefined();
        expect(decodeBeacon(Uint8Array.of(...bytes, 0))).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});
