import type { LinkFinding } from '#protocols/mavlink/link-diagnosis.ts';
import {
  gravestOf,
  trouble,
  troubleLines,
  troublesOfLines,
  type Trouble,
} from '#protocols/trouble.ts';
import type { FlightCore } from './act/flight-core.ts';
import type { Finding } from './preflight/finding.ts';

/** A jump is over when it is seen; a person should still read of it. */
const JUMP_SHOWN_MS = 60_000;

/** What the process found on the vehicle's link, for the next tick's inbox. */
export const encodeLinkTroubles = (findings: readonly LinkFinding[]): Uint8Array => {
  const troubles = findings.map(({ code, severity, subject }) =>
    trouble(code, severity === 'error', subject),
  );
  return new TextEncoder().encode(troubleLines(gravestOf(troubles)));
};

export const decodeLinkTroubles = (bytes: Uint8Array): Trouble[] =>
  troublesOfLines(new TextDecoder().decode(bytes).split('\n').slice(1));

/** Pre-flight's refusals by parameter, message or sensor. */
export const preflightTroubles = (refusals: readonly Finding[]): Trouble[] =>
  refusals.map(({ code, subject }) =>
    trouble(code === 'parameter-missing' ? code : 'preflight', true, subject),
  );

/**
 * All that keeps this drone from flying, or soon may, as far as the pilot knows.
 *
 * @param clockJumpedMs when the flight controller's clock last jumped ahead (BootClock).
 */
export const troublesOf = (
  link: readonly Trouble[],
  { memory, refusals }: FlightCore,
  clockJumpedMs: number,
  nowMs: number,
): Trouble[] => {
  const found = [...link];
  if (!memory.owned) {
    const rebooted = memory.lostBy === 'flight controller rebooted';
    found.push(trouble(rebooted ? 'controller-rebooted' : 'control-taken', true));
  }
  found.push(...refusals);
  if (nowMs - clockJumpedMs < JUMP_SHOWN_MS) found.push(trouble('clock-jumped', false));
  return gravestOf(found);
};
