import type { TaskReport, TaskState } from '#protocols/gossip/task-report.ts';

/** Tasks that are kept: more than any mission derives; bounds what a liar can make a drone hold. */
export const MAX_TASKS = 512;

type Claim = Omit<TaskReport, 'goal'>;

/** What is known of each task that anyone ever claimed, by task id. */
export type TaskBook = Map<string, Claim>;

const RANK: Readonly<Record<TaskState, number>> = {
  claimed: 0,
  executing: 1,
  released: 2,
  done: 3,
};

/**
 * Total order of what can be said about one task, so that merging in any order ends alike.
 * Done beats all: work that was done is never done again. Then the greater claim epoch, then the
 * smaller member id, then the later state of that owner.
 */
export const supersedes = (a: Claim, b: Claim): boolean => {
  const aDone = a.state === 'done';
  if (aDone !== (b.state === 'done')) return aDone;
  if (a.claimEpoch !== b.claimEpoch) return a.claimEpoch > b.claimEpoch;
  if (a.owner !== b.owner) return a.owner < b.owner;
  return RANK[a.state] > RANK[b.state];
};

/** True when the report changed the book. */
export const noteReport = (book: TaskBook, report: Claim): boolean => {
  const known = book.get(report.task);
  if (known === undefined ? book.size >= MAX_TASKS : !supersedes(report, known)) return false;
  const { task, claimEpoch, owner, state, evidence } = report;
  book.set(task, { task, claimEpoch, owner, state, evidence });
  return true;
};

export const isDone = (book: TaskBook, task: string): boolean => book.get(task)?.state === 'done';

/** Who holds a live claim on the task, if anyone. */
export const liveOwner = (book: TaskBook, task: string): number | undefined => {
  const claim = book.get(task);
  return claim?.state === 'claimed' || claim?.state === 'executing' ? claim.owner : undefined;
};

/** The epoch with which a new owner claims: beats whatever an absent owner said before. */
export const nextClaimEpoch = (book: TaskBook, task: string): number =>
  (book.get(task)?.claimEpoch ?? 0) + 1;
