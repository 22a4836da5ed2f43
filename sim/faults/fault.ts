import type { ProcessName } from '../machine/companion.ts';
import type { ProfileName } from '../radio/profile.ts';

/** What befalls a swarm, and when; simulated ms since the start of the episode. */
export type Fault = { atMs: number } & FaultKind;

export type FaultKind =
  /** SIGKILL; the supervisor starts it again. */
  | { kind: 'kill'; sysid: number; process: ProcessName }
  /** The companion computer is gone for good: power, or the supervisor with all it started. */
  | { kind: 'lost-companion'; sysid: number }
  /** The planner's thread takes this much longer for as long. */
  | { kind: 'stall'; sysid: number; byMs: number; forMs: number }
  /** No GNSS. */
  | { kind: 'gnss'; sysid: number; forMs: number }
  /** The pack drops to this charge, 0..1. */
  | { kind: 'battery'; sysid: number; remaining: number }
  /** The flight controller starts anew. */
  | { kind: 'reboot'; sysid: number }
  /** The estimator's frame jumps; the vehicle does not. */
  | { kind: 'estimator'; sysid: number; northM: number; eastM: number; downM: number }
  /** The camera falls silent. */
  | { kind: 'camera'; sysid: number }
  /** Members of different groups cannot hear each other. */
  | { kind: 'partition'; groups: readonly (readonly number[])[]; forMs: number }
  /** Nothing passes in one direction. */
  | { kind: 'deaf'; from: number; to: number; forMs: number }
  /** One link, both directions, is no better than this. */
  | { kind: 'fade'; a: number; b: number; profile: ProfileName; forMs: number }
  | { kind: 'jammer'; northM: number; eastM: number; radiusM: number; forMs: number }
  /** The wall clock of a companion is set on or back. */
  | { kind: 'clock'; sysid: number; byMs: number };

export const FAULT_KINDS = [
  'kill',
  'lost-companion',
  'stall',
  'gnss',
  'battery',
  'reboot',
  'estimator',
  'camera',
  'partition',
  'deaf',
  'fade',
  'jammer',
  'clock',
] as const satisfies readonly FaultKind['kind'][];

export type FaultName = (typeof FAULT_KINDS)[number];

/** When the fault is over, as far as it ends by itself; until then links may be anything. */
export const endOf = (fault: Fault): number => fault.atMs + ('forMs' in fault ? fault.forMs : 0);

/** One line for a person: `12.4 s kill mind of 2`. */
export const faultInWords = (fault: Fault): string => {
  const { atMs, kind, ...rest } = fault;
  const details = Object.entries(rest).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return `${(atMs / 1000).toFixed(1)} s ${kind} ${details.join(', ')}`;
};
