import { Worker } from 'bullmq';
import { Redis } from 'ioredis';

import type { PlannerModel } from '#agent/mind/plan/open-planner.ts';
import { chunkId, chunkSchema, type Chunk, type ChunkResult } from './chunk.ts';
import { FIRST_ANSWER_MS, queueName, redisLost, WAITING } from './redis-connection.ts';
import { startPool } from './start-pool.ts';

export interface RedisWorkerOptions {
  url: string;
  sources: string;
  /** Threads: chunks at a time. */
  jobs: number;
  /** What flies the learned ones: this machine's own, whatever is in the queue. */
  model: PlannerModel;
  /** A chunk whose worker gives no sign of life for so long goes to another, ms. */
  leaseMs: number;
  say(line: string): void;
}

/** Times that a chunk may lose its worker before it is a chunk that kills workers. */
const MAX_DEATHS = 4;

/**
 * Flies chunks from a queue in Redis until `signal` says stop; then ends those under way. The threads
 * fly, so that this one is free to say that it lives. Throws Fault 'redis-lost' when there is none at
 * the start; later it waits for it.
 */
export const workForRedis = async (
  { url, sources, jobs, model, leaseMs, say }: RedisWorkerOptions,
  signal: AbortSignal,
): Promise<void> => {
  const redis = new Redis(url, WAITING);
  let trouble: unknown = new Error('it did not answer in time');
  redis.on('error', (error) => (trouble = error));
  if (!(await answers(redis))) {
    redis.disconnect();
    throw redisLost(url, trouble);
  }
  const pool = startPool(jobs, model);
  const worker = new Worker<Chunk, ChunkResult>(
    queueName(sources),
    async ({ data }) => {
      const chunk = chunkSchema.parse(data);
      say(`flying seeds ${chunk.first}..${chunk.last}`);
      return pool.fly(chunk);
    },
    {
      connection: redis,
      concurrency: jobs,
      lockDuration: leaseMs,
      stalledInterval: leaseMs / 2,
      maxStalledCount: MAX_DEATHS,
    },
  );
  let isLost = false;
  worker.on('error', (error) => {
    if (!isLost) say(`no answer from Redis (${error.message}); waiting for it`);
    isLost = true;
  });
  worker.on('ready', () => {
    if (isLost) say('Redis answers again');
    isLost = false;
  });
  worker.on('completed', ({ data }) => say(`flew ${chunkId(data)}`));
  worker.on('failed', (job, error) => say(`${job?.id ?? 'a chunk'} failed: ${error.message}`));
  say(`waiting for chunks, ${jobs} at a time`);
  await stopped(signal);
  say('ending what is being flown');
  await worker.close(isLost);
  await pool.close();
  redis.disconnect();
};

const answers = (redis: Redis): Promise<boolean> =>
  Promise.race([
    new Promise<boolean>((resolve) => {
      redis.once('ready', () => resolve(true));
    }),
    new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), FIRST_ANSWER_MS).unref();
    }),
  ]);

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
