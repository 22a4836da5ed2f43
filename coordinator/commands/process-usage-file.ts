import { readFileSync } from 'node:fs';

/** What a process has used so far. */
export interface Usage {
  cpuS: number;
  /** Proportional set size: a page that n processes share counts 1/n in each. */
  residentBytes: number;
}

/** Kernel ticks a second in /proc/PID/stat: fixed at 100 for user space on Linux. */
const TICKS_PER_S = 100;

/** From Linux's /proc (proc(5)); undefined when the process is gone or the system has no /proc. */
export const usageOf = (pid: number): Usage | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces: fields count from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      cpuS: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S,
      residentBytes: proportionalBytes(pid),
    };
  } catch {
    return undefined;
  }
};

const proportionalBytes = (pid: number): number => {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB$/mu.exec(rollup)?.[1] ?? 0) * 1024;
};
