import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SequenceWatch } from '#protocols/mavlink/sequence-watch.ts';

const watched = (sequences: readonly number[]): SequenceWatch => {
  const watch = new SequenceWatch();
  for (const sequence of sequences) watch.observe(sequence & 0xff);
  return watch;
};

const counted = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + index);

describe('two senders under one id', () => {
  test('one sender on a link that loses packets, however many, is one', () => {
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (from, loss, chance) => {
          const arrived = counted(from, 1000).filter(() => chance.next().value >= loss);
          expect(watched(arrived).twins).toBe(false);
        },
      ),
    );
  });

  test('one sender whose packets are repeated and now and then overtaken is one', () => {
    const sequences = counted(17, 600).flatMap((sequence) => [sequence, sequence]);
    for (let at = 0; at + 3 < sequences.length; at += 40) {
      [sequences[at], sequences[at + 2]] = [sequences[at + 2]!, sequences[at]!];
    }
    expect(watched(sequences).twins).toBe(false);
  });

  test('two senders are two, at any offset between their counts and any ratio of their rates', () => {
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.integer({ min: 2, max: 254 }),
        fc.integer({ min: 1, max: 4 }),
        (from, offset, ratio) => {
          const one = counted(from, 400);
          const other = counted(from + offset, 400 * ratio);
          const both = one.flatMap((sequence, index) => [
            sequence,
            ...other.slice(index * ratio, (index + 1) * ratio),
          ]);
          // Counts at different rates meet now and then; the verdict of that one window is missed.
          const watch = new SequenceWatch();
          let windows = 0;
          for (const [index, sequence] of both.entries()) {
            watch.observe(sequence & 0xff);
            if (index > 128 && index % 128 === 64 && watch.twins) windows += 1;
          }
          expect(windows).toBeGreaterThanOrEqual(Math.floor(both.length / 128 / 2));
        },
      ),
    );
  });
});
