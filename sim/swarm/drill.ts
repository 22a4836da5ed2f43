import { Fault } from '#protocols/fault.ts';

/** Processes of a drone that a drill may hit; `all` is the whole companion computer. */
export const DRILL_PROCESSES = ['supervisor', 'pilot', 'mind', 'mesh', 'recorder', 'all'] as const;
export type DrillProcess = (typeof DRILL_PROCESSES)[number];

/** One planned mishap; `atS` counts from the start of the mission. */
export type Drill =
  | { kind: 'kill'; process: DrillProcess; sysid: number; atS: number }
  | { kind: 'pause'; process: DrillProcess; sysid: number; atS: number; forS: number }
  | { kind: 'cut'; sysid: number; atS: number; forS: number }
  | { kind: 'payload'; sysid: number; atS: number }
  | { kind: 'gps'; sysid: number; atS: number; forS: number }
  | { kind: 'battery'; sysid: number; atS: number; percent: number }
  | { kind: 'reboot'; sysid: number; atS: number }
  | { kind: 'ekf'; sysid: number; atS: number; metres: number };

/** A flight controller that restarts in the air lets its vehicle fall: the drill means it to. */
export const destroysVehicle = ({ kind }: Drill): boolean => kind === 'reboot';

/** As a person wrote it, shortly. */
export const drillText = ({ kind, sysid, atS }: Drill): string => `${kind}:${sysid}@${atS}`;

const PATTERN =
  /^(?:(?<kind>kill|pause):(?<process>[a-z]+)|(?<other>cut|payload|gps|reboot)|(?<dose>battery|ekf)=(?<amount>\d+(?:\.\d+)?)):(?<sysid>\d+)@(?<at>\d+(?:\.\d+)?)(?:\+(?<for>\d+(?:\.\d+)?))?$/u;

/**
 * A drill as written on the command line: `kill:mind:2@60` (SIGKILL), `pause:mesh:3@60+10`
 * (SIGSTOP for 10 s), `cut:1@40+5` (vehicle link silent both ways), `payload:4@30` (detector gone),
 * `gps:1@40+20` (no GNSS for 20 s), `battery=12:1@40` (charge from then on, %), `reboot:1@40` (of the
 * flight controller), `ekf=8:1@40` (the estimate jumps 8 m north, on earth too). Throws Fault 'usage'.
 */
export const parseDrill = (text: string): Drill => {
  const groups = PATTERN.exec(text)?.groups;
  const process = DRILL_PROCESSES.find((name) => name === groups?.['process']);
  const kind = groups?.['kind'] ?? groups?.['other'] ?? groups?.['dose'];
  const needsFor = kind === 'pause' || kind === 'cut' || kind === 'gps';
  const hasFor = groups?.['for'] !== undefined;
  const needsProcess = kind === 'kill' || kind === 'pause';
  if (groups === undefined || (needsProcess && process === undefined) || needsFor !== hasFor) {
    throw new Fault('usage', `--drill "${text}" is not understood`, {
      exit: 'usage',
      data: { option: '--drill', value: text },
      remedy: `Write kill:PROCESS:SYSID@S, pause:PROCESS:SYSID@S+FOR, cut:SYSID@S+FOR, payload:SYSID@S, gps:SYSID@S+FOR, battery=PERCENT:SYSID@S, reboot:SYSID@S or ekf=METRES:SYSID@S; PROCESS is one of ${DRILL_PROCESSES.join(', ')}.`,
    });
  }
  const sysid = Number(groups['sysid']);
  const atS = Number(groups['at']);
  const forS = Number(groups['for'] ?? 0);
  const amount = Number(groups['amount'] ?? 0);
  switch (kind) {
    case 'kill':
      return { kind, process: process!, sysid, atS };
    case 'pause':
      return { kind, process: process!, sysid, atS, forS };
    case 'cut':
    case 'gps':
      return { kind, sysid, atS, forS };
    case 'battery':
      return { kind, sysid, atS, percent: Math.min(100, amount) };
    case 'ekf':
      return { kind, sysid, atS, metres: amount };
    case 'reboot':
      return { kind, sysid, atS };
    default:
      return { kind: 'payload', sysid, atS };
  }
};
