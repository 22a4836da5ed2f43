import { Fault } from '#protocols/fault.ts';
import type { Chunk, ChunkResult } from './chunk.ts';

/** Whoever gets chunks flown: threads of this machine, or many machines by a queue. */
export interface Fleet {
  /**
   * Tells each result as it comes; a chunk that cannot be flown, after retries, is told as failed and
   * the others go on. Resolves when all were told or `signal` stopped it.
   */
  fly(chunks: readonly Chunk[], told: Told, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface Told {
  flown(chunk: Chunk, result: ChunkResult): void;
  failed(chunk: Chunk, why: string): void;
  /** For the person who waits. */
  say(line: string): void;
}

/** Times that a chunk is tried before it is given up. */
export const TRIES = 3;

/** What a sweep throws when some of its chunks could not be flown. */
export const chunksFailed = (failed: readonly { chunk: Chunk; why: string }[]): Fault => {
  const ranges = failed.map(({ chunk }) => `${chunk.first}..${chunk.last}`);
  return new Fault(
    'sweep-incomplete',
    `${failed.length} chunks could not be flown, each tried ${TRIES} times: seeds ${ranges.join(', ')} (${failed[0]!.why})`,
    {
      data: { chunks: failed.length, seeds: ranges.join(','), why: failed[0]!.why },
      remedy: `Fly them alone to see why: skein sim fuzz --seeds ${ranges[0]!} with the same options.`,
    },
  );
};
