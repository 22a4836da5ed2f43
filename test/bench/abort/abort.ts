import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { createContext } from '#coordinator/commands/context.ts';
import { startSimulation, type Simulation } from '#coordinator/commands/sim-up.ts';
import type { SwarmView } from '#coordinator/station/view.ts';
import { Fault } from '#protocols/fault.ts';
import { seededRandom } from '#protocols/random.ts';
import { systemClock } from '#protocols/system-clock.ts';
import { quantile, type Bench } from '../bench.ts';

const DRONES = 5;
const TRIES = 20;
const PORT_OFFSET = 3000;
/** From a new goal to all drones flying its plan again, from the ground or out of an RTL. */
const FLYING_TIMEOUT_S = 180;
const ABORT_TIMEOUT_S = 15;
const POLL_MS = 20;

/** PX4 modes that end an abort's first act: on the way home, or coming down. */
const HOMING = new Set(['AUTO_RTL', 'AUTO_LAND']);

interface Rig {
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
  simulation: Simulation;
}

const view = async (rig: Rig): Promise<SwarmView> => (await rig.call('GET', '/state')) as SwarmView;

const until = async (
  rig: Rig,
  what: string,
  timeoutS: number,
  done: (view: SwarmView) => boolean,
): Promise<void> => {
  const deadlineMs = systemClock.monotonicMs() + timeoutS * 1000;
  for (;;) {
    const seen = await view(rig);
    if (done(seen)) return;
    if (systemClock.monotonicMs() > deadlineMs) {
      const drones = seen.drones.map((drone) => `${drone.name} ${drone.phase} ${drone.mode}`);
      throw new Fault('bench-stuck', `${what} took over ${timeoutS} s: ${drones.join(', ')}`);
    }
    await sleep(POLL_MS);
  }
};

/** Seconds from the command to the last drone's beacon that says it obeyed and flies home. */
const abortOnce = async (rig: Rig, waitS: number): Promise<number> => {
  await rig.call('POST', '/mission', { mission: rig.simulation.mission });
  await until(rig, 'taking off', FLYING_TIMEOUT_S, (seen) =>
    seen.drones.every((drone) => drone.phase === 'offboard'),
  );
  await sleep(waitS * 1000);
  const startMs = systemClock.monotonicMs();
  const { number } = (await rig.call('POST', '/directive', {
    kind: 'abort',
    targets: [],
    confirmed: false,
  })) as { number: number };
  await until(rig, 'aborting', ABORT_TIMEOUT_S, (seen) =>
    seen.drones.every((drone) => (drone.directive?.[1] ?? 0) >= number && HOMING.has(drone.mode)),
  );
  return (systemClock.monotonicMs() - startMs) / 1000;
};

/**
 * `skein abort --all` on five drones in flight, real processes and real libp2p on loopback. What is
 * timed includes PX4's own telling of its mode and the beacon's way back: an upper bound.
 */
export const abortBench: Bench = {
  about: `abort to the last change of mode, ${TRIES} tries, ${DRONES} drones in flight`,
  seeds: [1, 1],
  run: async ({ seeds, tell }) => {
    const times: number[] = [];
    for (const seed of seeds) {
      const runDir = mkdtempSync(join(tmpdir(), 'skein-abort-'));
      const context = createContext({ json: true, station: join(runDir, 'station.sock') });
      const simulation = await startSimulation(context, {
        drones: DRONES,
        seed,
        missionFile: 'missions/search-irchel.yaml',
        runDir: join(runDir, 'run'),
        mapPort: 0,
        portOffset: PORT_OFFSET,
        headless: true,
        px4: { kind: 'stand-in', binary: undefined, etcDir: undefined },
        modelDir: 'models/current',
      });
      const random = seededRandom(seed);
      try {
        for (let tried = 0; tried < TRIES; tried += 1) {
          const rig = { simulation, call: context.station.call };
          times.push(await abortOnce(rig, 1 + 4 * random.uniform()));
          tell(`try ${tried + 1}: ${times.at(-1)!.toFixed(2)} s`);
        }
      } finally {
        await simulation.stop();
        rmSync(runDir, { recursive: true, force: true });
      }
    }
    return {
      tries: times.length,
      p50S: quantile(times, 0.5),
      p95S: quantile(times, 0.95),
      maxS: quantile(times, 1),
    };
  },
};
