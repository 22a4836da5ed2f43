import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import type { AgentConfig } from '#agent/config.ts';
import { createContext, type Context } from '#coordinator/commands/context.ts';
import { prepareSwarm } from '#coordinator/commands/prepare-swarm.ts';
import { startStation } from '#coordinator/station/start-station.ts';
import type { SwarmView } from '#coordinator/station/view.ts';
import { Fault } from '#protocols/fault.ts';
import { systemClock } from '#protocols/system-clock.ts';
import type { SwarmLayout } from '#sim/swarm/layout.ts';
import { startSwarm } from '#sim/swarm/start-swarm.ts';
import { quantile } from '../bench.ts';

const TAP = fileURLToPath(new URL('./tap.ts', import.meta.url));
const MISSION = 'missions/search-irchel.yaml';
const DRONES = 2;
const PORT_OFFSET = 5000;
const PERIOD_MS = 20;
const READY_TIMEOUT_S = 60;
const FLYING_TIMEOUT_S = 90;

interface SetpointJitter {
  /** |gap − 20 ms| between two setpoints of one drone as they arrive, ms. */
  p50Ms: number;
  p99Ms: number;
  p999Ms: number;
  maxMs: number;
  /** Longest gap, ms. */
  longestGapMs: number;
  setpoints: number;
  /** The receiver's own timer, late by so much at the same share, ms: what the machine adds. */
  receiverP999Ms: number;
  receiverMaxMs: number;
  /** Load average over the last minute: two cores are full at 2. */
  load: number;
}

interface Attack {
  /** Drones that are enrolled besides, and not started. */
  enrolled: number;
  during(layout: SwarmLayout, absent: SwarmLayout['drones']): Promise<unknown>;
}

/** Puts the tap's ports between each pilot and its vehicle. */
const reroute = (layout: SwarmLayout): string => {
  const routes = layout.drones.map((drone) => {
    const pilotPort = drone.agentPort + 200;
    const tapPort = drone.vehiclePort + 200;
    const config = JSON.parse(readFileSync(drone.configFile, 'utf8')) as AgentConfig;
    config.vehicle = { link: `udpin://0.0.0.0:${pilotPort}?remote=127.0.0.1:${tapPort}` };
    writeFileSync(drone.configFile, JSON.stringify(config));
    return { pilotPort, tapPort, agentPort: drone.agentPort, vehiclePort: drone.vehiclePort };
  });
  return JSON.stringify(routes);
};

const startTap = async (routes: string): Promise<ChildProcess> => {
  // A flight controller does not wait for this machine's other work; nor should what stands for it.
  const command = [process.execPath, TAP, routes];
  const realTime = spawnSync('chrt', ['--rr', '20', 'true']).status === 0;
  const [program, ...args] = realTime ? ['chrt', '--rr', '20', ...command] : command;
  const tap = spawn(program!, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(tap.stdout!, 'data');
  return tap;
};

const finish = async (tap: ChildProcess): Promise<{ gaps: number[][]; late: number[] }> => {
  let text = '';
  tap.stdout!.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const ended = once(tap, 'close');
  tap.stdin!.write('\n');
  await ended;
  return JSON.parse(text) as { gaps: number[][]; late: number[] };
};

const until = async (
  context: Context,
  timeoutS: number,
  done: (view: SwarmView) => boolean,
): Promise<void> => {
  const deadlineMs = systemClock.monotonicMs() + timeoutS * 1000;
  while (!done((await context.station.call('GET', '/state')) as SwarmView)) {
    if (systemClock.monotonicMs() > deadlineMs) {
      throw new Fault('bench-stuck', `the swarm did not come so far within ${timeoutS} s`);
    }
    await sleep(250);
  }
};

const summary = (gaps: number[], late: number[]): SetpointJitter => {
  const jitter = gaps.map((gap) => Math.abs(gap - PERIOD_MS));
  return {
    p50Ms: quantile(jitter, 0.5),
    p99Ms: quantile(jitter, 0.99),
    p999Ms: quantile(jitter, 0.999),
    maxMs: quantile(jitter, 1),
    longestGapMs: quantile(gaps, 1),
    setpoints: gaps.length,
    receiverP999Ms: quantile(late, 0.999),
    receiverMaxMs: quantile(late, 1),
    load: loadavg()[0]!,
  };
};

/**
 * The setpoint stream of two drones on a mission, as a receiver sees it: real processes, minds that plan
 * with the world model, a libp2p mesh, recorders, and stand-ins, all on this machine. Half a minute of
 * preparation, then as long in OFFBOARD as the attack lasts: a minute of none.
 */
export const measureSetpointJitter = async (
  seed: number,
  attack: Attack = { enrolled: 0, during: () => sleep(60_000) },
): Promise<SetpointJitter> => {
  const folder = mkdtempSync(join(tmpdir(), 'skein-jitter-'));
  const context = createContext({ json: true, station: join(folder, 'station.sock') });
  const prepared = await prepareSwarm(context, {
    drones: DRONES + attack.enrolled,
    seed,
    missionFile: MISSION,
    runDir: join(folder, 'run'),
    mapPort: 0,
    portOffset: PORT_OFFSET,
    headless: true,
    modelDir: 'models/current',
    px4: { kind: 'stand-in', binary: undefined, etcDir: undefined },
  });
  const { mission, scenario, stationConfig, px4 } = prepared;
  const { drones } = prepared.layout;
  const layout = { ...prepared.layout, drones: drones.slice(0, DRONES) };
  const tap = await startTap(reroute(layout));
  const swarm = await startSwarm(layout, scenario, px4);
  let station: Awaited<ReturnType<typeof startStation>> | undefined;
  try {
    station = await startStation(stationConfig, layout.runDir);
    const all =
      (phase: string) =>
      ({ drones }: SwarmView): boolean =>
        drones.filter((drone) => drone.phase === phase).length === DRONES;
    await until(context, READY_TIMEOUT_S, all('standby'));
    await context.station.call('POST', '/mission', { mission });
    await until(context, FLYING_TIMEOUT_S, all('offboard'));
    await attack.during(layout, drones.slice(DRONES));
    const { gaps, late } = await finish(tap);
    return summary(gaps.flat(), late);
  } finally {
    tap.kill('SIGKILL');
    await station?.stop();
    await swarm.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
