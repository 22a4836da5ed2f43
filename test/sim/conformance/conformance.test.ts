import { describe, expect, it } from 'vitest';
import { compareRecording } from './compare-recording.ts';
import { COMPARED } from './compared-counts.ts';
import { explain } from './known-differences.ts';
import { isPresent, RECORDINGS } from './recordings.ts';

const present = RECORDINGS.filter(isPresent);

describe.skipIf(present.length === 0)('against recordings of PX4', () => {
  it.each(present.map((spec) => [spec.name, spec] as const))('%s', (name, spec) => {
    const comparisons = compareRecording(spec);
    const compared = Object.fromEntries(comparisons.map((one) => [one.aspect, one.compared]));
    // An empty comparison agrees with everything.
    expect(compared).toMatchObject(COMPARED[name]!);
    const unexplained = comparisons
      .flatMap(({ differences }) => differences)
      .filter((difference) => explain(name, difference) === undefined)
      .map(({ aspect, key, detail }) => `${aspect} [${key}] ${detail}`);
    expect(unexplained).toEqual([]);
  });
});
