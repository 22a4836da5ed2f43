import { decodeEnvelope } from '#protocols/gossip/envelope.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import type { Goal } from '#protocols/gossip/goal.ts';
import { decodeSafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import { areaNed, groundPoint } from '#protocols/mission/ground.ts';
import type { Mission } from '#protocols/mission/mission.ts';

import { searchGrid, type SearchGrid } from './grid.ts';
import type { Terrain } from './routes.ts';
import { laneTasks, stripOf, taskDigest, type SearchTask } from './tasks.ts';

/** A goal and all that every drone derives from it alike. */
export interface ActiveGoal {
  id: GoalId;
  mission: Mission;
  /** First receipt, monotonic ms: expiry and time limit count from here. */
  receivedMs: number;
  expiresAfterMs: number;
  cancelled: boolean;
  /** sysids, ascending. */
  fleet: readonly number[];
  /** This drone's place in the fleet: its layer and its lane. */
  index: number;
  grid: SearchGrid;
  lanes: SearchTask[];
  /** Lanes that are this drone's own by preference. */
  strip: ReadonlySet<string>;
  digest: number;
  terrain: Terrain;
  /** Height above home of this drone's way back, m. */
  returnHeightM: number;
}

/** Below the fence's ceiling by this much: a return must not touch it. */
const CEILING_MARGIN_M = 3;

/** Undefined when the goal carries no readable safety envelope or does not name this drone. */
export const activate = (goal: Goal, sysid: number, receivedMs: number): ActiveGoal | undefined => {
  const { mission } = goal;
  const safety = decodeEnvelope(goal.safety);
  const envelope = safety === undefined ? undefined : decodeSafetyEnvelope(safety.payload);
  const index = envelope?.fleet.indexOf(sysid) ?? -1;
  if (envelope === undefined || index < 0) return undefined;
  const grid = searchGrid(mission);
  const lanes = mission.kind === 'search' ? laneTasks(grid, envelope.fleet.length) : [];
  return {
    id: goal.id,
    mission,
    receivedMs,
    expiresAfterMs: 1000 * goal.expiresAfterS,
    cancelled: goal.cancelled,
    fleet: envelope.fleet,
    index,
    grid,
    lanes,
    strip: stripOf(lanes, index, envelope.fleet.length),
    digest: taskDigest(lanes),
    terrain: {
      fence: areaNed(mission.origin, mission.fence.polygon).outline,
      obstacles: mission.obstacles.map((obstacle) => ({
        ...groundPoint(mission.origin, obstacle),
        radiusM: obstacle.radiusM,
        heightM: obstacle.heightM,
      })),
      heightM: mission.heightM,
      minSeparationM: mission.minSeparationM,
    },
    returnHeightM: Math.min(
      mission.rtl.baseHeightM + index * mission.rtl.layerM,
      mission.fence.maxHeightM - CEILING_MARGIN_M,
    ),
  };
};
