import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  isDone,
  liveOwner,
  nextClaimEpoch,
  noteReport,
  type TaskBook,
} from '#agent/mind/allocate/ownership.ts';
import type { TaskReport } from '#protocols/gossip/task-report.ts';
import { TASK_STATES } from '#protocols/gossip/task-report.ts';

const report = (changes: Partial<TaskReport>): TaskReport => ({
  goal: { issuer: 1000, epoch: 1, sequence: 1 },
  task: 'lane:r1:0:4',
  claimEpoch: 1,
  owner: 1,
  state: 'executing',
  evidence: '',
  ...changes,
});

const anyReport: fc.Arbitrary<TaskReport> = fc
  .record({
    task: fc.constantFrom('a', 'b'),
    claimEpoch: fc.integer({ min: 1, max: 3 }),
    owner: fc.integer({ min: 1, max: 3 }),
    state: fc.constantFrom(...TASK_STATES),
  })
  .map(report);

const bookOf = (reports: readonly TaskReport[]): TaskBook => {
  const book: TaskBook = new Map();
  for (const one of reports) noteReport(book, one);
  return book;
};

describe('who owns a task', () => {
  it('does not depend on the order or number of reports', () => {
    fc.assert(
      fc.property(
        fc.array(anyReport, { maxLength: 10 }).chain((reports) =>
          fc.tuple(
            fc.constant(reports),
            fc.shuffledSubarray([...reports, ...reports], {
              minLength: 2 * reports.length,
            }),
          ),
        ),
        ([reports, shuffled]) => {
          const sorted = (book: TaskBook) => [...book].sort(([a], [b]) => (a < b ? -1 : 1));
          expect(sorted(bookOf(shuffled))).toEqual(sorted(bookOf(reports)));
        },
      ),
    );
  });

  it('never opens a done task again', () => {
    fc.assert(
      fc.property(fc.array(anyReport, { maxLength: 10 }), (reports) => {
        const book = bookOf([report({ task: 'a', state: 'done' }), ...reports]);
        expect(isDone(book, 'a')).toBe(true);
        expect(liveOwner(book, 'a')).toBeUndefined();
      }),
    );
  });

  it('gives a contested claim to the smaller member, and a takeover to the newer epoch', () => {
    const book = bookOf([report({ owner: 4 }), report({ owner: 2 }), report({ owner: 3 })]);
    expect(liveOwner(book, 'lane:r1:0:4')).toBe(2);
    const claimEpoch = nextClaimEpoch(book, 'lane:r1:0:4');
    expect(noteReport(book, report({ owner: 5, claimEpoch }))).toBe(true);
    expect(liveOwner(book, 'lane:r1:0:4')).toBe(5);
    expect(noteReport(book, report({ owner: 2, state: 'released' }))).toBe(false);
    expect(liveOwner(book, 'lane:r1:0:4')).toBe(5);
  });

  it('is open again after its owner released it', () => {
    const book = bookOf([report({}), report({ state: 'released' })]);
    expect(liveOwner(book, 'lane:r1:0:4')).toBeUndefined();
  });

  it('keeps a bounded number of tasks', () => {
    const book: TaskBook = new Map();
    for (let task = 0; task < 2000; task += 1) noteReport(book, report({ task: `t${task}` }));
    expect(book.size).toBe(512);
  });
});
