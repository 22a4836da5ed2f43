import { setTimeout as sleep } from 'node:timers/promises';

import { createLogUpdate } from 'log-update';

import { EXIT, Fault } from '#protocols/fault.ts';
import { systemClock } from '#protocols/system-clock.ts';
import type { Drill } from '#sim/swarm/drill.ts';
import { runDrill } from '#sim/swarm/run-drill.ts';
import { waitAllLanded } from '#sim/swarm/wait-landed-file.ts';
import { collectSummary } from '../report/collect-file.ts';
import { summaryText } from '../report/summary-text.ts';
import type { SwarmView } from '../station/view.ts';
import type { Context } from './context.ts';
import { progressLine } from './mission.ts';
import type { SimOptions } from './prepare-swarm.ts';
import { startSimulation, type Simulation } from './sim-up.ts';
import { statusText } from './status.ts';
import { startUsageMeter } from './usage-meter.ts';

export interface RunOptions extends SimOptions {
  drills: Drill[];
  /** Run-time limit of the whole flight, s; the mission's own limit when undefined. */
  timeoutS: number | undefined;
}

const LIVE_PERIOD_MS = 500;
const PLAIN_PERIOD_MS = 5000;
/** From the end of the mission, as the station sees it, to the landing of a drone that it cannot hear. */
const LAST_LANDING_MS = 90_000;
/** Time that the last beacons and records need to arrive after the last drone disarmed. */
const SETTLE_MS = 1500;

/**
 * `skein sim run`: from nothing to a summary. Exit code ok only when the mission met its criteria
 * (summary.success); interrupted when the person stopped it, after everything was brought down.
 */
export const runSim = async (context: Context, options: RunOptions): Promise<number> => {
  refuseImpossibleDrills(options);
  const startedMs = systemClock.monotonicMs();
  context.output.say(`starting ${options.drones} drones, seed ${options.seed} …`);
  const simulation = await startSimulation(context, options);
  const stopper = new AbortController();
  const interrupt = (): void => stopper.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const meter = startUsageMeter(simulation);
  let last: SwarmView | undefined;
  try {
    const readyS = (systemClock.monotonicMs() - startedMs) / 1000;
    context.output.say(
      `${options.drones} drones stand by after ${readyS.toFixed(0)} s. Map: ${simulation.station.mapUrl ?? 'off'}`,
    );
    await context.station.call('POST', '/mission', { mission: simulation.mission });
    const drills = options.drills.map((drill) =>
      startDrill(context, simulation, drill, stopper.signal),
    );
    last = await follow(context, simulation, options, stopper.signal);
    await waitAllLanded(simulation.layout.truthFile, LAST_LANDING_MS, stopper.signal);
    stopper.abort();
    await Promise.all(drills);
    await sleep(SETTLE_MS);
    last = (await context.station.call('GET', '/state')) as SwarmView;
  } catch (error) {
    if (!isAbort(error)) throw error;
    context.output.say('interrupted: bringing everything down');
    return EXIT.interrupted;
  } finally {
    meter.stop();
    await simulation.stop();
  }
  const summary = await collectSummary(simulation.layout, last, {
    mission: simulation.mission,
    seed: options.seed,
    wallS: (systemClock.monotonicMs() - startedMs) / 1000,
    usage: meter.usage(),
    drills: options.drills,
  });
  context.output.data(summary, () => summaryText(summary, context.output));
  return summary.success ? EXIT.ok : EXIT.failed;
};

/** Only our stand-ins have a wire that can be cut. */
const refuseImpossibleDrills = ({ drills, px4 }: RunOptions): void => {
  if (px4.kind === 'stand-in' || !drills.some(({ kind }) => kind === 'cut')) return;
  throw new Fault('usage', `--drill cut does not go with --px4 ${px4.kind}`, {
    exit: 'usage',
    data: { option: '--drill', value: 'cut' },
    remedy: 'Kill or pause the pilot instead, or fly the stand-ins.',
  });
};

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

const startDrill = async (
  context: Context,
  simulation: Simulation,
  drill: Drill,
  signal: AbortSignal,
): Promise<void> => {
  try {
    context.output.say(`drill: ${await runDrill(simulation.swarm, drill, signal)}`);
  } catch (error) {
    if (!isAbort(error)) throw error;
  }
};

/** Shows the flight until all have landed. Throws Fault 'mission-timeout' (exit timeout). */
const follow = async (
  context: Context,
  simulation: Simulation,
  options: RunOptions,
  signal: AbortSignal,
): Promise<SwarmView> => {
  const live = process.stdout.isTTY && !context.output.json && !options.headless;
  const screen = live ? createLogUpdate(process.stdout) : undefined;
  const limitS = options.timeoutS ?? simulation.mission.timeLimitS;
  const deadlineMs = systemClock.monotonicMs() + limitS * 1000;
  let printedMs = -Infinity;
  for (;;) {
    const view = await viewOrLate(context);
    const nowMs = systemClock.monotonicMs();
    if (view !== undefined && screen !== undefined) screen(statusText(context, view));
    else if (view !== undefined && nowMs - printedMs >= PLAIN_PERIOD_MS) {
      context.output.say(progressLine(view));
      printedMs = nowMs;
    }
    if (view?.mission?.complete === true) {
      screen?.done();
      return view;
    }
    if (nowMs > deadlineMs) {
      throw new Fault('mission-timeout', `the mission did not end within ${limitS} s`, {
        exit: 'timeout',
        data: { limitS },
        remedy: `Look at the records in ${simulation.layout.runDir}, or allow more time with --timeout.`,
      });
    }
    await sleep(LIVE_PERIOD_MS, undefined, { signal });
  }
};

/** Undefined when the station is late, which is no reason to end a flight. */
const viewOrLate = async (context: Context): Promise<SwarmView | undefined> => {
  try {
    return (await context.station.call('GET', '/state')) as SwarmView;
  } catch (error) {
    if (error instanceof Fault && error.code === 'station-late') return undefined;
    throw error;
  }
};
