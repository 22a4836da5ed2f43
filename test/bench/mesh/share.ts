import type { Random } from '#protocols/random.ts';
import { quantile } from '../bench.ts';

export interface Share {
  share: number;
  /** 95 % interval. */
  low: number;
  high: number;
}

const RESAMPLES = 1000;

/**
 * The share of hits over all blocks. Within a block hits hang together (one lost packet carries several
 * words, one stalled process delays all of a second), so the interval is that of a bootstrap over whole
 * blocks, not over single hits.
 */
export const shareOf = (blocks: readonly { hits: number; of: number }[], random: Random): Share => {
  const shareIn = (some: readonly { hits: number; of: number }[]): number =>
    some.reduce((sum, { hits }) => sum + hits, 0) / some.reduce((sum, { of }) => sum + of, 0);
  const pick = (): { hits: number; of: number } =>
    blocks[Math.floor(random.uniform() * blocks.length)]!;
  const resampled = Array.from({ length: RESAMPLES }, () => shareIn(blocks.map(pick)));
  return {
    share: shareIn(blocks),
    low: quantile(resampled, 0.025),
    high: quantile(resampled, 0.975),
  };
};
