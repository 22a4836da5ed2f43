import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  countersToStore,
  parseCounters,
  resumeCounters,
  type Counters,
} from '#protocols/gossip/counters.ts';

describe('boot epoch and sequence', () => {
  it('only ever move forward, whenever the process is killed and whatever the clock says', () => {
    const life = fc.record({
      messages: fc.integer({ min: 0, max: 9000 }),
      unixS: fc.integer({ min: 0, max: 2_000_000_000 }),
      flight: fc.option(fc.integer({ min: 0, max: 2_000_000_000 }), { nil: undefined }),
    });
    const story = fc.property(fc.array(life, { maxLength: 12 }), (lives) => {
      let stored: Counters | undefined;
      let last = { bootEpoch: -1, sequence: 0 };
      for (const { messages, unixS, flight } of lives) {
        const current = resumeCounters(stored, flight, unixS);
        for (let sent = 0; sent < messages; sent += 1) {
          stored = countersToStore(stored, current) ?? stored;
          current.sequence += 1;
          const isForward =
            current.bootEpoch > last.bootEpoch ||
            (current.bootEpoch === last.bootEpoch && current.sequence > last.sequence);
          if (!isForward) return false;
          last = { ...current };
        }
      }
      return true;
    });
    expect(fc.check(story, { numRuns: 60 }).failed).toBe(false);
  });

  it('follow the flight: a restart within it counts on, a new flight begins anew', () => {
    const stored = countersToStore(undefined, { bootEpoch: 700, sequence: 5 });
    expect(resumeCounters(stored, 700, 0)).toEqual({ bootEpoch: 700, sequence: 4101 });
    expect(resumeCounters(stored, 800, 0)).toEqual({ bootEpoch: 800, sequence: 0 });
    expect(resumeCounters(stored, 600, 0)).toEqual({ bootEpoch: 701, sequence: 0 });
    expect(resumeCounters(undefined, undefined, 123.7)).toEqual({ bootEpoch: 123, sequence: 0 });
  });

  it('are read from a file that holds them, and from no other', () => {
    expect(parseCounters('{"bootEpoch":3,"reservedSequence":9}')).toEqual({
      bootEpoch: 3,
      reservedSequence: 9,
    });
    for (const text of [
      '',
      'null',
      '{}',
      '{"bootEpoch":-1,"reservedSequence":9}',
      '{"bootEpoch":3',
    ]) {
      expect(parseCounters(text)).toBeUndefined();
    }
  });
});
