import type { Chunk } from './chunk.ts';
import type { FlyingPool } from './start-pool.ts';
import { TRIES, type Fleet, type Told } from './sweep.ts';

/** A fleet of threads of this process. */
export const poolFleet = (pool: FlyingPool): Fleet => ({
  async fly(chunks, told, signal) {
    await Promise.all(chunks.map((chunk) => flyOne(pool, chunk, told, signal)));
  },
  close: () => pool.close(),
});

const flyOne = async (
  pool: FlyingPool,
  chunk: Chunk,
  told: Told,
  signal: AbortSignal,
): Promise<void> => {
  let why = '';
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const flown = await pool.fly(chunk, signal).catch((error: unknown) => {
      why = error instanceof Error ? error.message : String(error);
    });
    if (signal.aborted) return;
    if (flown !== undefined) return told.flown(chunk, flown);
    told.say(`seeds ${chunk.first}..${chunk.last}: ${why} (try ${attempt} of ${TRIES})`);
  }
  told.failed(chunk, why);
};
