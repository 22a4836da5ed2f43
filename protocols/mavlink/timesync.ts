import { TimeSync } from 'mavlink-mappings/dist/lib/common.js';
import type { Component } from './command.ts';
import type { Frame } from './framer.ts';

interface TimesyncLimits {
  /** Between questions until the estimate stands, and afterwards. */
  fastMs: number;
  slowMs: number;
  /** Samples that make an estimate stand, and that are kept. */
  window: number;
  /** Questions whose answers may be under way. */
  open: number;
  /** Samples in a row beyond their own error that make the estimate begin anew: the vehicle rebooted. */
  outliers: number;
}

const DEFAULT_LIMITS: TimesyncLimits = {
  fastMs: 100,
  slowMs: 1000,
  window: 16,
  open: 32,
  outliers: 4,
};

export interface ClockOffset {
  /** The vehicle's time since boot minus our monotonic time, ms. */
  offsetMs: number;
  /** Half of the best round trip: the offset cannot be wrong by more, but for the clocks' drift. */
  errorMs: number;
  /** Of the best sample. */
  roundTripMs: number;
  samples: number;
}

interface Sample {
  offsetMs: number;
  roundTripMs: number;
}

export interface TimesyncTick {
  send: TimeSync[];
}

/** Quartz drifts by some 50 ppm: 1 ms in 20 s. */
const DRIFT_ALLOWANCE_MS = 1;

/**
 * The vehicle's clock against ours by TIMESYNC (mavlink.io/en/services/timesync.html), without I/O.
 * Asks, and answers the questions that PX4 asks at 10 Hz. Of the last samples the one with the
 * shortest round trip counts, since delay is what makes an offset wrong (NTP's clock filter,
 * RFC 5905 §10).
 */
export class TimesyncClient {
  readonly #target: Component;
  readonly #limits: TimesyncLimits;
  /** Our times of sending, ns. An answer must bring back one of them, once. */
  readonly #open = new Set<bigint>();
  #samples: Sample[] = [];
  #outliers = 0;
  #askedMs = Number.NEGATIVE_INFINITY;
  #answers: TimeSync[] = [];

  constructor(target: Component, limits: Partial<TimesyncLimits> = {}) {
    this.#target = target;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** Undefined before the first answer. */
  get offset(): ClockOffset | undefined {
    const best = this.#best();
    if (best === undefined) return undefined;
    const { offsetMs, roundTripMs } = best;
    return { offsetMs, roundTripMs, errorMs: roundTripMs / 2, samples: this.#samples.length };
  }

  /** Takes a TIMESYNC and its frame, with the time at which it came; others' are ignored. */
  hear(message: TimeSync, frame: Pick<Frame, 'sysid' | 'compid'>, nowMs: number): void {
    if (frame.sysid !== this.#target.sysid || frame.compid !== this.#target.compid) return;
    if (message.tc1 === 0n) this.#answer(message.ts1, nowMs);
    else if (this.#open.delete(message.ts1)) this.#sample(message, nowMs);
  }

  tick(nowMs: number): TimesyncTick {
    const send = this.#answers;
    this.#answers = [];
    const { fastMs, slowMs, window, open } = this.#limits;
    const periodMs = this.#samples.length < window ? fastMs : slowMs;
    if (nowMs - this.#askedMs >= periodMs) {
      this.#askedMs = nowMs;
      const sentNs = nsFromMs(nowMs);
      this.#open.add(sentNs);
      // The oldest question will not be answered any more.
      if (this.#open.size > open) this.#open.delete(this.#open.values().next().value!);
      send.push(this.#message(0n, sentNs));
    }
    return { send };
  }

  #answer(theirsNs: bigint, nowMs: number): void {
    // PX4 asks ten times a second; more than a tick can want is not from PX4.
    if (this.#answers.length < 8) this.#answers.push(this.#message(nsFromMs(nowMs), theirsNs));
  }

  #sample({ tc1, ts1 }: TimeSync, nowMs: number): void {
    const sentMs = Number(ts1) / 1e6;
    const theirsMs = Number(tc1) / 1e6;
    const roundTripMs = nowMs - sentMs;
    if (!(roundTripMs >= 0)) return;
    const sample = { offsetMs: theirsMs - (sentMs + nowMs) / 2, roundTripMs };
    const best = this.#best();
    const strayMs = best === undefined ? 0 : Math.abs(sample.offsetMs - best.offsetMs);
    if (strayMs > (roundTripMs + (best?.roundTripMs ?? 0)) / 2 + DRIFT_ALLOWANCE_MS) {
      this.#outliers += 1;
      if (this.#outliers < this.#limits.outliers) return;
      this.#samples = [];
    }
    this.#outliers = 0;
    this.#samples = [...this.#samples, sample].slice(-this.#limits.window);
  }

  #best(): Sample | undefined {
    let best = this.#samples[0];
    for (const sample of this.#samples) if (sample.roundTripMs < best!.roundTripMs) best = sample;
    return best;
  }

  #message(tc1: bigint, ts1: bigint): TimeSync {
    const message = new TimeSync();
    message.tc1 = tc1;
    message.ts1 = ts1;
    message.targetSystem = this.#target.sysid;
    message.targetComponent = this.#target.compid;
    return message;
  }
}

const nsFromMs = (ms: number): bigint => BigInt(Math.round(ms * 1000)) * 1000n;
