import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openPlanner, type OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import type { Violation } from '#sim/checker/violation.ts';
import { JudgedEpisode } from '#sim/episode/judged-episode.ts';
import { FAULT_KINDS, type Fault } from '#sim/faults/fault.ts';
import { drawEpisode, withPlanner } from '#sim/fuzz/fuzz-episode.ts';
import { minimise } from '#sim/fuzz/minimise.ts';
import { shrink, type EpisodeData, type Fly } from '#sim/fuzz/shrink.ts';

const violation = (atMs: number): Violation => ({
  invariant: 'I1',
  atMs,
  drones: [2, 5],
  detail: 'planted',
});

const sysidsOf = ({ scenario }: EpisodeData): number[] =>
  scenario.vehicles.map(({ sysid }) => sysid);

describe('shrinking a failing episode', () => {
  it('finds the fewest of a list that fail together, whatever they are', async () => {
    const set = fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(set, fc.infiniteStream(fc.boolean()), async (items, picks) => {
        const needed = items.filter(() => picks.next().value);
        const fails = async (some: readonly number[]): Promise<boolean> =>
          needed.every((one) => some.includes(one));
        expect(await minimise(items, fails)).toEqual(needed);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the drones, the fault and the order that a bug needs, and nothing else', async () => {
    const { episode } = drawEpisode(3, { kinds: FAULT_KINDS, samples: 32, drones: 9 });
    const faults: Fault[] = [
      { kind: 'kill', atMs: 9000, sysid: 2, process: 'mind' },
      { kind: 'gnss', atMs: 12_000, sysid: 5, forMs: 24_000 },
      {
        kind: 'partition',
        atMs: 15_000,
        groups: [
          [1, 2, 3],
          [5, 1000],
        ],
        forMs: 9000,
      },
      { kind: 'camera', atMs: 20_000, sysid: 4 },
    ];
    const crowded: EpisodeData = {
      ...episode,
      radio: { ...episode.radio, base: 'P3' },
      faults,
      orders: [
        { atMs: 10_000, order: 'hold', sysids: [2, 7] },
        { atMs: 14_000, order: 'resume', sysids: [] },
      ],
      untilMs: 90_000,
    };
    /** Two drones, GNSS lost by one of them, a hold of the other, and time for it. */
    const fly: Fly = async (one) => {
      const there = sysidsOf(one);
      const isBroken =
        there.includes(2) &&
        there.includes(5) &&
        one.untilMs > 30_000 &&
        one.faults.some((fault) => fault.kind === 'gnss' && fault.forMs > 2000) &&
        (one.orders ?? []).some(({ order }) => order === 'hold');
      return { violations: isBroken ? [violation(30_500)] : [] };
    };
    const shrunk = await shrink(crowded, 'I1', fly);
    expect(sysidsOf(shrunk!.episode)).toEqual([2, 5]);
    expect(shrunk!.episode.faults).toEqual([{ kind: 'gnss', atMs: 12_000, sysid: 5, forMs: 3000 }]);
    expect(shrunk!.episode.orders).toEqual([{ atMs: 10_000, order: 'hold', sysids: [2] }]);
    expect(shrunk!.episode.radio.base).toBe('P1');
    expect(shrunk!.episode.scenario).toMatchObject({ wind: {}, obstacles: [] });
    expect(shrunk!.episode.untilMs).toBe(30_700);
    expect(shrunk!.flights).toBeLessThan(80);
  });

  it('has nothing to say of a clean episode', async () => {
    const { episode } = drawEpisode(3, { kinds: [], samples: 32, drones: 3 });
    const fly: Fly = async () => ({ violations: [] });
    expect(await shrink(episode, 'I1', fly)).toBeUndefined();
  });
});

const SET_POSITION_TARGET = 84;

describe('a bug planted in a flight', () => {
  let planner: OpenPlanner;
  beforeAll(async () => {
    planner = await openPlanner(
      { modelDir: null, modelSignersHex: [] },
      { ...PLAN_SETTINGS, samples: 32 },
    );
  });
  afterAll(() => planner.close());

  it('is reduced to the one drone and the one fault that bring it out', async () => {
    const drawn = drawEpisode(8, { mission: 'goto', drones: 3, kinds: [], samples: 32 });
    const episode: EpisodeData = {
      ...drawn.episode,
      faults: [
        { kind: 'camera', atMs: 9000, sysid: 1 },
        { kind: 'clock', atMs: 12_000, sysid: 2, byMs: 60_000 },
        { kind: 'fade', atMs: 12_500, a: 1, b: 3, profile: 'P2', forMs: 2000 },
      ],
      untilMs: 24_000,
    };
    // The pilot of drone 2 falls silent for good some seconds after its wall clock was set.
    const fly: Fly = async (one) => {
      const isSet = one.faults.some(({ kind }) => kind === 'clock');
      const judged = new JudgedEpisode({
        ...withPlanner({ ...drawn, episode: one }, planner),
        sabotage: {
          toVehicle: (sysid, packet, nowMs) =>
            isSet && sysid === 2 && nowMs > 20_000 && packet[7] === SET_POSITION_TARGET
              ? undefined
              : packet,
        },
      });
      return judged.run();
    };
    const shrunk = await shrink(episode, 'I4', fly);
    expect(shrunk!.episode.faults.map(({ kind }) => kind)).toEqual(['clock']);
    expect(sysidsOf(shrunk!.episode)).toEqual([2]);
    expect(shrunk!.episode.untilMs).toBeLessThan(22_000);
  });
});
