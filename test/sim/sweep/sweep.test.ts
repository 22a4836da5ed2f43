import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Fault } from '#protocols/fault.ts';
import type { SeedVerdict } from '#sim/fuzz/run-fuzz-episode.ts';
import {
  chunkId,
  chunkSchema,
  chunksOf,
  seedsOf,
  type Chunk,
  type ChunkResult,
} from '#sim/sweep/chunk.ts';
import { poolFleet } from '#sim/sweep/pool-fleet.ts';
import { checkedRedisUrl, shownUrl } from '#sim/sweep/redis-connection.ts';
import { ResultsDirectory } from '#sim/sweep/results-directory.ts';
import { sourcesDigest } from '#sim/sweep/sources-file.ts';
import { startPool, type FlyingPool } from '#sim/sweep/start-pool.ts';
import { TRIES, type Told } from '#sim/sweep/sweep.ts';
import { SHORT, SWEEP } from './short-episodes.ts';

const faultOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof Fault) return `${error.code}: ${error.message}`;
    throw error;
  }
  return '';
};

const NO_MODEL = { modelDir: null, modelSignersHex: [] };

const verdictOf = (seed: number): SeedVerdict => ({
  seed,
  violations:
    seed % 2 === 0 ? [] : [{ invariant: 'I1', atMs: 1500, drones: [1, 2], detail: 'too near' }],
  simulatedMs: 60_000,
  ended: true,
  tasksDone: 3,
  flownHours: 0.02,
  digest: createHash('sha256').update(`${seed}`).digest('hex'),
  faults: ['12.0 s kill sysid 1, process "mind"'],
  kinds: ['kill'],
  abortDelaysMs: [],
  mission: 'search',
  drones: 3,
  planner: 'analytic',
  radio: 'P1',
  isCut: false,
});

const resultOf = (chunk: Chunk): ChunkResult => ({
  verdicts: seedsOf(chunk).map(verdictOf),
  wallS: 1,
});

const collect = () => {
  const flown: ChunkResult[] = [];
  const failed: string[] = [];
  const told: Told = {
    flown: (_chunk, result) => flown.push(result),
    failed: (chunk, why) => failed.push(`${chunk.first}..${chunk.last}: ${why}`),
    say: () => undefined,
  };
  return { flown, failed, told };
};

describe('chunks of a sweep', () => {
  it('hold every seed once, in order, whatever their size', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000),
        fc.nat(500),
        fc.integer({ min: 1, max: 700 }),
        (first, more, size) => {
          const chunks = chunksOf(SWEEP, SHORT, { first, last: first + more }, size);
          expect(chunks.flatMap(seedsOf)).toEqual(
            Array.from({ length: more + 1 }, (_, index) => first + index),
          );
          expect(new Set(chunks.map(chunkId)).size).toBe(chunks.length);
        },
      ),
    );
  });
});

describe('a chunk from a queue that others write to', () => {
  const [chunk] = chunksOf(
    SWEEP,
    { ...SHORT, learnedShare: 0.05, wholeShare: 0.2 },
    { first: 1, last: 2 },
    2,
  );

  it('is what it was when it was put in', () => {
    expect(chunkSchema.parse(JSON.parse(JSON.stringify(chunk)))).toEqual(chunk);
  });

  it('names no folder of a model and no signer: those are the worker’s own', () => {
    const learned = {
      share: 1,
      model: { modelDir: '/tmp/theirs', modelSignersHex: ['00'.repeat(32)] },
    };
    for (const more of [{ learned }, { modelDir: '/tmp/theirs' }, { model: learned.model }]) {
      const told = { ...chunk!, settings: { ...chunk!.settings, ...more } };
      expect(chunkSchema.safeParse(told).success).toBe(false);
    }
  });
});

