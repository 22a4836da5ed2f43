import { fileURLToPath } from 'node:url';

import { Tinypool } from 'tinypool';

import type { PlannerModel } from '#agent/mind/plan/open-planner.ts';
import type { Chunk, ChunkResult } from './chunk.ts';
import type { Flight } from './worker.ts';

export interface FlyingPool {
  /** Rejects with 'AbortError' when `signal` says stop, or when the thread died. */
  fly(chunk: Chunk, signal?: AbortSignal): Promise<ChunkResult>;
  close(): Promise<void>;
}

/** Threads of this process that fly chunks, one each, and the learned ones among their seeds with `model`. */
export const startPool = (jobs: number, model: PlannerModel): FlyingPool => {
  const pool = new Tinypool({
    filename: fileURLToPath(new URL('worker.ts', import.meta.url)),
    minThreads: jobs,
    maxThreads: jobs,
  });
  return {
    fly: (chunk, signal) =>
      pool.run({ chunk, model } satisfies Flight, {
        name: 'flyChunk',
        ...(signal === undefined ? {} : { signal }),
      }) as Promise<ChunkResult>,
    close: () => pool.destroy(),
  };
};
