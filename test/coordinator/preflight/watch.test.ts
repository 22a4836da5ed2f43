import { LocalPositionNed, SystemTime } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import { expect, test } from 'vitest';

import { Watch } from '#coordinator/preflight/watch.ts';
import type { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';

/** A session that has heard these, and nothing else. */
const heard = (
  nowMs: number,
  ...messages: MavLinkData[]
): Pick<VehicleSession, 'latest' | 'nowMs'> => ({
  nowMs,
  latest: <T extends MavLinkData>(kind: MavLinkDataConstructor<T>) => {
    const message = messages.find((one): one is T => one instanceof kind);
    return message === undefined ? undefined : { message, atMs: nowMs };
  },
});

const position = (timeBootMs: number): LocalPositionNed =>
  Object.assign(new LocalPositionNed(), { timeBootMs });

test('counts what came, and says nothing of rates that nobody asked for', () => {
  const watch = new Watch(0);
  for (let nowMs = 100; nowMs <= 2000; nowMs += 100) watch.sample(heard(nowMs, position(nowMs)));
  expect(watch.streams(false)).toEqual([]);
  expect(watch.streams(true)).toEqual([
    { name: 'LOCAL_POSITION_NED', wantedHz: 20, seenHz: 10 },
    { name: 'ATTITUDE', wantedHz: 20, seenHz: 0 },
    { name: 'GLOBAL_POSITION_INT', wantedHz: 10, seenHz: 0 },
  ]);
});

test('sees a clock that jumps, and one that wanders', () => {
  const steady = new Watch(0);
  const jumping = new Watch(0);
  const wandering = new Watch(0);
  for (let nowMs = 20; nowMs <= 2000; nowMs += 20) {
    steady.sample(heard(nowMs, position(5000 + nowMs)));
    jumping.sample(heard(nowMs, position((nowMs < 1000 ? 5000 : 90_000) + nowMs)));
    wandering.sample(heard(nowMs, position(5000 + nowMs + (nowMs % 400))));
  }
  const session = heard(2000);
  expect(steady.clock(session, 0)).toEqual({ unixOffsetMs: Number.NaN, jitterMs: 0, jumps: 0 });
  expect(jumping.clock(session, 0)).toMatchObject({ jumps: 1, jitterMs: 0 });
  expect(wandering.clock(session, 0).jitterMs).toBeGreaterThan(300);
});

test('compares dates where the vehicle knows one', () => {
  const unixMs = Date.UTC(2026, 5, 1);
  const dated = Object.assign(new SystemTime(), {
    timeUnixUsec: BigInt(unixMs + 7000) * 1000n,
  });
  expect(new Watch(0).clock(heard(2000, dated), unixMs).unixOffsetMs).toBe(7000);
  const undated = Object.assign(new SystemTime(), { timeUnixUsec: 0n });
  expect(new Watch(0).clock(heard(2000, undated), unixMs).unixOffsetMs).toBeNaN();
});
