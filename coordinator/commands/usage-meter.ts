import { systemClock } from '#protocols/system-clock.ts';
import type { Simulation } from './sim-up.ts';
import { usageOf, type Usage } from './process-usage-file.ts';

/** What the processes of one member used over the time measured. */
export interface MemberUsage {
  /** sysid, or 0 for the station, −1 for the simulated vehicles. */
  sysid: number;
  /** Cores, mean over the time measured. */
  cpuCores: number;
  /** Most memory of all its processes together; pages that processes share are counted once among them. */
  residentMb: number;
  /** By process name: cores. */
  byProcess: Record<string, number>;
}

interface Track {
  sysid: number;
  name: string;
  first: Usage;
  last: Usage;
}

/** The kernel walks a process's pages for its memory: not more often than needed. */
const PERIOD_MS = 5000;

/** Looks at the processes of a simulation every five seconds; a restarted process counts anew. */
export const startUsageMeter = (
  simulation: Simulation,
): { stop: () => void; usage: () => MemberUsage[] } => {
  const tracks = new Map<number, Track>();
  const peakMb = new Map<number, number>();
  const startedMs = systemClock.monotonicMs();
  let stoppedMs = startedMs;
  const look = (): void => {
    stoppedMs = systemClock.monotonicMs();
    const nowBytes = new Map<number, number>();
    for (const { sysid, name, pid } of processesOf(simulation)) {
      const usage = usageOf(pid);
      if (usage === undefined) continue;
      const track = tracks.get(pid);
      if (track === undefined) tracks.set(pid, { sysid, name, first: usage, last: usage });
      else track.last = usage;
      nowBytes.set(sysid, (nowBytes.get(sysid) ?? 0) + usage.residentBytes);
    }
    for (const [sysid, bytes] of nowBytes) {
      peakMb.set(sysid, Math.max(peakMb.get(sysid) ?? 0, bytes / 1e6));
    }
  };
  look();
  const timer = setInterval(look, PERIOD_MS);
  return {
    stop: () => clearInterval(timer),
    usage: () => {
      const seconds = Math.max(1, (stoppedMs - startedMs) / 1000);
      return [...peakMb].map(([sysid, residentMb]) => {
        const byProcess: Record<string, number> = {};
        for (const track of tracks.values()) {
          if (track.sysid !== sysid) continue;
          const cores = (track.last.cpuS - track.first.cpuS) / seconds;
          byProcess[track.name] = (byProcess[track.name] ?? 0) + cores;
        }
        const cpuCores = Object.values(byProcess).reduce((sum, cores) => sum + cores, 0);
        return { sysid, cpuCores, residentMb, byProcess };
      });
    },
  };
};

const processesOf = (simulation: Simulation): { sysid: number; name: string; pid: number }[] => [
  { sysid: -1, name: 'vehicles', pid: simulation.swarm.vehiclesPid },
  { sysid: 0, name: 'station', pid: simulation.station.pid },
  ...simulation.layout.drones.flatMap(({ sysid }) =>
    Object.entries(simulation.swarm.pidsOf(sysid)).map(([name, pid]) => ({ sysid, name, pid })),
  ),
];
