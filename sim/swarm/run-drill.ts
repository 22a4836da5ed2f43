import { setTimeout as sleep } from 'node:timers/promises';

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
    case 'payload':
      swarm.drill({ closePayload: drill.sysid });
      return `payload socket of drone ${drill.sysid} closed`;
  }
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
