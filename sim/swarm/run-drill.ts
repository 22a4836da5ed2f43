import { setTimeout as sleep } from 'node:timers/promises';

import type { Injury } from '../injury.ts';
import type { Drill, DrillProcess } from './drill.ts';
import type { RunningSwarm } from './start-swarm.ts';

/** Carries out one drill at its time, counted from now. Resolves with what was hit. */
export const runDrill = async (
  swarm: RunningSwarm,
  drill: Drill,
  signal: AbortSignal,
): Promise<string> => {
  await sleep(drill.atS * 1000, undefined, { signal });
  switch (drill.kind) {
    case 'kill':
      return `SIGKILL to ${hit(swarm, drill.sysid, drill.process, 'SIGKILL')}`;
    case 'pause': {
      const what = hit(swarm, drill.sysid, drill.process, 'SIGSTOP');
      try {
        await sleep(drill.forS * 1000, undefined, { signal });
      } finally {
        hit(swarm, drill.sysid, drill.process, 'SIGCONT');
      }
      return `SIGSTOP for ${drill.forS} s to ${what}`;
    }
    case 'cut':
      swarm.drill({ cutLink: drill.sysid, forMs: drill.forS * 1000 });
      return `vehicle link of drone ${drill.sysid} cut for ${drill.forS} s`;
    case 'gps':
      swarm.drill({ injure: drill.sysid, injury: { kind: 'gnss', works: false } });
      await sleep(drill.forS * 1000, undefined, { signal });
      swarm.drill({ injure: drill.sysid, injury: { kind: 'gnss', works: true } });
      return `no GNSS for drone ${drill.sysid} for ${drill.forS} s`;
    case 'battery':
    case 'reboot':
    case 'ekf':
      swarm.drill({ injure: drill.sysid, injury: injuryOf(drill) });
      return `${drill.kind} of drone ${drill.sysid}`;
    case 'payload':
      swarm.drill({ closePayload: drill.sysid });
      return `payload socket of drone ${drill.sysid} closed`;
  }
};

type Dose = Extract<Drill, { kind: 'battery' | 'reboot' | 'ekf' }>;

const injuryOf = (drill: Dose): Injury => {
  if (drill.kind === 'battery') return { kind: 'battery', remaining: drill.percent / 100 };
  if (drill.kind === 'reboot') return { kind: 'reboot' };
  const jump = { northM: drill.metres, eastM: 0, downM: 0, yawDeg: 0 };
  return { kind: 'estimateReset', ...jump, origin: 'stays' };
};

const hit = (
  swarm: RunningSwarm,
  sysid: number,
  name: DrillProcess,
  signal: NodeJS.Signals,
): string => {
  const pids = swarm.pidsOf(sysid);
  // The supervisor first: it must not restart what the same drill kills.
  const names = name === 'all' ? ['supervisor', 'pilot', 'mind', 'mesh', 'recorder'] : [name];
  for (const one of names) {
    const pid = pids[one];
    if (pid === undefined) continue;
    try {
      process.kill(pid, signal);
    } catch {
      // Gone already, which is what a kill wants.
    }
  }
  return `${name} of drone ${sysid}`;
};
