/**
 * How often a member may speak on one lane. All share one channel that nobody can see whole; when
 * it is full, words wait. So everyone measures how late the others' words are beyond the fastest that
 * came lately, speaks more seldom while that is much, and a little more often while it is not: additive
 * increase, multiplicative decrease (Chiu and Jain 1989), by which all come to the same share.
 */
export interface Pace {
  /** Least time between two of our frames, ms. */
  intervalMs: number;
  leastMs: number;
  mostMs: number;
  /** By author, since the last judgement. */
  readonly late: Map<number, { sumMs: number; count: number }>;
  judgedMs: number;
}

/** Five frames a second, with room for words that come a tick early; beyond thirty members so many fewer that each hears no more than 150 a second. */
const LEAST_MS = 180;
const FREE_MEMBERS = 30;
/** By then a frame's own cost is the least of what the channel carries. */
const MOST_FRAME_MS = 4000;
/** A message over gossip is a packet per link, each acknowledged and sent again: four members at one in four seconds fill a third of 100 kbit/s. */
const MOST_GOSSIP_MS = 16_000;
const GOSSIP_SHARE_MS = 100;
const GOSSIP_FREE_MEMBERS = 4;
const JUDGE_MS = 1000;
/** Mean lateness above which the channel counts as full, and below which there is room. */
const FULL_MS = 400;
const ROOM_MS = 200;
const SLOWER = 1.5;
/** Added each second while there is room, in frames a second. */
const FASTER_HZ = 0.3;

export const leastFrameMs = (members: number): number =>
  LEAST_MS * Math.max(1, members / FREE_MEMBERS);

/**
 * Over gossip every message costs a copy per link: in a swarm of more than five each speaks the
 * seldomer the more there are. With twelve on 5 Mbit/s at a small swarm's pace words were four seconds
 * on their way.
 */
export const leastGossipMs = (members: number): number =>
  Math.max(LEAST_MS, GOSSIP_SHARE_MS * (members - GOSSIP_FREE_MEMBERS));

const newPace = (leastMs: number, mostMs: number, nowMs: number): Pace => ({
  intervalMs: leastMs,
  leastMs,
  mostMs: Math.max(leastMs, mostMs),
  late: new Map(),
  judgedMs: nowMs,
});

export const framePace = (members: number, nowMs: number): Pace =>
  newPace(leastFrameMs(members), MOST_FRAME_MS, nowMs);

export const gossipPace = (members: number, nowMs: number): Pace =>
  newPace(leastGossipMs(members), MOST_GOSSIP_MS, nowMs);

/** Notes how much later than its author's fastest a message came. */
export const noteLateness = (pace: Pace, author: number, lateMs: number): void => {
  const { sumMs, count } = pace.late.get(author) ?? { sumMs: 0, count: 0 };
  pace.late.set(author, { sumMs: sumMs + lateMs, count: count + 1 });
};

/**
 * The median over authors of the mean lateness of each, the lower of the two in the middle: one that
 * lies about its times, or says ever so much, slows down nobody where two others are heard.
 */
const medianLateMs = ({ late }: Pace): number | undefined => {
  const means = [...late.values()].map(({ sumMs, count }) => sumMs / count).sort((a, b) => a - b);
  return means[(means.length - 1) >>> 1];
};

/** Once a second. Who heard nothing on the lane of `pace` in that time goes by what was heard on the `other`. */
export const judgePace = (pace: Pace, nowMs: number, other?: Pace): void => {
  if (nowMs - pace.judgedMs < JUDGE_MS) return;
  pace.judgedMs = nowMs;
  const lateMs = medianLateMs(pace) ?? (other && medianLateMs(other));
  pace.late.clear();
  // Hearing nobody says nothing of the channel: the pace stays.
  if (lateMs === undefined) return;
  if (lateMs > FULL_MS) pace.intervalMs = Math.min(pace.mostMs, pace.intervalMs * SLOWER);
  else if (lateMs < ROOM_MS) {
    pace.intervalMs = Math.max(pace.leastMs, 1000 / (1000 / pace.intervalMs + FASTER_HZ));
  }
};
