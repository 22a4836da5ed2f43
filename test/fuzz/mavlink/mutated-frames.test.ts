import { expect, test } from 'vitest';
import { Framer } from '#protocols/mavlink/framer.ts';
import { seededRandom } from '#protocols/random.ts';
import { fuzzFrames } from './mutated-frames.ts';
import { damage, hexOf, recoveredShare, type Damage } from './recovery.ts';
import { onboardTraffic } from './traffic.ts';

test('spoilt packets crash nothing, and every byte of them is accounted for', () => {
  const frames = 100_000;
  const outcome = fuzzFrames(frames, 7, () => 0);
  expect(outcome.frames).toBeGreaterThanOrEqual(frames);
  // Mutations that happen to change nothing leave good packets: the run must have had some to decode.
  expect(outcome.framesGood).toBeGreaterThan(frames / 1000);
  // Every fourth of 512 packets was signed right, and is believed the first time at most.
  expect(outcome.verified).toBeGreaterThan(0);
  expect(outcome.verified).toBeLessThanOrEqual(128);
  // A forged length makes many candidates of one packet, each passing with a chance of 2^-16.
  expect(outcome.forged).toBeLessThan(frames / 1000);
});

test.each<Damage>(['loss', 'flips'])(
  'on a line with 0.5 percent byte %s, 99.9 percent of the whole packets are found',
  (kind) => {
    const random = seededRandom(3);
    const stream = damage(onboardTraffic(20_000, random), kind, 0.005, random);
    const framer = new Framer();
    const found: string[] = [];
    for (let at = 0; at < stream.bytes.length; at += 64) {
      framer.push(stream.bytes.subarray(at, at + 64));
      for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
        found.push(hexOf(frame.bytes));
      }
    }
    expect(stream.undamaged.length).toBeGreaterThan(10_000);
    expect(recoveredShare(stream, found)).toBeGreaterThanOrEqual(0.999);
  },
);
