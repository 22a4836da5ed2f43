import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Fault } from '#protocols/fault.ts';
import { chunksOf, seedsOf, type Chunk, type ChunkResult } from '#sim/sweep/chunk.ts';
import { poolFleet } from '#sim/sweep/pool-fleet.ts';
import { sourcesDigest } from '#sim/sweep/sources-file.ts';
import { startPool } from '#sim/sweep/start-pool.ts';
import { startRedisFleet } from '#sim/sweep/start-redis-fleet.ts';
import type { Fleet } from '#sim/sweep/sweep.ts';
import { SHORT, SWEEP } from './short-episodes.ts';

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
const SOON = { timeout: 40_000, interval: 50 };
const MODEL = { modelDir: 'models/current', modelSignersHex: [] };
const sources = sourcesDigest((bytes) => createHash('sha256').update(bytes).digest('hex'), MODEL);

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const fly = async (fleet: Fleet, chunks: readonly Chunk[], signal: AbortSignal) => {
  const results = new Map<number, ChunkResult>();
  const said: string[] = [];
  const failed: string[] = [];
  await fleet.fly(
    chunks,
    {
      flown: (chunk, result) => {
        expect(results.has(chunk.first), 'a chunk is told once').toBe(false);
        results.set(chunk.first, result);
      },
      failed: (_chunk, why) => failed.push(why),
      say: (line) => said.push(line),
    },
    signal,
  );
  return { results, said, failed };
};

const digestsOf = (results: ReadonlyMap<number, ChunkResult>): string[] =>
  [...results]
    .sort(([a], [b]) => a - b)
    .flatMap(([, { verdicts }]) => verdicts.map(({ seed, digest }) => `${seed} ${digest}`));

describe.skipIf(!hasRedis)(
  'a sweep by Redis (skipped without: apt-get install redis-server)',
  () => {
    let directory: string;
    let port: number;
    let url: string;
    let redis: ChildProcess;
    const children: ChildProcess[] = [];
    const never = new AbortController().signal;

    const startRedis = async (): Promise<void> => {
      // Each command on the disk before it is answered: a Redis that is killed has lost nothing.
      const options = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
      redis = spawn(
        'redis-server',
        ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory, ...options],
        { stdio: 'ignore' },
      );
      await vi.waitFor(() => {
        const { stdout } = spawnSync('redis-cli', ['-p', `${port}`, 'ping'], { encoding: 'utf8' });
        expect(stdout.trim()).toBe('PONG');
      }, SOON);
    };

    /** A worker as on another machine, with what it has said. */
    const startWorker = (): { child: ChildProcess; lines: () => string } => {
      const child = spawn(
        process.execPath,
        ['coordinator/cli.ts', 'sweep', 'work', '--redis', url, '--jobs', '1', '--lease', '2'],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      children.push(child);
      let text = '';
      child.stderr!.on('data', (bytes: Buffer) => (text += bytes.toString()));
      return { child, lines: () => text };
    };

    beforeEach(async () => {
      directory = mkdtempSync(join(tmpdir(), 'skein-redis-'));
      port = await freePort();
      url = `redis://127.0.0.1:${port}`;
      await startRedis();
    });

    afterEach(async () => {
      for (const child of [...children.splice(0), redis]) child.kill('SIGKILL');
      await wait(100);
      rmSync(directory, { recursive: true, force: true });
    });

    it('loses nothing when a worker is killed in the middle of a chunk', async () => {
      const chunks = chunksOf(
        SWEEP,
        { ...SHORT, drones: 2, untilMs: 20_000 },
        { first: 1, last: 6 },
        2,
      );
      const [doomed, other] = [startWorker(), startWorker()];
      const killed = (async () => {
        await vi.waitFor(() => expect(doomed.lines()).toContain('flying seeds'), SOON);
        await wait(100);
        doomed.child.kill('SIGKILL');
        return doomed.lines();
      })();
      const fleet = await startRedisFleet({ url, sources });
      const { results, failed } = await fly(fleet, chunks, never);
      await fleet.close();
      expect(failed).toEqual([]);
      expect([...results.keys()].sort()).toEqual([1, 3, 5]);
      const begun = [...(await killed).matchAll(/flying seeds (\d+)/gu)].map(([, seed]) =>
        Number(seed),
      );
      const ended = [...(await killed).matchAll(/flew \S+-(\d+)-\d+/gu)].map(([, seed]) =>
        Number(seed),
      );
      const lost = begun.find((seed) => !ended.includes(seed));
      expect(lost, 'it was killed in a chunk').toBeDefined();
      expect(other.lines(), 'the other has flown it').toContain(`flying seeds ${lost}`);
      expect(failed).toEqual([]);
      expect([...results.keys()].sort()).toEqual([1, 3, 5]);

      const here = poolFleet(startPool(1, MODEL));
      const alone = await fly(here, chunks.slice(0, 1), never);
      await here.close();
      expect(digestsOf(results).slice(0, 2), 'the same histories as in one process').toEqual(
        digestsOf(alone.results),
      );
    }, 120_000);

    it('goes on when Redis comes back, with what was in it', async () => {
      const chunks = chunksOf(SWEEP, SHORT, { first: 1, last: 6 }, 1);
      const worker = startWorker();
      const fleet = await startRedisFleet({ url, sources });
      const flying = fly(fleet, chunks, never);
      await vi.waitFor(() => expect(worker.lines()).toContain('flew '), SOON);
      redis.kill('SIGKILL');
      await wait(1500);
      await startRedis();
      const { results, said, failed } = await flying;
      await fleet.close();
      expect(failed).toEqual([]);
      expect(
        [...results.values()].flatMap(({ verdicts }) => verdicts.map(({ seed }) => seed)).sort(),
      ).toEqual(chunks.flatMap(seedsOf));
      expect(said.join('\n')).toContain('Redis does not answer; trying again\nRedis answers again');
    }, 120_000);

    it('gives up on a Redis that stays away, and says what to do', async () => {
      const fleet = await startRedisFleet({ url, sources, patienceMs: 1500 });
      const flying = fly(fleet, chunksOf(SWEEP, SHORT, { first: 1, last: 2 }, 1), never);
      const outcome = flying.catch((error: unknown) => error);
      await wait(500);
      redis.kill('SIGKILL');
      const error = await outcome;
      await fleet.close();
      expect(error).toBeInstanceOf(Fault);
      expect((error as Fault).code).toBe('redis-lost');
      expect((error as Fault).remedy).toContain('what was flown is kept');
    }, 60_000);

    it('finds none, and says so at once', async () => {
      redis.kill('SIGKILL');
      await wait(200);
      const outcome = await startRedisFleet({ url, sources, patienceMs: 500 }).catch(
        (error: unknown) => error,
      );
      expect((outcome as Fault).code).toBe('redis-lost');
    }, 30_000);
  },
);
