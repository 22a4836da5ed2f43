import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { EXIT, Fault } from '#protocols/fault.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import { systemClock } from '#protocols/system-clock.ts';
import type { SwarmLayout } from '#sim/swarm/layout.ts';
import { startSwarm, type RunningSwarm } from '#sim/swarm/start-swarm.ts';
import { startStation, writeStationConfig, type RunningStation } from '../station/start-station.ts';
import type { SwarmView } from '../station/view.ts';
import type { Context } from './context.ts';
import { troubleLines } from './status.ts';
import { prepareSwarm, type SimOptions } from './prepare-swarm.ts';

/** A simulated swarm with its station, heard and ready for a goal. */
export interface Simulation {
  mission: Mission;
  layout: SwarmLayout;
  swarm: RunningSwarm;
  station: RunningStation;
  stop(): Promise<void>;
}

const READY_TIMEOUT_S = 60;

/**
 * Starts everything and waits until the station hears every drone standing by. Throws the Faults
 * `swarm-not-ready`, with what keeps each drone from it, and `interrupted`; nothing runs then.
 */
export const startSimulation = async (
  context: Context,
  options: SimOptions,
): Promise<Simulation> => {
  const { mission, layout, scenario, stationConfig, px4 } = await prepareSwarm(context, options);
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  for (const signal of SIGNALS) process.once(signal, interrupt);
  const swarm = await startSwarm(layout, scenario, px4);
  let station: RunningStation | undefined;
  const stop = async (): Promise<void> => {
    await station?.stop();
    await swarm.stop();
  };
  try {
    station = await startStation(stationConfig, layout.runDir);
    await allHeard(context, options.drones, interruption.signal);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
  return { mission, layout, swarm, station, stop };
};

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const allHeard = async (
  context: Context,
  drones: number,
  interruption: AbortSignal,
): Promise<void> => {
  const deadlineMs = systemClock.monotonicMs() + READY_TIMEOUT_S * 1000;
  for (;;) {
    const view = (await context.station.call('GET', '/state')) as SwarmView;
    const ready = view.drones.filter((drone) => drone.phase === 'standby').length;
    if (ready === drones) return;
    if (interruption.aborted) {
      throw new Fault('interrupted', 'interrupted: everything was brought down', {
        exit: 'interrupted',
      });
    }
    if (systemClock.monotonicMs() > deadlineMs) {
      throw new Fault(
        'swarm-not-ready',
        `${ready} of ${drones} drones stand by after ${READY_TIMEOUT_S} s`,
        {
          data: { ready, drones },
          remedy: troubleLines(view).join('\n') || 'Look at the *.log files in the run directory.',
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
  // Told once more while it brings everything down it must not end at once and leave the rest running.
  for (const signal of SIGNALS) process.on(signal, () => undefined);
  await simulation.stop();
  return EXIT.ok;
};

/**
 * `skein sim init`: writes keys, roster and the configuration of every process, and starts none of them;
 * containers or units of the system do.
 */
export const runSimInit = async (context: Context, options: SimOptions): Promise<number> => {
  const { layout, stationConfig } = await prepareSwarm(context, options);
  const stationFile = writeStationConfig(stationConfig, layout.runDir);
  const agents = layout.drones.map(({ configFile }) => configFile);
  context.output.data({ station: stationFile, agents, scenario: layout.scenarioFile }, () =>
    [
      `skein sim watch --run-dir ${layout.runDir}`,
      `skein station --config ${stationFile}`,
      ...agents.map((file) => `skein agent --config ${file}`),
    ].join('\n'),
  );
  return EXIT.ok;
};
