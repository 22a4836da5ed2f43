import { z } from 'zod';

import { faultKind, type ActiveFault } from '../../faults/fault-kind.ts';
import { pick } from '../../faults/draws.ts';

/**
 * `goals`: both order a mission of their own at the same moment; `directives`: one holds, the other
 * resumes; `abort`: the second calls all home while the first wants them to go on.
 */
const QUARRELS = ['goals', 'directives', 'abort'] as const;

const HIGHER_M = 5;
const GOALS_AGAIN_MS = 1000;
const DIRECTIVES_GAP_MS = 4000;

/** Two operators with the same rights who contradict each other. */
export const RIVAL = faultKind(
  'rival',
  { over: z.enum(QUARRELS) },
  {
    draw: (_scene, random) => ({ over: pick(QUARRELS, random) }),
    begin: ({ over, atMs }, { episode }) => {
      const { operator, rival, mission } = episode;
      if (rival === undefined || mission === undefined) return undefined;
      if (over === 'abort') {
        rival.direct('abort');
        operator.direct('resume');
        return undefined;
      }
      if (over === 'goals') {
        const contradict = (): void => {
          operator.startMission(mission);
          rival.startMission({ ...mission, heightM: mission.heightM + HIGHER_M });
        };
        contradict();
        return once(atMs + GOALS_AGAIN_MS, contradict);
      }
      operator.direct('hold');
      rival.direct('resume');
      // Nobody is left waiting.
      return once(atMs + DIRECTIVES_GAP_MS, () => operator.direct('resume'));
    },
  },
);

const once = (atMs: number, run: () => void): ActiveFault => {
  let isOver = false;
  return {
    step: (nowMs) => {
      if (isOver || nowMs < atMs) return;
      isOver = true;
      run();
    },
  };
};
