import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

import { EXIT, Fault } from '#protocols/fault.ts';
import type { FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';
import type { SeedVerdict } from '#sim/fuzz/run-fuzz-episode.ts';
import { chunksOf, seedsOf, type Chunk, type ChunkSettings } from '#sim/sweep/chunk.ts';
import { poolFleet } from '#sim/sweep/pool-fleet.ts';
import { checkedRedisUrl } from '#sim/sweep/redis-connection.ts';
import { ResultsDirectory } from '#sim/sweep/results-directory.ts';
import { sourcesDigest } from '#sim/sweep/sources-file.ts';
import { startPool } from '#sim/sweep/start-pool.ts';
import { startRedisFleet } from '#sim/sweep/start-redis-fleet.ts';
import { workForRedis } from '#sim/sweep/start-redis-worker.ts';
import { chunksFailed, type Fleet } from '#sim/sweep/sweep.ts';
import type { Context } from './context.ts';
import { ownModel, parseSeeds } from './fuzz-options.ts';
import { fuzzSummary, summaryText, violationsOf, violationText } from './fuzz-summary.ts';

export interface SweepOptions {
  /** `A..B`, both included. */
  seeds: string;
  settings: FuzzSettings;
  chunk: number;
  /** Threads of this process; ignored with `redis`. */
  jobs: number | undefined;
  redis: string | undefined;
  out: string | undefined;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const MAX_CHUNK = 10_000;

/** Aborted by SIGINT and SIGTERM; a second one ends the process as usual. */
const stopSignal = (): AbortSignal => {
  const stopper = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopper.abort());
  return stopper.signal;
};

/**
 * `skein sweep`: flies the episodes of many seeds on threads of this machine or, by a queue in Redis,
 * on many machines; keeps what was flown, goes on where it was, and gathers all into one Parquet table.
 */
export const runSweep = async (context: Context, options: SweepOptions): Promise<number> => {
  const { settings, chunk: size } = options;
  if (size > MAX_CHUNK) {
    throw new Fault('usage', `--chunk is ${size}: ${MAX_CHUNK} seeds at most are flown at a time`, {
      data: { option: '--chunk', value: size },
      exit: 'usage',
    });
  }
  // Where the model lies, and who signed it, is for each machine to say.
  const { learned, ...others } = settings;
  const shared: ChunkSettings = {
    ...others,
    ...(learned === undefined ? {} : { learnedShare: learned.share }),
  };
  const seeds = parseSeeds(options.seeds);
  const range = { first: seeds[0]!, last: seeds.at(-1)! };
  const model = ownModel();
  const sources = sourcesDigest(sha256, model);
  // The chunk's size too: chunks of another size are other files.
  const sweep = sha256(Buffer.from(JSON.stringify([sources, size, shared]))).slice(0, 16);
  const directory = new ResultsDirectory(resolve(options.out ?? `.skein/sweep-${sweep}`), sweep);
  const signal = stopSignal();
  const flown = new Map<number, SeedVerdict[]>();
  const waiting: Chunk[] = [];
  for (const chunk of chunksOf(sweep, shared, range, size)) {
    const kept = directory.kept(chunk);
    if (kept === undefined) waiting.push(chunk);
    else flown.set(chunk.first, kept.verdicts);
  }
  if (flown.size > 0) context.output.say(`${flown.size} chunks were flown before and are kept`);
  const failed =
    waiting.length === 0
      ? []
      : await flyAll(context, options, sources, waiting, {
          signal,
          keep: (chunk, result) => {
            directory.keep(chunk, result);
            flown.set(chunk.first, result.verdicts);
            return flown.size;
          },
        });
  const verdicts = [...flown].sort(([a], [b]) => a - b).flatMap(([, some]) => some);
  const table = directory.gather(verdicts);
  const summary = fuzzSummary(verdicts);
  const isWhole = verdicts.length === seeds.length;
  context.output.data({ ...summary, sweep, seeds: seeds.length, table }, () =>
    [
      summaryText(summary),
      ...(isWhole ? [] : [`${verdicts.length} of ${seeds.length} seeds were flown`]),
      `table: ${table}`,
    ].join('\n'),
  );
  if (signal.aborted) {
    context.output.say('The same command goes on from here.');
    return EXIT.interrupted;
  }
  if (failed.length > 0) throw chunksFailed(failed);
  return summary.violations.length === 0 ? EXIT.ok : EXIT.failed;
};

interface FlyingParts {
  signal: AbortSignal;
  /** Answers how many chunks are there by now. */
  keep(chunk: Chunk, result: { verdicts: SeedVerdict[]; wallS: number }): number;
}

const flyAll = async (
  { output }: Context,
  { jobs, redis }: SweepOptions,
  sources: string,
  chunks: readonly Chunk[],
  { signal, keep }: FlyingParts,
): Promise<{ chunk: Chunk; why: string }[]> => {
  const fleet: Fleet =
    redis === undefined
      ? poolFleet(startPool(jobs ?? availableParallelism(), ownModel()))
      : await startRedisFleet({ url: checkedRedisUrl(redis), sources });
  const failed: { chunk: Chunk; why: string }[] = [];
  let done = 0;
  try {
    await fleet.fly(
      chunks,
      {
        flown: (chunk, result) => {
          keep(chunk, result);
          done += 1;
          for (const verdict of result.verdicts)
            for (const one of violationsOf(verdict)) output.say(violationText(one));
          output.say(
            `${done}/${chunks.length} chunks: seeds ${chunk.first}..${chunk.last}, ${seedsOf(chunk).length} episodes in ${result.wallS.toFixed(1)} s`,
          );
        },
        failed: (chunk, why) => failed.push({ chunk, why }),
        say: (line) => output.say(line),
      },
      signal,
    );
  } finally {
    await fleet.close();
  }
  return failed;
};

/** `skein sweep work`: flies chunks of whatever sweep waits in the queue, until it is stopped. */
export const runSweepWork = async (
  { output }: Context,
  options: { redis: string; jobs: number | undefined; leaseS: number; model: string },
): Promise<number> => {
  const model = ownModel(options.model);
  await workForRedis(
    {
      url: checkedRedisUrl(options.redis),
      sources: sourcesDigest(sha256, model),
      model,
      jobs: options.jobs ?? availableParallelism(),
      leaseMs: 1000 * options.leaseS,
      say: (line) => output.say(line),
    },
    stopSignal(),
  );
  return EXIT.ok;
};
