import type { GroundPoint } from '#protocols/polygon.ts';

/** A task as the auction sees it: where it may be entered and left, how long it is, what it is worth. */
export interface AuctionTask {
  id: string;
  ends: readonly [GroundPoint, GroundPoint];
  lengthM: number;
  /** Worth when done at once; whole, at most 1e6 as on the wire. */
  reward: number;
}

/** Where a drone stands when it is free to begin. */
export interface PathStart {
  northM: number;
  eastM: number;
  /** Seconds until then. */
  delayS: number;
  speedMps: number;
}

/** A reward loses this share with every second until the task is done, so that near work goes first. */
const DISCOUNT_PER_S = 0.985;
/** Seconds lost to slowing down and turning at each task. */
const TURN_S = 1.5;

const distanceM = (a: GroundPoint, b: GroundPoint): number => {
  const north = a.northM - b.northM;
  const east = a.eastM - b.eastM;
  return Math.sqrt(north * north + east * east);
};

/** The end by which a task is entered from a place: the nearer one, the first on a tie. */
export const entryEnd = (task: Pick<AuctionTask, 'ends'>, from: GroundPoint): 0 | 1 =>
  distanceM(from, task.ends[1]) < distanceM(from, task.ends[0]) ? 1 : 0;

/** DISCOUNT_PER_S^t from a table and by interpolation: Math.pow's last bit differs between engines. */
const POWERS = (() => {
  const powers = new Float64Array(1201);
  powers[0] = 1;
  for (let second = 1; second < powers.length; second += 1) {
    powers[second] = powers[second - 1]! * DISCOUNT_PER_S;
  }
  return powers;
})();

const discount = (seconds: number): number => {
  const clamped = Math.min(Math.max(seconds, 0), POWERS.length - 2);
  const whole = Math.floor(clamped);
  const share = clamped - whole;
  return POWERS[whole]! * (1 - share) + POWERS[whole + 1]! * share;
};

/** By how much a reward must be greater to be worth waiting so long for. */
export const worthWaiting = (seconds: number): number => 1 / discount(seconds);

/** Sum of the discounted rewards of the tasks done in this order (time-discounted reward of Choi et al. 2009, eq. 11). */
export const pathScore = (start: PathStart, path: readonly AuctionTask[]): number => {
  let place: GroundPoint = start;
  let seconds = start.delayS;
  let score = 0;
  for (const task of path) {
    const entry = entryEnd(task, place);
    seconds += (distanceM(place, task.ends[entry]) + task.lengthM) / start.speedMps + TURN_S;
    score += task.reward * discount(seconds);
    place = task.ends[entry === 0 ? 1 : 0];
  }
  return score;
};

export interface Insertion {
  position: number;
  /** Whole; the path's score with the task less the score without it. */
  gain: number;
}

/** Where a task adds most to a path, and how much; the earliest of equal places. */
export const bestInsertion = (
  start: PathStart,
  path: readonly AuctionTask[],
  task: AuctionTask,
): Insertion => {
  const without = pathScore(start, path);
  let best: Insertion = { position: 0, gain: -Infinity };
  for (let position = 0; position <= path.length; position += 1) {
    const gain = pathScore(start, path.toSpliced(position, 0, task)) - without;
    if (gain > best.gain) best = { position, gain };
  }
  return { position: best.position, gain: Math.max(0, Math.round(best.gain)) };
};
