import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openPlanner, type OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { loadMission } from '#coordinator/mission/load.ts';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { Framer, MAX_FRAME_BYTES } from '#protocols/mavlink/framer.ts';
import { clamp } from '#protocols/units.ts';
import { limitNorm, subtract } from '#protocols/vector.ts';
import type { Episode } from '#sim/episode/episode.ts';
import { JudgedEpisode } from '#sim/episode/judged-episode.ts';
import { fuzzEpisode, type FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';
import { startFuzz } from '#sim/fuzz/start-fuzz.ts';
import { runFuzzEpisode, type SeedVerdict } from '#sim/fuzz/run-fuzz-episode.ts';

const SAMPLES = 32;
const SETTINGS: FuzzSettings = {
  mission: loadMission('missions/search-irchel-corner.yaml'),
  drones: 2,
  kinds: [],
  samples: SAMPLES,
};

let planner: OpenPlanner;
beforeAll(async () => {
  planner = await openPlanner(
    { modelDir: null, modelSignersHex: [] },
    { ...PLAN_SETTINGS, samples: SAMPLES },
  );
});
afterAll(() => planner.close());

const SET_POSITION_TARGET = 84;

/** The packet with its velocity changed, as a pilot without a guard would send it. */
const faster = (packet: Uint8Array, velocity: [number, number, number]): Uint8Array => {
  const framer = new Framer(MAX_FRAME_BYTES);
  framer.push(packet);
  const frame = framer.next()!;
  const message = decode(frame)!;
  const [vx, vy, vz] = velocity;
  return new Encoder(frame.sysid, frame.compid).encode(Object.assign(message, { vx, vy, vz }));
};

type Tamper = (
  sysid: number,
  packet: Uint8Array,
  nowMs: number,
  episode: Episode,
) => Uint8Array | undefined;

/** What the judge says of a flight in which something is wrong from a moment in OFFBOARD on. */
const judged = async (tamper: Tamper, untilMs: number): Promise<string[]> => {
  const judge: JudgedEpisode = new JudgedEpisode({
    ...fuzzEpisode(2, SETTINGS, planner),
    sabotage: {
      toVehicle: (sysid, packet, nowMs) => tamper(sysid, packet, nowMs, judge.episode),
    },
    untilMs,
  });
  await judge.episode.run(untilMs);
  return [...new Set(judge.checker.violations.map(({ invariant }) => invariant))].sort();
};

const isSetpoint = (packet: Uint8Array): boolean => packet[7] === SET_POSITION_TARGET;

describe('bugs planted in a flight are seen by the judge', () => {
  it('none: nothing to say', async () => {
    expect(await judged((_sysid, packet) => packet, 30_000)).toEqual([]);
  });

  it('a pilot that pauses for 0.4 s: I4', async () => {
    const pause: Tamper = (sysid, packet, nowMs) =>
      sysid === 1 && isSetpoint(packet) && nowMs > 26_000 && nowMs < 26_400 ? undefined : packet;
    expect(await judged(pause, 28_000)).toEqual(['I4']);
  });

  it('a pilot whose guard does nothing: I3 at once, then I2', async () => {
    const flee: Tamper = (sysid, packet, nowMs) =>
      sysid === 1 && isSetpoint(packet) && nowMs > 26_000 ? faster(packet, [11, 0, 0]) : packet;
    expect(await judged(flee, 36_000)).toEqual(['I2', 'I3']);
  });

  it('two that are led into each other: I1', async () => {
    const collide: Tamper = (sysid, packet, nowMs, episode) => {
      if (!isSetpoint(packet) || nowMs < 19_000) return packet;
      const { positionNed } = episode.vehicle(sysid)!.quadrotor;
      const other = episode.vehicle(3 - sysid)!.quadrotor.positionNed;
      const way = limitNorm(subtract(other, positionNed), 4);
      return faster(packet, [way.x, way.y, clamp(way.z, -2, 1)]);
    };
    expect(await judged(collide, 26_000)).toContain('I1');
  });
});

describe('fuzzing', () => {
  it('gives a seed the same verdict on any thread', async () => {
    const settings: FuzzSettings = {
      ...SETTINGS,
      kinds: ['kill', 'partition', 'stall'],
      untilMs: 10_000,
    };
    const verdicts: SeedVerdict[] = [];
    await startFuzz([1, 2], settings, 2, new AbortController().signal, (one) => {
      if ('crash' in one) throw new Error(one.crash);
      verdicts.push(one);
    });
    verdicts.sort((a, b) => a.seed - b.seed);
    expect(verdicts.map(({ seed }) => seed)).toEqual([1, 2]);
    // Cut off in flight: nobody is home, and the judge says so.
    for (const { violations } of verdicts) expect(violations[0]?.invariant).toBe('I14');
    expect(await runFuzzEpisode(2, settings, { open: async () => planner })).toEqual(verdicts[1]);
  });
});
