import { describe, expect, it } from 'vitest';
import { fenceMarginM } from '#sim/world/fence.ts';

const corner = (northM: number, eastM: number): { northM: number; eastM: number } => ({
  northM,
  eastM,
});

/** An L: the square from 0 to 100 without its north-east quarter. */
const fence = {
  polygon: [
    corner(0, 0),
    corner(100, 0),
    corner(100, 50),
    corner(50, 50),
    corner(50, 100),
    corner(0, 100),
  ],
  minHeightM: 0,
  maxHeightM: 40,
};

describe('fence margin', () => {
  it('is the distance to the nearest side inside, and negative outside', () => {
    expect(fenceMarginM(fence, 25, 25, 10)).toBeCloseTo(25);
    expect(fenceMarginM(fence, 75, 45, 10)).toBeCloseTo(5);
    expect(fenceMarginM(fence, 75, 75, 10)).toBeCloseTo(-25);
    expect(fenceMarginM(fence, -3, 50, 10)).toBeCloseTo(-3);
  });

  it('counts the ceiling', () => {
    expect(fenceMarginM(fence, 25, 25, 35)).toBeCloseTo(5);
    expect(fenceMarginM(fence, 25, 25, 44)).toBeCloseTo(-4);
  });
});
