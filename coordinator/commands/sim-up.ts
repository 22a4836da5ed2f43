import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { EXIT, Fault } from '#protocols/fault.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import { systemClock } from '#protocols/system-clock.ts';
import { swarmLayout, type SwarmLayout } from '#sim/swarm/layout.ts';
import { writeRunDirectory } from '#sim/swarm/run-directory.ts';
import { scenarioOf } from '#sim/swarm/scenario-of.ts';
import { startSwarm, type RunningSwarm } from '#sim/swarm/start-swarm.ts';
import { resolve } from 'node:path';
import { readReleaseFiles } from '#world/release/release-file.ts';
import { loadRelease } from '#world/release/release.ts';
import { loadMission } from '../mission/load.ts';
import { requireNoStation } from '../station/server.ts';
import { startStation, type RunningStation } from '../station/start-station.ts';
import type { SwarmView } from '../station/view.ts';
import type { Context } from './context.ts';
import { trustedModelSigners } from './model-signers-file.ts';

export interface SimOptions {
  drones: number;
  seed: number;
  missionFile: string;
  runDir: string;
  mapPort: number;
  portOffset: number;
  headless: boolean;
  modelDir: string | null;
}

/** A simulated swarm with its station, heard and ready for a goal. */
export interface Simulation {
  mission: Mission;
  layout: SwarmLayout;
  swarm: RunningSwarm;
  station: RunningStation;
  stop(): Promise<void>;
}

/** Twice the missions' minimum separation, with room for GPS noise on both sides. */
const HOME_SPACING_M = 10;
const MAX_DRONES = 10;
const READY_TIMEOUT_S = 60;

/** Starts everything and waits until the station hears every drone standing by. */
export const startSimulation = async (
  context: Context,
  options: SimOptions,
): Promise<Simulation> => {
  if (options.drones < 1 || options.drones > MAX_DRONES) {
    throw new Fault('usage', `--drones is ${options.drones}: 1 to ${MAX_DRONES} fit one machine`, {
      exit: 'usage',
      data: { option: '--drones', value: options.drones },
      remedy: 'Every drone is five processes; choose fewer.',
    });
  }
  const mission = loadMission(options.missionFile);
  // Here and not only on board, where a bad release means that the analytic model flies.
  if (options.modelDir !== null) {
    loadRelease(readReleaseFiles(options.modelDir), trustedModelSigners(), verifySignature);
  }
  const layout = swarmLayout({
    runDir: resolve(options.runDir),
    stationSocket: context.stationSocket,
    drones: options.drones,
    portOffset: options.portOffset,
    homeSpacingM: Math.max(HOME_SPACING_M, 2 * mission.minSeparationM),
  });
  // Before anything of an older run is replaced: it may be the one that is running.
  await requireNoStation(layout.stationSocket);
  const stationConfig = writeRunDirectory(layout, {
    swarm: `sim-${options.seed}`,
    seed: options.seed,
    modelDir: options.modelDir === null ? null : resolve(options.modelDir),
    modelSignersHex: trustedModelSigners(),
    mapPort: options.headless ? -1 : options.mapPort,
    scenario: scenarioOf(mission, layout, options.seed),
    unixS: Number(systemClock.unixUs() / 1_000_000n),
  });
  const swarm = await startSwarm(layout);
  let station: RunningStation | undefined;
  const stop = async (): Promise<void> => {
    await station?.stop();
    await swarm.stop();
  };
  try {
    station = await startStation(stationConfig, layout.runDir);
    await allHeard(context, options.drones);
  } catch (error) {
    await stop();
    throw error;
  }
  return { mission, layout, swarm, station, stop };
};

const allHeard = async (context: Context, drones: number): Promise<void> => {
  const deadlineMs = systemClock.monotonicMs() + READY_TIMEOUT_S * 1000;
  for (;;) {
    const view = (await context.station.call('GET', '/state')) as SwarmView;
    const ready = view.drones.filter((drone) => drone.phase === 'standby').length;
    if (ready === drones) return;
    if (systemClock.monotonicMs() > deadlineMs) {
      throw new Fault(
        'swarm-not-ready',
        `${ready} of ${drones} drones stand by after ${READY_TIMEOUT_S} s`,
        {
          data: { ready, drones },
          remedy: 'Look at the *.log files in the run directory.',
        },
      );
    }
    await sleep(200);
  }
};

/** `skein sim up`: runs until interrupted. */
export const runSimUp = async (context: Context, options: SimOptions): Promise<number> => {
  const simulation = await startSimulation(context, options);
  const { station, layout } = simulation;
  context.output.data(
    { event: 'up', map: station.mapUrl, station: layout.stationSocket, drones: options.drones },
    () =>
      `${options.drones} drones stand by. Map: ${station.mapUrl ?? 'off'}. ` +
      `Next: skein mission start ${options.missionFile}`,
  );
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await simulation.stop();
  return EXIT.ok;
};
