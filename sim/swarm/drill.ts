import { Fault } from '#protocols/fault.ts';

/** Processes of a drone that a drill may hit; `all` is the whole companion computer. */
export const DRILL_PROCESSES = ['supervisor', 'pilot', 'mind', 'mesh', 'recorder', 'all'] as const;
export type DrillProcess = (typeof DRILL_PROCESSES)[number];

/** One planned mishap; `atS` counts from the start of the mission. */
export type Drill =
  | { kind: 'kill'; process: DrillProcess; sysid: number; atS: number }
  | { kind: 'pause'; process: DrillProcess; sysid: number; atS: number; forS: number }
  | { kind: 'cut'; sysid: number; atS: number; forS: number }
  | { kind: 'payload'; sysid: number; atS: number };

const PATTERN =
  /^(?:(?<kind>kill|pause):(?<process>[a-z]+)|(?<other>cut|payload)):(?<sysid>\d+)@(?<at>\d+(?:\.\d+)?)(?:\+(?<for>\d+(?:\.\d+)?))?$/u;

/**
 * A drill as written on the command line: `kill:mind:2@60` (SIGKILL), `pause:mesh:3@60+10`
 * (SIGSTOP for 10 s), `cut:1@40+5` (vehicle link silent both ways), `payload:4@30` (detector gone).
 * Throws Fault 'usage'.
 */
export const parseDrill = (text: string): Drill => {
  const groups = PATTERN.exec(text)?.groups;
  const process = DRILL_PROCESSES.find((name) => name === groups?.['process']);
  const kind = groups?.['kind'] ?? groups?.['other'];
  const needsFor = kind === 'pause' || kind === 'cut';
  const hasFor = groups?.['for'] !== undefined;
  const needsProcess = kind === 'kill' || kind === 'pause';
  if (groups === undefined || (needsProcess && process === undefined) || needsFor !== hasFor) {
    throw new Fault('usage', `--drill "${text}" is not understood`, {
      exit: 'usage',
      data: { option: '--drill', value: text },
      remedy: `Write kill:PROCESS:SYSID@S, pause:PROCESS:SYSID@S+FOR, cut:SYSID@S+FOR or payload:SYSID@S; PROCESS is one of ${DRILL_PROCESSES.join(', ')}.`,
    });
  }
  const sysid = Number(groups['sysid']);
  const atS = Number(groups['at']);
  const forS = Number(groups['for'] ?? 0);
  switch (kind) {
    case 'kill':
      return { kind, process: process!, sysid, atS };
    case 'pause':
      return { kind, process: process!, sysid, atS, forS };
    case 'cut':
      return { kind, sysid, atS, forS };
    default:
      return { kind: 'payload', sysid, atS };
  }
};
