import { describe, expect, it } from 'vitest';

import { posterior, verdict } from '#agent/mind/belief/posterior.ts';
import { searchMission } from '../harness/missions.ts';

const search = searchMission(100, 100).search!;
const CELLS = 100;

describe('what looks at a cell amount to', () => {
  it('starts from the expected targets and follows Bayes', () => {
    expect(posterior(search, CELLS, { looks: 0, detections: 0 })).toBeCloseTo(0.03, 12);
    const odds = (0.03 / 0.97) * (0.9 / 0.01) * (0.1 / 0.99);
    expect(posterior(search, CELLS, { looks: 2, detections: 1 })).toBeCloseTo(
      odds / (1 + odds),
      12,
    );
  });

  it('asks for a second look before it is certain', () => {
    const eager = { ...search, expectedTargets: 50 };
    expect(posterior(eager, CELLS, { looks: 1, detections: 1 })).toBeGreaterThan(eager.declareAt);
    expect(verdict(eager, CELLS, { looks: 1, detections: 1 })).toBe('suspicious');
    expect(verdict(eager, CELLS, { looks: 2, detections: 2 })).toBe('target');
  });

  it('dismisses a detection that later looks do not confirm', () => {
    expect(verdict(search, CELLS, { looks: 1, detections: 0 })).toBe('clear');
    expect(verdict(search, CELLS, { looks: 2, detections: 1 })).toBe('suspicious');
    expect(verdict(search, CELLS, { looks: 3, detections: 1 })).toBe('clear');
  });

  it('gives a cell up that stays undecided', () => {
    const vague = { ...search, pDetect: 0.51, pFalse: 0.49 };
    expect(verdict(vague, 2, { looks: 7, detections: 4 })).toBe('suspicious');
    expect(verdict(vague, 2, { looks: 8, detections: 4 })).toBe('undecided');
  });

  it('stays a number after hundreds of looks', () => {
    const certain = posterior(search, CELLS, { looks: 255, detections: 255 });
    expect(certain).toBeGreaterThan(0.999);
    expect(posterior(search, CELLS, { looks: 16_000, detections: 8000 })).toBeGreaterThan(0);
  });
});
