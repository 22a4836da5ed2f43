import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareRecording } from './compare-recording.ts';
import { COMPARED } from './compared-counts.ts';
import { rowsIn, rowsOf } from './difference-table.ts';
import { explain, KNOWN_DIFFERENCES } from './known-differences.ts';
import { isPresent, RECORDINGS, TRIMMED_RECORDINGS, type RecordingSpec } from './recordings.ts';

const present = RECORDINGS.filter(isPresent);
/** Entries that some recording has needed. */
const needed = new Set<string>();

interface Outcome {
  compared: Record<string, number>;
  /** Differences that the list does not know. */
  unexplained: string[];
}

const holdAgainst = (spec: RecordingSpec): Outcome => {
  const comparisons = compareRecording(spec);
  const unexplained: string[] = [];
  for (const difference of comparisons.flatMap(({ differences }) => differences)) {
    const known = explain(spec.name, difference);
    if (known === undefined) {
      unexplained.push(`${difference.aspect} [${difference.key}] ${difference.detail}`);
    } else needed.add(known.id);
  }
  const compared = Object.fromEntries(comparisons.map((one) => [one.aspect, one.compared]));
  return { compared, unexplained };
};

describe.skipIf(present.length === 0)('against recordings of PX4', () => {
  it.each(present.map((spec) => [spec.name, spec] as const))('%s', (name, spec) => {
    const { compared, unexplained } = holdAgainst(spec);
    // An empty comparison agrees with everything.
    expect(compared).toMatchObject(COMPARED[name]!);
    expect(unexplained).toEqual([]);
  });

  it.skipIf(present.length < RECORDINGS.length)('no listed difference has vanished', () => {
    const vanished = KNOWN_DIFFERENCES.filter(({ id }) => !needed.has(id)).map(({ id }) => id);
    expect(vanished).toEqual([]);
  });
});

describe('against recordings of PX4 in the repository', () => {
  it.each(TRIMMED_RECORDINGS.map((spec) => [spec.name, spec] as const))('%s', (name, spec) => {
    const { compared, unexplained } = holdAgainst(spec);
    // An empty comparison agrees with everything.
    expect(compared).toMatchObject(COMPARED[name]!);
    expect(unexplained).toEqual([]);
  });
});

describe('the table of differences in docs/px4.md', () => {
  it('says what the list says', () => {
    const document = readFileSync('docs/px4.md', 'utf8');
    expect(rowsIn(document)).toEqual(rowsOf(KNOWN_DIFFERENCES));
    expect(new Set(KNOWN_DIFFERENCES.map(({ id }) => id)).size).toBe(KNOWN_DIFFERENCES.length);
  });
});
