import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { placeLabels, type LabelRequest } from '#coordinator/map/page/place-labels.ts';

const VIEW = { width: 1000, height: 700 };
const DISC = 10;

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const boxes = (requests: LabelRequest[], places: ReturnType<typeof placeLabels>): Box[] =>
  requests.map(({ x, y, width, height }, index) => {
    const { dx, dy } = places[index]!;
    return {
      left: x + dx - width / 2,
      right: x + dx + width / 2,
      top: y + dy - height / 2,
      bottom: y + dy + height / 2,
    };
  });

const meet = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const overlaps = (all: Box[]): number =>
  all.flatMap((a, index) => all.slice(index + 1).filter((b) => meet(a, b))).length;

const label = (x: number, y: number): LabelRequest => ({ x, y, width: 110, height: 20 });
const none = (requests: LabelRequest[]): undefined[] => requests.map(() => undefined);

describe('labels on the map', () => {
  it('stand above a drone that has room', () => {
    const [place] = placeLabels([label(500, 300)], DISC, VIEW, [undefined]);
    expect(place!.dx).toBe(0);
    expect(place!.dy).toBeLessThan(0);
  });

  it('do not cover each other when five drones stand in a row on the ground', () => {
    const row = [0, 1, 2, 3, 4].map((index) => label(480 + 13 * index, 300));
    expect(overlaps(boxes(row, placeLabels(row, DISC, VIEW, none(row))))).toBe(0);
  });

  it('stay inside the map at its edges', () => {
    const corners = [label(2, 2), label(998, 2), label(2, 698), label(998, 698)];
    for (const box of boxes(corners, placeLabels(corners, DISC, VIEW, none(corners)))) {
      expect(box.left).toBeGreaterThanOrEqual(-1);
      expect(box.right).toBeLessThanOrEqual(VIEW.width + 1);
      expect(box.top).toBeGreaterThanOrEqual(-1);
      expect(box.bottom).toBeLessThanOrEqual(VIEW.height + 1);
    }
  });

  it('do not jump while nothing is in their way', () => {
    const first = [label(300, 300), label(420, 310)];
    const before = placeLabels(first, DISC, VIEW, none(first));
    const moved = first.map((one) => ({ ...one, x: one.x + 2 }));
    expect(placeLabels(moved, DISC, VIEW, before)).toEqual(before);
  });

  it('are never left out, and never cover each other where drones are well apart', () => {
    const place = fc.record({
      x: fc.integer({ min: 0, max: 5 }),
      y: fc.integer({ min: 0, max: 6 }),
    });
    const apart = fc.uniqueArray(place, { maxLength: 20, selector: ({ x, y }) => `${x}:${y}` });
    fc.assert(
      fc.property(apart, (cells) => {
        const requests = cells.map(({ x, y }) => label(80 + 165 * x, 50 + 95 * y));
        const places = placeLabels(requests, DISC, VIEW, none(requests));
        expect(places).toHaveLength(requests.length);
        expect(overlaps(boxes(requests, places))).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
