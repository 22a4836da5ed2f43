import { Attitude, LocalPositionNed, SystemTime } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import { GlobalPositionInt } from 'mavlink-mappings/dist/lib/standard.js';
import type { ClockState, LinkState } from '#agent/pilot/preflight/input.ts';
import type { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';

type Timed = Attitude | LocalPositionNed | GlobalPositionInt;

/** What the guard runs on, at the rates that the pilot asks for, Hz. */
export const GUARD_STREAMS: readonly {
  kind: MavLinkDataConstructor<Timed>;
  name: string;
  hz: number;
}[] = [
  { kind: LocalPositionNed, name: 'LOCAL_POSITION_NED', hz: 20 },
  { kind: Attitude, name: 'ATTITUDE', hz: 20 },
  { kind: GlobalPositionInt, name: 'GLOBAL_POSITION_INT', hz: 10 },
];

/** Time since boot that moves against ours by more than this between two messages has jumped, ms. */
const JUMP_MS = 1000;

/** Before 2020 a clock has not been set. */
const FIRST_DATE_MS = Date.UTC(2020);

/** Share of the offsets at either end that a stall of this machine may have made. */
const OUTLIERS = 0.05;

/** Watches streams and clock of one vehicle for some seconds: call {@link Watch.sample} often. */
export class Watch {
  readonly #beganMs: number;
  readonly #counts = GUARD_STREAMS.map(() => 0);
  readonly #seenMs = GUARD_STREAMS.map(() => Number.NEGATIVE_INFINITY);
  /** time_boot_ms minus our time, of every message. */
  readonly #offsetsMs: number[] = [];
  #lastOffsetMs: number | undefined;
  #jumps = 0;
  #endMs: number;

  constructor(nowMs: number) {
    this.#beganMs = nowMs;
    this.#endMs = nowMs;
  }

  sample(session: Pick<VehicleSession, 'latest' | 'nowMs'>): void {
    this.#endMs = session.nowMs;
    for (const [index, { kind }] of GUARD_STREAMS.entries()) {
      const heard = session.latest(kind);
      if (heard === undefined || heard.atMs === this.#seenMs[index]) continue;
      this.#seenMs[index] = heard.atMs;
      this.#counts[index]! += 1;
      this.#note(heard.message.timeBootMs - heard.atMs);
    }
  }

  #note(offsetMs: number): void {
    const last = this.#lastOffsetMs;
    this.#lastOffsetMs = offsetMs;
    if (last !== undefined && Math.abs(offsetMs - last) > JUMP_MS) {
      this.#jumps += 1;
      this.#offsetsMs.length = 0;
    }
    this.#offsetsMs.push(offsetMs);
  }

  /** @param asked whether the streams were asked for: else their rates say nothing of the link. */
  streams(asked: boolean): LinkState['streams'] {
    if (!asked) return [];
    const seconds = Math.max(0.001, (this.#endMs - this.#beganMs) / 1000);
    return GUARD_STREAMS.map(({ name, hz }, index) => ({
      name,
      wantedHz: hz,
      seenHz: this.#counts[index]! / seconds,
    }));
  }

  /** @param unixMs our own date at the session's present time. */
  clock(session: Pick<VehicleSession, 'latest' | 'nowMs'>, unixMs: number): ClockState {
    const heard = session.latest(SystemTime);
    const theirsMs = heard === undefined ? 0 : Number(heard.message.timeUnixUsec / 1000n);
    const oursMs = unixMs - (session.nowMs - (heard?.atMs ?? session.nowMs));
    return {
      unixOffsetMs: theirsMs < FIRST_DATE_MS ? Number.NaN : theirsMs - oursMs,
      jitterMs: spreadOf(this.#offsetsMs),
      jumps: this.#jumps,
    };
  }
}

const spreadOf = (values: readonly number[]): number => {
  if (values.length < 10) return Number.NaN;
  const sorted = [...values].sort((one, other) => one - other);
  const cut = Math.floor(OUTLIERS * sorted.length);
  return sorted[sorted.length - 1 - cut]! - sorted[cut]!;
};
