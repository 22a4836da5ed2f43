import { describe, expect, it } from 'vitest';

import { safePlanner } from '#agent/mind/plan/safe.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import type { PlanRequest } from '#agent/mind/plan-port.ts';
import { DelayedPlanner, type Imagine } from '#sim/machine/delayed-planner.ts';
import { requestOf } from '../../agent/mind/plan/plant.ts';

const imagine: Imagine = (request) =>
  Promise.resolve({
    requestId: request.requestId,
    trajectory: safePlanner(PLAN_SETTINGS)(request),
    model: 'straight@1',
    disagreement: 0,
    threshold: 1,
    tripped: false,
    reason: '',
    bestCost: 0,
    rejected: [],
    digest: '',
  });

/** A planner on a clock that the test moves, and the numbers of the answers that came. */
const planner = (delaysMs: number[]) => {
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs };
  const works: Promise<void>[] = [];
  const answers: [number, number][] = [];
  const delayed = new DelayedPlanner(
    clock,
    imagine,
    () => delaysMs.shift() ?? Infinity,
    (work) => works.push(work),
  );
  delayed.onAnswer(({ requestId }) => answers.push([requestId, clock.nowMs]));
  const runTo = async (nowMs: number): Promise<void> => {
    while (clock.nowMs < nowMs) {
      clock.nowMs += 4;
      delayed.step();
      await Promise.all(works.splice(0));
    }
  };
  const ask = (requestId: number): void => delayed.request(numbered(requestId));
  return { ask, runTo, answers, delayed };
};

const numbered = (requestId: number): PlanRequest => requestOf({ requestId });

describe('the planner in lockstep', () => {
  it('answers when its time has passed, not when the answer is there', async () => {
    const { ask, runTo, answers } = planner([30]);
    ask(1);
    await runTo(28);
    expect(answers).toEqual([]);
    await runTo(40);
    expect(answers).toEqual([[1, 32]]);
  });

  it('has one request under way; of those that come meanwhile the newest waits', async () => {
    const { ask, runTo, answers } = planner([20, 20]);
    for (const id of [1, 2, 3]) ask(id);
    await runTo(100);
    expect(answers).toEqual([
      [1, 20],
      [3, 40],
    ]);
  });

  it('may never answer, and says nothing after its mind has died', async () => {
    const stalled = planner([]);
    stalled.ask(1);
    await stalled.runTo(5000);
    expect(stalled.answers).toEqual([]);
    const dead = planner([8]);
    dead.ask(1);
    dead.delayed.close();
    await dead.runTo(100);
    expect(dead.answers).toEqual([]);
  });
});
