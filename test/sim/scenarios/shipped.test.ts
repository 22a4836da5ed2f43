import { readdirSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { loadScenario } from '#coordinator/scenario/load.ts';
import { settle } from '#sim/scenarios/settle.ts';

const FILES = readdirSync('scenarios').filter((name) => name.endsWith('.yaml'));

describe('the scenarios that ship', () => {
  it('are those of the field', () => {
    const names = FILES.map((name) => name.replace('.yaml', '')).sort();
    expect(names).toEqual([
      'antipodal-swap',
      'coverage-1',
      'coverage-15',
      'coverage-2',
      'coverage-3',
      'coverage-5',
      'coverage-9',
      'eight-in-eight-metres',
      'forest-crossing',
      'hidden-targets',
      'large-circle',
      'occluded-forest',
    ]);
  });

  it.each(FILES)('%s opens, is called like its file, and its world is there', (name) => {
    const document = loadScenario(`scenarios/${name}`);
    expect(`${document.name}.yaml`).toBe(name);
    const { scenario, forests } = settle(document);
    expect(scenario.vehicles.length).toBe(document.fleet.count);
    for (const { trees, wanted } of forests) expect(trees.length).toBe(wanted);
    // The same file gives the same world.
    expect(settle(document)).toEqual({ scenario, forests });
  });

  it('has the figures of the field', () => {
    const swap = loadScenario('scenarios/antipodal-swap.yaml');
    expect(swap.mission.limits).toMatchObject({ maxSpeedMps: 10, maxAccelerationMps2: 20 });
    expect(swap.success.collisionFree?.separationM).toBe(0.249);
    const crossing = settle(loadScenario('scenarios/forest-crossing.yaml')).scenario.obstacles;
    expect(crossing.length).toBe(200);
    let leastGapM = Number.POSITIVE_INFINITY;
    for (const [index, a] of crossing.entries()) {
      for (const b of crossing.slice(index + 1)) {
        const apartM = Math.hypot(a.northM - b.northM, a.eastM - b.eastM);
        leastGapM = Math.min(leastGapM, apartM - 2 * 0.15);
      }
    }
    expect(leastGapM).toBeGreaterThanOrEqual(1.2);
    const occluded = loadScenario('scenarios/occluded-forest.yaml');
    expect(settle(occluded).scenario.obstacles.length).toBe(90);
    expect(occluded.mission.limits).toMatchObject({ maxSpeedMps: 6, maxAccelerationMps2: 40 });
  });
});
