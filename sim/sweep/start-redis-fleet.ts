import { setTimeout as wait } from 'node:timers/promises';

import { Queue, type Job } from 'bullmq';
import { Redis } from 'ioredis';

import { chunkId, chunkResultSchema, isResultOf, type Chunk } from './chunk.ts';
import { ASKING, FIRST_ANSWER_MS, PATIENCE_MS, queueName, redisLost } from './redis-connection.ts';
import { TRIES, type Fleet, type Told } from './sweep.ts';

const POLL_MS = 300;
/** Results fetched at a time. */
const PAGE = 50;
/** After this long without a worker somebody is told. */
const LONELY_MS = 10_000;

export interface RedisFleetOptions {
  url: string;
  sources: string;
  /** How long without an answer until a sweep gives up, ms. */
  patienceMs?: number;
}

/**
 * Many machines by a queue in Redis. A chunk stays in the queue until its result is kept here, so that
 * neither a worker nor this process can lose one. Throws Fault 'redis-lost'.
 */
export const startRedisFleet = async ({
  url,
  sources,
  patienceMs = PATIENCE_MS,
}: RedisFleetOptions): Promise<Fleet> => {
  // Ours, not the queue's: its own cannot be ended while it has not begun.
  const redis = new Redis(url, ASKING);
  let trouble: unknown = new Error('it did not answer in time');
  // Said where a call fails; without a listener it would end the process.
  redis.on('error', (error) => (trouble = error));
  const isReady = await Promise.race([
    new Promise<boolean>((resolve) => {
      redis.once('ready', () => resolve(true));
    }),
    wait(Math.min(FIRST_ANSWER_MS, patienceMs)).then(() => false),
  ]);
  if (!isReady) {
    redis.disconnect();
    throw redisLost(url, trouble);
  }
  const queue = new Queue<Chunk, unknown>(queueName(sources), { connection: redis });
  queue.on('error', (error) => (trouble = error));
  return new RedisFleet({ redis, queue, url, patienceMs });
};

interface FleetParts {
  redis: Redis;
  queue: Queue<Chunk, unknown>;
  url: string;
  patienceMs: number;
}

class RedisFleet implements Fleet {
  readonly #redis: Redis;
  readonly #queue: Queue<Chunk, unknown>;
  readonly #url: string;
  readonly #patienceMs: number;

  constructor({ redis, queue, url, patienceMs }: FleetParts) {
    this.#redis = redis;
    this.#queue = queue;
    this.#url = url;
    this.#patienceMs = patienceMs;
  }

  async fly(chunks: readonly Chunk[], told: Told, signal: AbortSignal): Promise<void> {
    const open = new Map(chunks.map((chunk) => [chunkId(chunk), chunk]));
    const round = new Rounds(this.#url, this.#patienceMs, told);
    // A chunk that is in the queue already is not added twice: its id is the same.
    await round.answered(() => this.#add(chunks), signal);
    let lonelyMs = 0;
    while (open.size > 0 && !signal.aborted) {
      const workers = await round.answered(async () => {
        await this.#collect(open, told);
        return this.#queue.getWorkersCount();
      }, signal);
      lonelyMs = workers === 0 ? lonelyMs + POLL_MS : 0;
      if (lonelyMs >= LONELY_MS) {
        lonelyMs = 0;
        told.say(
          `${open.size} chunks wait, and no worker with these sources: skein sweep work --redis URL`,
        );
      }
      if (open.size > 0) await wait(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
    if (signal.aborted) await this.#withdraw(open);
  }

  async close(): Promise<void> {
    // Its closing waits for an answer that may never come.
    await Promise.race([this.#queue.close().catch(() => undefined), wait(2000)]);
    this.#redis.disconnect();
  }

  async #add(chunks: readonly Chunk[]): Promise<void> {
    await this.#queue.addBulk(
      chunks.map((chunk) => ({
        name: 'chunk',
        data: chunk,
        opts: {
          jobId: chunkId(chunk),
          attempts: TRIES,
          backoff: { type: 'fixed', delay: 1000 },
        },
      })),
    );
  }

  /** Results are kept first and leave the queue then. */
  async #collect(open: Map<string, Chunk>, told: Told): Promise<void> {
    for (const [id, job] of await this.#ended('completed', open)) {
      const chunk = open.get(id)!;
      const result = chunkResultSchema.safeParse(job.returnvalue);
      if (result.success && isResultOf(chunk, result.data)) told.flown(chunk, result.data);
      else told.failed(chunk, 'its result is none: something else writes to this queue');
      open.delete(id);
      await job.remove();
    }
    for (const [id, job] of await this.#ended('failed', open)) {
      told.failed(open.get(id)!, job.failedReason.slice(0, 500));
      open.delete(id);
      await job.remove();
    }
  }

  /** Those of this sweep; another's, with the same sources, may wait in between. */
  async #ended(
    state: 'completed' | 'failed',
    open: ReadonlyMap<string, Chunk>,
  ): Promise<[string, Job<Chunk, unknown>][]> {
    const ours: [string, Job<Chunk, unknown>][] = [];
    for (let start = 0; ; start += PAGE) {
      const jobs = await this.#queue.getJobs([state], start, start + PAGE - 1);
      for (const job of jobs) {
        const id = job?.id;
        if (id !== undefined && open.has(id)) ours.push([id, job]);
      }
      if (jobs.length < PAGE) return ours;
    }
  }

  /** What nobody has begun leaves the queue; what is being flown ends, and is there for the next time. */
  async #withdraw(open: ReadonlyMap<string, Chunk>): Promise<void> {
    const waiting = await this.#queue.getJobs(['waiting', 'delayed']).catch(() => []);
    for (const job of waiting) {
      if (job?.id !== undefined && open.has(job.id)) await job.remove().catch(() => undefined);
    }
  }
}

/** Asks again while Redis does not answer, and gives up after a while. */
class Rounds {
  readonly #url: string;
  readonly #patienceMs: number;
  readonly #told: Told;

  constructor(url: string, patienceMs: number, told: Told) {
    this.#url = url;
    this.#patienceMs = patienceMs;
    this.#told = told;
  }

  /** Undefined when it was stopped. */
  async answered<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    let sinceMs: number | undefined;
    while (!signal.aborted) {
      try {
        const answer = await ask();
        if (sinceMs !== undefined) this.#told.say('Redis answers again');
        return answer;
      } catch (error) {
        if (!isConnectionTrouble(error)) throw error;
        const nowMs = performance.now();
        if (sinceMs === undefined) this.#told.say('Redis does not answer; trying again');
        sinceMs ??= nowMs;
        if (nowMs - sinceMs > this.#patienceMs) throw redisLost(this.#url, error);
        await wait(POLL_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }
}

const TROUBLES =
  /ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOST|ENET|Connection is closed|max retries|MaxRetries|LOADING|Stream isn't writeable/u;

const isConnectionTrouble = (error: unknown): boolean =>
  error instanceof Error &&
  TROUBLES.test(`${error.name} ${error.message} ${(error as NodeJS.ErrnoException).code ?? ''}`);
