import type { Aspect, Difference } from './compare/comparison.ts';

export interface KnownDifference {
  id: string;
  /** Recordings by name; where left out, any. */
  recordings?: readonly string[];
  aspect: Aspect;
  /** Matches the keys of the differences that it explains. */
  key: RegExp;
  what: string;
  reason: string;
}

const notBuilt = (aspect: Aspect): KnownDifference => ({
  id: `${aspect}-not-built`,
  aspect,
  key: /./u,
  what: `${aspect}: see the report`,
  reason: 'not built yet',
});

/** What is known to differ from the recorded PX4, and why. */
const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  notBuilt('ack'),
  notBuilt('state'),
  notBuilt('landed'),
  notBuilt('stream'),
  notBuilt('parameter'),
  notBuilt('mission'),
  notBuilt('text'),
  notBuilt('event'),
  notBuilt('trajectory'),
];

/** The entry that explains a difference. */
export const explain = (recording: string, difference: Difference): KnownDifference | undefined =>
  KNOWN_DIFFERENCES.find(
    ({ recordings, aspect, key }) =>
      aspect === difference.aspect &&
      (recordings === undefined || recordings.includes(recording)) &&
      key.test(difference.key),
  );
