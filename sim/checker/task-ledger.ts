import { compareGoalIds } from '#protocols/gossip/goal-order.ts';
import type { AgentTruth, MindTruth } from './agent-truth.ts';
import type { SwarmTruth } from './swarm-truth.ts';
import type { Report } from './violation.ts';

const STATES: ReadonlySet<string> = new Set(['claimed', 'executing', 'released', 'done']);
/** I6's bound, ms. */
const AGREE_MS = 5000;

const NOBODY: ReadonlyMap<number, number> = new Map();

interface Kept {
  mind: MindTruth;
  tasks: Map<string, { wasDone: boolean; owner: number }>;
}

/**
 * I5: a task that a drone's book knows stays in it, in a state that exists, and what is done stays
 * done, as long as the goal and the mind's process live. What nobody has claimed is pending, and so is
 * again what a liar had claimed, once it is believed no more.
 */
export class TaskLedgerCheck {
  readonly #kept = new Map<number, Kept>();

  readonly check = ({ agents = [], liars }: SwarmTruth, report: Report): void => {
    for (const { sysid, mind } of agents) {
      if (mind !== undefined) this.#one(sysid, mind, liars ?? NOBODY, report);
    }
  };

  #one(sysid: number, mind: MindTruth, liars: ReadonlyMap<number, number>, report: Report): void {
    const former = this.#kept.get(sysid);
    if (former !== undefined && isSameWork(former.mind, mind)) {
      for (const [task, { wasDone, owner }] of former.tasks) {
        if (liars.has(owner)) continue;
        const state = mind.tasks.get(task)?.state;
        if (state === undefined) report([sysid], `task ${task} is absent`);
        else if (wasDone && state !== 'done') report([sysid], `done task ${task} is ${state}`);
      }
    }
    const tasks: Kept['tasks'] = new Map();
    for (const [task, { state, owner }] of mind.tasks) {
      if (!STATES.has(state)) report([sysid], `task ${task} is '${state}'`);
      tasks.set(task, { wasDone: state === 'done', owner });
    }
    this.#kept.set(sysid, { mind, tasks });
  }
}

/** I6: two that hear each other have recorded the same drone as the one that completed a task. */
export class CompletionCheck {
  readonly #hearEachOther: (a: number, b: number) => boolean;
  readonly #sinceMs = new Map<string, number>();

  constructor(hearEachOther: (a: number, b: number) => boolean) {
    this.#hearEachOther = hearEachOther;
  }

  readonly check = ({ agents = [], nowMs }: SwarmTruth, report: Report): void => {
    for (const [index, a] of agents.entries()) {
      for (const b of agents.slice(index + 1)) this.#pair(a, b, nowMs, report);
    }
  };

  #pair(a: AgentTruth, b: AgentTruth, nowMs: number, report: Report): void {
    const name = `${a.sysid}-${b.sysid}`;
    const task = this.#hearEachOther(a.sysid, b.sysid) ? disputed(a.mind, b.mind) : undefined;
    if (task === undefined) {
      this.#sinceMs.delete(name);
      return;
    }
    const sinceMs = this.#sinceMs.get(name) ?? nowMs;
    this.#sinceMs.set(name, sinceMs);
    if (nowMs - sinceMs > AGREE_MS) {
      report([a.sysid, b.sysid], `have recorded two completions of ${task}`);
    }
  }
}

const disputed = (a: MindTruth | undefined, b: MindTruth | undefined): string | undefined => {
  if (a?.goal === undefined || b?.goal === undefined) return undefined;
  if (compareGoalIds(a.goal, b.goal) !== 0) return undefined;
  for (const [task, { state, owner }] of a.tasks) {
    const other = b.tasks.get(task);
    if (state === 'done' && other?.state === 'done' && other.owner !== owner) return task;
  }
  return undefined;
};

const isSameWork = (a: MindTruth, b: MindTruth): boolean =>
  a.life === b.life &&
  a.goal !== undefined &&
  b.goal !== undefined &&
  compareGoalIds(a.goal, b.goal) === 0;
