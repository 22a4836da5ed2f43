/** One label to place beside the disc of its drone; pixels, y down. */
export interface LabelRequest {
  /** Centre of the disc. */
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where a label's centre goes, relative to its disc's. */
export interface LabelPlace {
  dx: number;
  dy: number;
}

interface Box {
  x: number;
  y: number;
  halfWidth: number;
  halfHeight: number;
}

/** From above clockwise: where a reader looks first. */
const DIRECTIONS = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
  [1, -1],
  [1, 1],
  [-1, 1],
  [-1, -1],
] as const;

const overlap = (a: Box, b: Box): number => {
  const width = a.halfWidth + b.halfWidth - Math.abs(a.x - b.x);
  const height = a.halfHeight + b.halfHeight - Math.abs(a.y - b.y);
  return width > 0 && height > 0 ? width * height : 0;
};

const outside = (box: Box, view: { width: number; height: number }): number =>
  Math.max(0, box.halfWidth - box.x, box.x + box.halfWidth - view.width) +
  Math.max(0, box.halfHeight - box.y, box.y + box.halfHeight - view.height);

/** A place further out, or another than before, must be worth this many px² of overlap. */
const COST_PER_RING = 40;
const COST_OF_MOVING = 30;
/** A label beyond the edge is no label. */
const COST_PER_OUTSIDE_PX = 60;

/**
 * Places every label beside its disc so that labels cover each other and the discs as little as they
 * can; none is ever left out, because a drone without its label is worse than an overlap. Greedy, in
 * the order given, over eight directions at four distances; keeps `before` where it can, so that
 * labels do not jump.
 */
export const placeLabels = (
  requests: readonly LabelRequest[],
  discRadius: number,
  view: { width: number; height: number },
  before: readonly (LabelPlace | undefined)[],
): LabelPlace[] => {
  const taken: Box[] = requests.map(({ x, y }) => ({
    x,
    y,
    halfWidth: discRadius,
    halfHeight: discRadius,
  }));
  return requests.map((request, index) => {
    let best: LabelPlace = { dx: 0, dy: 0 };
    let bestCost = Infinity;
    for (const { place, ring } of candidates(request, discRadius)) {
      const box = boxAt(request, place);
      const last = before[index];
      const moves = last !== undefined && (last.dx !== place.dx || last.dy !== place.dy);
      const cost =
        taken.reduce((sum, one) => sum + overlap(box, one), 0) +
        ring * COST_PER_RING +
        outside(box, view) * COST_PER_OUTSIDE_PX +
        (moves ? COST_OF_MOVING : 0);
      if (cost >= bestCost) continue;
      best = place;
      bestCost = cost;
    }
    taken.push(boxAt(request, best));
    return best;
  });
};

const candidates = (
  { width, height }: LabelRequest,
  discRadius: number,
): { place: LabelPlace; ring: number }[] =>
  [0, 1, 2, 3].flatMap((ring) => {
    const gap = discRadius + 5 + ring * 20;
    return DIRECTIONS.map(([right, down]) => ({
      place: { dx: right * (gap + width / 2), dy: down * (gap + height / 2) },
      ring,
    }));
  });

const boxAt = (request: LabelRequest, { dx, dy }: LabelPlace): Box => ({
  x: request.x + dx,
  y: request.y + dy,
  halfWidth: request.width / 2 + 1,
  halfHeight: request.height / 2 + 1,
});
