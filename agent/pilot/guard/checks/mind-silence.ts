import type { Watch } from '../check.ts';

/** A mind that was killed is back within a second or two; one that is away for this long is not coming. */
const MIND_LOST_MS = 15_000;

/** The lost-mind policy: hold by the stale plan first, then go home. */
export const mindSilence: Watch = {
  name: 'mind-lost',
  assess: ({ nowMs, mindHeardMs }) => (nowMs - mindHeardMs > MIND_LOST_MS ? 'return' : 'pass'),
};
