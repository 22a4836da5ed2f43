import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it, vi } from 'vitest';

import type { FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';
import type { SeedOutcome, SeedVerdict } from '#sim/fuzz/run-fuzz-episode.ts';
import { startFuzz } from '#sim/fuzz/start-fuzz.ts';

const SETTINGS: FuzzSettings = { drones: 3, kinds: ['kill'], samples: 32, untilMs: 9000 };
const BAD_WORKER = new URL('bad-worker.ts', import.meta.url);

const flown = async (seeds: readonly number[], jobs: number, stallMs: number) => {
  const outcomes = new Map<number, SeedOutcome>();
  await startFuzz(seeds, {
    settings: SETTINGS,
    jobs,
    signal: new AbortController().signal,
    stallMs,
    worker: BAD_WORKER,
    onOutcome: (outcome) => outcomes.set(outcome.seed, outcome),
  });
  return outcomes;
};

/** The processes that this one has started and that still run. */
const children = (): number =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .filter((pid) => {
      try {
        const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
          .split(') ')[1]!
          .split(' ');
        const isFuzzer = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker.ts');
        return Number(parent) === process.pid && state !== 'Z' && isFuzzer;
      } catch {
        return false;
      }
    }).length;

describe('a fuzzing run', () => {
  it('names a seed that gets nowhere as a violation, kills its process, and goes on', async () => {
    const outcomes = await flown([1, 2, 7, 8], 1, 4000);
    expect([...outcomes.keys()]).toEqual([1, 2, 7, 8]);
    expect(outcomes.get(2)).toMatchObject({
      seed: 2,
      drones: 3,
      violations: [{ invariant: 'hang', atMs: 12_340, drones: [] }],
    });
    const pids = [1, 7, 8].map((seed) => (outcomes.get(seed) as SeedVerdict).tasksDone);
    expect(pids[1], 'another process').not.toBe(pids[0]);
    expect(pids[2], 'kept while nothing happens to it').toBe(pids[1]);
    await vi.waitFor(() => expect(children()).toBe(0), { timeout: 5000 });
  });

  it('does not take a slow episode for one that hangs', async () => {
    const outcomes = await flown([6], 1, 4000);
    expect(outcomes.get(6)).toMatchObject({ ended: true, violations: [] });
  });

  it('names seeds whose process dies or whose episode throws, with the last words, and loses none', async () => {
    const seeds = [1, 3, 4, 5, 7, 8, 9];
    const outcomes = await flown(seeds, 2, 20_000);
    expect([...outcomes.keys()].sort()).toEqual(seeds);
    expect(outcomes.get(3)).toMatchObject({ crash: 'the process ended: SIGKILL' });
    expect(outcomes.get(4)).toMatchObject({
      crash: expect.stringMatching(/^the process ended: exit 134\n.*Napi::Error$/u),
    });
    expect(outcomes.get(5)).toMatchObject({ crash: 'RangeError: out of line' });
    for (const seed of [1, 7, 8, 9]) expect(outcomes.get(seed)).toMatchObject({ ended: true });
    await vi.waitFor(() => expect(children()).toBe(0), { timeout: 5000 });
  });

  it('ends at once when it is stopped, in the middle of a hanging episode too', async () => {
    const stopper = new AbortController();
    const told: number[] = [];
    const run = startFuzz([1, 2, 3], {
      settings: SETTINGS,
      jobs: 1,
      signal: stopper.signal,
      stallMs: 60_000,
      worker: BAD_WORKER,
      onOutcome: ({ seed }) => {
        told.push(seed);
        setTimeout(() => stopper.abort(), 200);
      },
    });
    await run;
    expect(told).toEqual([1]);
    await vi.waitFor(() => expect(children()).toBe(0), { timeout: 5000 });
  });

  it('flies real episodes in processes of their own, and tells what they cost', async () => {
    const told: [number, number][] = [];
    await startFuzz([1, 2], {
      settings: SETTINGS,
      jobs: 1,
      signal: new AbortController().signal,
      onOutcome: (outcome, cpuMs) => {
        if ('crash' in outcome) throw new Error(outcome.crash);
        told.push([outcome.simulatedMs, cpuMs]);
      },
    });
    expect(told.map(([simulatedMs]) => simulatedMs)).toEqual([9000, 9000]);
    for (const [, cpuMs] of told) expect(cpuMs).toBeGreaterThan(50);
  });
});
