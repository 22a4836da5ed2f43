import { describe, expect, it } from 'vitest';

import { checkMission } from '#coordinator/mission/check.ts';
import { missionSchema } from '#protocols/mission/mission.ts';
import { faultListSchema, FAULT_KINDS } from '#sim/faults/fault.ts';
import { drawEpisode, type FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';
import { fenceMarginM } from '#sim/world/fence.ts';

const SETTINGS: FuzzSettings = {
  mission: undefined,
  drones: undefined,
  kinds: FAULT_KINDS,
  samples: 32,
  learned: { share: 0.1, model: { modelDir: 'models/current', modelSignersHex: [] } },
};
const SEEDS = Array.from({ length: 400 }, (_, index) => index);

const nowhere = () => ({ file: 'drawn', line: 1, column: 1 });

describe('the episodes of a fuzzing run', () => {
  const drawn = SEEDS.map((seed) => drawEpisode(seed, SETTINGS));

  it('are what a person could have ordered: every mission passes the checks of a file', () => {
    for (const { episode } of drawn) {
      checkMission(missionSchema.parse(episode.mission), nowhere);
      for (const order of episode.orders ?? []) {
        if (order.order === 'goal') checkMission(missionSchema.parse(order.mission), nowhere);
      }
      expect(faultListSchema.parse(episode.faults)).toEqual(episode.faults);
    }
  });

  it('begin on the ground inside the fence, twice the separation apart', () => {
    for (const { episode } of drawn) {
      const { vehicles, fence } = episode.scenario;
      for (const [index, a] of vehicles.entries()) {
        expect(fenceMarginM(fence!, a.homeNorthM, a.homeEastM, 0)).toBeGreaterThan(0);
        for (const b of vehicles.slice(index + 1)) {
          const gapM = Math.hypot(a.homeNorthM - b.homeNorthM, a.homeEastM - b.homeEastM);
          expect(gapM).toBeGreaterThanOrEqual(2 * episode.mission.minSeparationM);
        }
      }
    }
  });

  it('are of every kind: swarms of 3 to 12, all missions, faults, radios, orders, both planners', () => {
    const all = <T>(values: (one: (typeof drawn)[number]) => T[]): Set<T> =>
      new Set(drawn.flatMap(values));
    const sizes = all(({ episode }) => [episode.scenario.vehicles.length]);
    expect([...sizes].sort((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect([...all(({ episode }) => [episode.mission.name])].sort()).toEqual([
      'goto',
      'search',
      'swap',
    ]);
    expect([...all(({ episode }) => episode.faults.map(({ kind }) => kind))].sort()).toEqual(
      [...FAULT_KINDS].sort(),
    );
    expect([...all(({ episode }) => [episode.radio.base])].sort()).toEqual(['P1', 'P2', 'P3']);
    const orders = all(({ episode }) => (episode.orders ?? []).map(({ order }) => order));
    expect([...orders].sort()).toEqual(['abort', 'goal', 'hold', 'land', 'resume', 'rtl']);
    const learned = drawn.filter(({ planner }) => planner.kind === 'learned').length;
    expect(learned).toBeGreaterThan(20);
    expect(learned).toBeLessThan(80);
  });

  it('are the same for the same seed, and each other for another', () => {
    for (const seed of [1, 2, 3]) {
      expect(drawEpisode(seed, SETTINGS)).toEqual(drawEpisode(seed, SETTINGS));
    }
    expect(drawEpisode(1, SETTINGS).episode.mission).not.toEqual(
      drawEpisode(2, SETTINGS).episode.mission,
    );
  });

  it('keep to what a run fixes', () => {
    const fixed: FuzzSettings = { ...SETTINGS, mission: 'goto', drones: 4, kinds: [] };
    for (const seed of SEEDS.slice(0, 20)) {
      const { episode } = drawEpisode(seed, fixed);
      expect(episode.mission.name).toBe('goto');
      expect(episode.scenario.vehicles).toHaveLength(4);
      expect([episode.faults, episode.orders]).toEqual([[], []]);
    }
  });
});
