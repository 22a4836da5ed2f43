import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { modeReport } from '#agent/pilot/act/mode-watch.ts';
import { Estimator } from '#agent/pilot/estimate/estimate.ts';
import { isHot } from '#agent/pilot/estimate/hot-messages.ts';
import { TelemetryStore } from '#agent/pilot/estimate/telemetry.ts';
import type { Origin } from '#protocols/frames.ts';
import { decode } from '#protocols/mavlink/codec.ts';
import { AutopilotTracker } from '#protocols/mavlink/heartbeat.ts';
import { distance, vector3 } from '#protocols/vector.ts';
import { tlogFrames } from '../../../protocols/mavlink/tlog-records.ts';

/** Flights of the real PX4 (SITL v1.15.4 and a v1.18 snapshot), packets as they were on the wire. */
const FOLDER = fileURLToPath(new URL('../../../../../shared/px4-traces/', import.meta.url));

interface Moment {
  atMs: number;
  mode: string | undefined;
  failsafe: boolean;
  stepM: number;
  positionStdM: number;
  heightAboveHomeM: number;
}

/** The recording through telemetry and estimate, looked at every 20 ms as the pilot would. */
const follow = (name: string): Moment[] => {
  const frames = tlogFrames(FOLDER + name);
  const store = new TelemetryStore();
  const estimator = new Estimator();
  const tracker = new AutopilotTracker(frames[0]!.frame.sysid);
  const moments: Moment[] = [];
  const last = vector3(Number.NaN, 0, 0);
  let origin: Origin | undefined;
  let lookMs = 0;
  let firstMs = Number.NaN;
  for (const { unixUs, frame } of frames) {
    const unixMs = Number(unixUs) / 1000;
    if (Number.isNaN(firstMs)) firstMs = unixMs;
    const nowMs = unixMs - firstMs;
    const message = decode(frame);
    if (tracker.observe(frame, message, nowMs)) {
      if (isHot(frame.msgid)) store.hear(frame, nowMs);
      else if (message !== undefined) store.update(message, nowMs);
    }
    // The first home is the mission's origin; PX4 sets its own again before it flies.
    if (origin === undefined && Number.isFinite(store.latest.homeAtMs)) {
      origin = { ...store.latest.home };
      estimator.setOrigin(origin);
    }
    if (nowMs < lookMs) continue;
    lookMs = nowMs + 20;
    const estimate = estimator.at(store.latest, nowMs);
    if (!estimate.valid) continue;
    const { mode, failsafe } = modeReport(tracker.status(nowMs), store.latest, nowMs);
    moments.push({
      atMs: nowMs,
      mode,
      failsafe,
      stepM: Number.isNaN(last.x) ? 0 : distance(last, estimate.positionNed),
      positionStdM: estimate.positionStdM,
      heightAboveHomeM: estimate.home.z - estimate.positionNed.z,
    });
    Object.assign(last, estimate.positionNed);
  }
  return moments;
};

describe.skipIf(!existsSync(FOLDER))('recordings of the real PX4', () => {
  test.each([
    'arm-takeoff-offboard-flight.fromfc.tlog.gz',
    'v1.18beta-arm-takeoff-offboard-flight.fromfc.tlog.gz',
    'rtl-land-disarm.fromfc.tlog.gz',
  ])('%s: the estimate moves without jumps and says how sure it is', (name) => {
    const moments = follow(name);
    expect(moments.length).toBeGreaterThan(2000);
    // 10 m/s for 20 ms, and PX4's own corrections of a decimetre or two.
    const jumps = moments.filter(({ stepM }) => stepM > 0.6);
    expect(jumps.length).toBeLessThan(moments.length * 0.002);
    expect(Math.max(...moments.map(({ stepM }) => stepM))).toBeLessThan(3);
    const flying = moments.slice(moments.length / 2);
    expect(Math.max(...flying.map(({ positionStdM }) => positionStdM))).toBeLessThan(1.5);
    expect(Math.max(...moments.map(({ heightAboveHomeM }) => heightAboveHomeM))).toBeGreaterThan(8);
    expect(Math.abs(moments.at(-1)!.heightAboveHomeM)).toBeLessThan(2.5);
  });

  test('PX4’s own answer to a lost stream is told from a person’s wish', () => {
    const moments = follow('offboard-loss-act3-rtl.fromfc.tlog.gz');
    const returning = moments.filter(({ mode }) => mode === 'AUTO_RTL');
    expect(returning.length).toBeGreaterThan(100);
    expect(returning.every(({ failsafe }) => failsafe)).toBe(true);
    const wished = moments.filter(({ mode }) => mode === 'AUTO_LOITER' || mode === 'AUTO_LAND');
    expect(wished.filter(({ failsafe }) => failsafe).length).toBeLessThan(wished.length * 0.05);
  });
});
