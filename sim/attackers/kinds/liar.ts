import { z } from 'zod';

import { activate } from '#agent/mind/mission/active-goal.ts';
import type { Envelope } from '#protocols/gossip/envelope.ts';
import type { Goal } from '#protocols/gossip/goal.ts';
import { geodeticFromNed } from '#protocols/frames.ts';
import { vector3 } from '#protocols/vector.ts';
import { faultKind, forMs, sysid, type ActiveFault } from '../../faults/fault-kind.ts';
import { between, pick } from '../../faults/draws.ts';
import { shiftBeacon, shiftIntent, type Shift } from '../false-motion.ts';
import { rewriteBundle } from '../forger.ts';
import { Insider } from '../insider.ts';
import { Pace } from '../pace.ts';

/**
 * What it lies about. `drift`: beacons and intents agree with each other and move away from the truth no
 * faster than a vehicle; `jump`: all at once; `promise`: its intents are of elsewhere; `done`: it reports
 * every task done and flies none; `looks`: it has looked everywhere and seen nothing, and found what is not there.
 */
const LIES = ['drift', 'jump', 'promise', 'done', 'looks'] as const;
type Lie = (typeof LIES)[number];

/** How far from the truth it goes, m, and how fast where it keeps to a vehicle's limits, m/s. */
const AWAY_M = 40;
const DRIFT_MPS = 2;
const REPORTS_PER_S = 5;

/** A roster's drone whose agent says what is not so, in well-formed words and under its own key. */
export const LIAR = faultKind(
  'liar',
  { sysid, about: z.enum(LIES), forMs },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      about: pick(LIES, random),
      forMs: between(5000, 60_000, random),
    }),
    begin: ({ sysid: id, about, atMs }, { episode }) => {
      if (episode.drone(id) === undefined) return undefined;
      const insider = new Insider(episode, id);
      if (about === 'done' || about === 'looks') return liesOfWork(insider, about, atMs);
      const stop = insider.voice.distort((bundle) =>
        rewriteBundle(bundle, insider.sign, (envelope) => {
          const payload = lieOf(about, envelope, (episode.nowMs - atMs) / 1000);
          if (payload !== undefined) insider.truth.messages += 1;
          return payload;
        }),
      );
      return { end: stop };
    },
  },
);

const lieOf = (about: Lie, envelope: Envelope, sinceS: number): Uint8Array | undefined => {
  const awayM = about === 'drift' ? Math.min(AWAY_M, DRIFT_MPS * sinceS) : AWAY_M;
  const isMoving = about === 'drift' && awayM < AWAY_M;
  const shift: Shift = {
    northM: awayM,
    eastM: 0,
    northMps: isMoving ? DRIFT_MPS : 0,
    eastMps: 0,
  };
  const intent = shiftIntent(envelope, shift);
  return about === 'promise' ? intent : (intent ?? shiftBeacon(envelope, shift));
};

const liesOfWork = (insider: Insider, about: 'done' | 'looks', fromMs: number): ActiveFault => {
  const pace = new Pace(REPORTS_PER_S, fromMs);
  let turn = 0;
  return {
    step: (nowMs) => {
      const { goal } = insider;
      if (goal === undefined) return;
      for (let count = pace.due(nowMs); count > 0; count -= 1) {
        if (about === 'done') reportDone(insider, goal, turn);
        else pretendLooks(insider, goal, turn);
        turn += 1;
      }
    },
  };
};

const reportDone = (insider: Insider, goal: Goal, turn: number): void => {
  const lanes = activate(goal, insider.sysid, 0)?.lanes ?? [];
  const lane = lanes[turn % Math.max(1, lanes.length)];
  if (lane === undefined) return;
  insider.publish({
    topic: 'taskReport',
    payload: {
      goal: goal.id,
      task: lane.id,
      claimEpoch: 1 + turn,
      owner: insider.sysid,
      state: 'done',
      evidence: `cells ${lane.cells.length}/${lane.cells.length}, looks 9, detections 0`,
    },
  });
};

const CELLS_AT_ONCE = 16;

const pretendLooks = (insider: Insider, goal: Goal, turn: number): void => {
  const { cells, cellM } = activate(goal, insider.sysid, 0)?.grid ?? { cells: [], cellM: 1 };
  if (cells.length === 0) return;
  const first = (turn * CELLS_AT_ONCE) % cells.length;
  const some = cells.slice(first, first + CELLS_AT_ONCE);
  insider.publish({
    topic: 'belief',
    payload: { goal: goal.id, cells: some.map(({ row, column }) => [row, column, 4, 0]) },
  });
  const { row, column } = some[0]!;
  const place = vector3((row + 0.5) * cellM, (column + 0.5) * cellM, 0);
  const { latDeg, lonDeg } = geodeticFromNed(goal.mission.origin, place);
  insider.publish({
    topic: 'finding',
    payload: {
      goal: goal.id,
      row,
      column,
      latDeg,
      lonDeg,
      confidence: 1,
      looks: 4,
      detections: 4,
    },
  });
};
