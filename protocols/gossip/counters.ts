/**
 * The two numbers that must never go back for one author. Sequence numbers are reserved in blocks, so
 * that a process that is killed skips some instead of using one twice.
 */
export interface Counters {
  bootEpoch: number;
  /** No number at or above this has been used in this boot epoch. */
  reservedSequence: number;
}

const BLOCK = 4096;

/** Where to go on after a start. */
export interface Resumed {
  bootEpoch: number;
  sequence: number;
}

/**
 * `bootEpoch`: that of the flight, from the supervisor, if there is one: a process that is restarted
 * within a flight goes on counting. Otherwise every start is a boot of its own. `unixS` starts the
 * count where none is stored; an epoch smaller than a stored one is never taken, whatever the clock says.
 */
export const resumeCounters = (
  stored: Counters | undefined,
  bootEpoch: number | undefined,
  unixS: number,
): Resumed => {
  if (stored === undefined) return { bootEpoch: bootEpoch ?? Math.floor(unixS), sequence: 0 };
  if (bootEpoch === stored.bootEpoch) return { bootEpoch, sequence: stored.reservedSequence };
  const next = stored.bootEpoch + 1;
  return { bootEpoch: Math.max(next, bootEpoch ?? next), sequence: 0 };
};

/** The counters to store now, or undefined while what is stored still covers what will be used soon. */
export const countersToStore = (
  stored: Counters | undefined,
  current: Resumed,
): Counters | undefined => {
  const covered =
    stored?.bootEpoch === current.bootEpoch &&
    current.sequence + BLOCK / 4 < stored.reservedSequence;
  if (covered) return undefined;
  return { bootEpoch: current.bootEpoch, reservedSequence: current.sequence + BLOCK };
};

const isCount = (number: unknown): number is number =>
  Number.isInteger(number) && Number(number) >= 0 && Number(number) < 2 ** 32;

/** Undefined for anything but what {@link Counters} says. */
export const parseCounters = (text: string): Counters | undefined => {
  try {
    const value = JSON.parse(text) as Partial<Counters> | null;
    const { bootEpoch, reservedSequence } = value ?? {};
    return isCount(bootEpoch) && isCount(reservedSequence)
      ? { bootEpoch, reservedSequence }
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};