describe('the directory of a sweep', () => {
  let path: string;
  const chunks = chunksOf(SWEEP, SHORT, { first: 1, last: 6 }, 2);
  beforeEach(() => {
    path = join(mkdtempSync(join(tmpdir(), 'skein-sweep-')), 'results');
  });
  afterEach(() => rmSync(path, { recursive: true, force: true }));

  it('keeps what was flown, for whoever opens it again', () => {
    new ResultsDirectory(path, SWEEP).keep(chunks[1]!, resultOf(chunks[1]!));
    const again = new ResultsDirectory(path, SWEEP);
    expect(chunks.map((chunk) => again.kept(chunk)?.verdicts.map(({ seed }) => seed))).toEqual([
      undefined,
      [3, 4],
      undefined,
    ]);
    expect(readdirSync(join(path, 'chunks'))).toEqual(['3-4.json']);
  });

  it('takes a damaged file, or one with other seeds, for not flown', () => {
    const directory = new ResultsDirectory(path, SWEEP);
    for (const chunk of chunks) directory.keep(chunk, resultOf(chunk));
    const name = (index: number): string =>
      join(path, 'chunks', readdirSync(join(path, 'chunks'))[index]!);
    writeFileSync(name(0), readFileSync(name(0)).subarray(0, 100));
    writeFileSync(name(1), readFileSync(name(2)));
    expect(chunks.map((chunk) => directory.kept(chunk) !== undefined)).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('refuses another sweep, and a directory of something else', () => {
    expect(new ResultsDirectory(path, SWEEP).path).toBe(path);
    expect(faultOf(() => new ResultsDirectory(path, 'feedfeedfeedfeed'))).toContain('sweep-mixed');
    writeFileSync(join(path, 'sweep.json'), 'no');
    expect(faultOf(() => new ResultsDirectory(path, SWEEP))).toContain('is not a sweep');
  });

  it.skipIf(!existsSync('/dev/full'))(
    'says so when it cannot write, and leaves nothing half',
    () => {
      const directory = new ResultsDirectory(path, SWEEP);
      rmSync(join(path, 'chunks'), { recursive: true });
      expect(faultOf(() => directory.keep(chunks[0]!, resultOf(chunks[0]!)))).toContain(
        'sweep-unwritable',
      );
      expect(readdirSync(path)).toEqual(['sweep.json']);
    },
  );

  it('gathers one row for each seed into Parquet that others read', async () => {
    const file = new ResultsDirectory(path, SWEEP).gather([1, 2, 3].map(verdictOf));
    const bytes = readFileSync(file);
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    });
    expect(rows.map(({ seed, invariants, violations }) => [seed, invariants, violations])).toEqual([
      [1, 'I1', 1],
      [2, '', 0],
      [3, 'I1', 1],
    ]);
    expect(rows[0]).toMatchObject({
      first_violation_ms: 1500,
      simulated_s: 60,
      ended: true,
      fault_kinds: 'kill',
      mission: 'search',
      drones: 3,
      planner: 'analytic',
      radio: 'P1',
      abort_delays_json: '[]',
      digest: verdictOf(1).digest,
    });
  });
});

describe('threads that fly chunks', () => {
  it('give each seed its verdict, the same on every thread', async () => {
    const fleet = poolFleet(startPool(2, NO_MODEL));
    const { flown, failed, told } = collect();
    const chunks = [
      ...chunksOf(SWEEP, SHORT, { first: 1, last: 2 }, 1),
      ...chunksOf(SWEEP, SHORT, { first: 1, last: 2 }, 2),
    ];
    await fleet.fly(chunks, told, new AbortController().signal);
    await fleet.close();
    expect(failed).toEqual([]);
    const digests = flown.flatMap(({ verdicts }) =>
      verdicts.map(({ seed, digest }) => `${seed} ${digest}`),
    );
    expect(digests).toHaveLength(4);
    expect(new Set(digests).size).toBe(2);
  }, 60_000);

  it('trust the signers of their own machine, and fly no model that those have not signed', async () => {
    const stranger = { modelDir: 'models/current', modelSignersHex: ['00'.repeat(32)] };
    const fleet = poolFleet(startPool(1, stranger));
    const { flown, failed, told } = collect();
    const settings = { ...SHORT, learnedShare: 1 };
    await fleet.fly(
      chunksOf(SWEEP, settings, { first: 1, last: 1 }, 1),
      told,
      new AbortController().signal,
    );
    await fleet.close();
    expect(flown).toEqual([]);
    expect(failed).toEqual([expect.stringMatching(/^1\.\.1: .*sign/u)]);
  });

  it('try a chunk again when its thread dies, and name one that kills every thread', async () => {
    const tries = new Map<number, number>();
    const pool: FlyingPool = {
      async fly(chunk) {
        const count = (tries.get(chunk.first) ?? 0) + 1;
        tries.set(chunk.first, count);
        if (chunk.first === 3 || (chunk.first === 1 && count === 1)) {
          throw new Error('Worker exited unexpectedly');
        }
        return resultOf(chunk);
      },
      close: async () => undefined,
    };
    const { flown, failed, told } = collect();
    const chunks = chunksOf(SWEEP, SHORT, { first: 1, last: 6 }, 2);
    await poolFleet(pool).fly(chunks, told, new AbortController().signal);
    expect(flown.flatMap(({ verdicts }) => verdicts.map(({ seed }) => seed)).sort()).toEqual([
      1, 2, 5, 6,
    ]);
    expect(failed).toEqual(['3..4: Worker exited unexpectedly']);
    expect(tries).toEqual(
      new Map([
        [1, 2],
        [3, TRIES],
        [5, 1],
      ]),
    );
  });
});

describe('what a sweep is told', () => {
  it('is an address of a Redis; its password is not shown', () => {
    expect(checkedRedisUrl('redis://127.0.0.1:6379')).toBe('redis://127.0.0.1:6379');
    for (const text of ['localhost:6379', 'http://host', 'redis://', '']) {
      expect(faultOf(() => checkedRedisUrl(text))).toContain(`--redis is "${text}"`);
    }
    expect(shownUrl('rediss://swarm:secret@host:6380/2')).toBe('rediss://swarm:***@host:6380/2');
  });

  it('flies with sources that have a digest, the same each time', () => {
    const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    expect(sourcesDigest(digest, NO_MODEL)).toBe(sourcesDigest(digest, NO_MODEL));
    const other = sourcesDigest(digest, { modelDir: 'models/current' });
    expect(other, 'another model flies other histories').not.toBe(sourcesDigest(digest, NO_MODEL));
  });
});
