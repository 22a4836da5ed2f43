import type { Received } from '#protocols/channel/mesh-messages.ts';

import { isDone } from '../allocate/ownership.ts';
import { forgetAuthor, totalAt } from '../belief/look-counts.ts';
import type { ActiveGoal } from '../mission/active-goal.ts';
import { cellKey } from '../mission/grid.ts';
import type { Mind } from '../state.ts';
import { canHaveSeen, wasElsewhere } from './alibi.ts';

/** A lane that is said to be done and that nobody has looked at: the looks may still be on their way, ms. */
const LOOKS_MS = 6000;

type WorkMessage = Extract<Received, { topic: 'taskReport' | 'belief' | 'finding' }>;

/** Whether what it says can be true, as far as this drone's ears can tell; whoever lies once is heard no more. */
export const isCredible = (
  mind: Mind,
  goal: ActiveGoal,
  received: WorkMessage,
  nowMs: number,
): boolean => {
  const { author } = received;
  if (author === mind.options.sysid) return true;
  if (mind.liars.has(author)) return false;
  if (received.topic === 'taskReport') return true;
  const cells =
    received.topic === 'finding'
      ? [received.payload]
      : received.payload.cells
          .filter(([, , looks]) => looks > 0)
          .map(([row, column]) => ({ row, column }));
  const isCell = ({ row, column }: { row: number; column: number }): boolean =>
    goal.grid.keys.has(cellKey(row, column));
  const isTrue = cells.every(
    (cell) => !isCell(cell) || canHaveSeen(mind.alibis, goal, author, cell, nowMs),
  );
  if (!isTrue) quarantine(mind, author);
  return isTrue;
};

/** Looks for lanes that somebody said were done, that nobody saw, and that it never came near. */
export const judgeReports = (mind: Mind, goal: ActiveGoal, nowMs: number): void => {
  for (const lane of goal.lanes) {
    const claim = mind.book.get(lane.id);
    if (claim === undefined || !isDone(mind.book, lane.id) || claim.owner === mind.options.sysid) {
      mind.doubtedMs.delete(lane.id);
      continue;
    }
    const { owner } = claim;
    // Once in doubt, only looks or beacons that lead there clear it: it may come near afterwards.
    const isDoubted = mind.doubtedMs.has(lane.id);
    const isUnseen = lane.cells.some(
      (cell) =>
        totalAt(mind.counts, cellKey(cell.row, cell.column)).looks === 0 &&
        (isDoubted
          ? wasElsewhere(mind.alibis, owner, cell)
          : !canHaveSeen(mind.alibis, goal, owner, cell, nowMs)),
    );
    if (!isUnseen) {
      mind.doubtedMs.delete(lane.id);
      continue;
    }
    const sinceMs = mind.doubtedMs.get(lane.id) ?? nowMs;
    mind.doubtedMs.set(lane.id, sinceMs);
    if (nowMs - sinceMs >= LOOKS_MS) quarantine(mind, owner);
  }
};

/** From now on and until the next goal nothing that it says of the work counts, nor did anything before. */
const quarantine = (mind: Mind, author: number): void => {
  mind.liars.add(author);
  forgetAuthor(mind.counts, author);
  for (const [task, { owner }] of mind.book) if (owner === author) mind.book.delete(task);
  // It may have announced what is not there, or before it was there: whoever is certain says so again.
  for (const [key, sighting] of mind.findings)
    mind.findings.set(key, { ...sighting, announced: false });
};
