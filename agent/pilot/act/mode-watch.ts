import type { AutopilotStatus } from '#protocols/mavlink/heartbeat.ts';
import { flightModeOf, type FlightMode } from '#protocols/mavlink/modes.ts';
import { MavState } from 'mavlink-mappings/dist/lib/minimal.js';
import type { Telemetry } from '../estimate/telemetry.ts';

/** The autopilot's mode as last heard, by HEARTBEAT or CURRENT_MODE, whichever came later. */
export interface ModeReport {
  mode: FlightMode | undefined;
  /** When that was heard; −∞ = never. */
  atMs: number;
  /** PX4 acts against what was asked of it (MAV_STATE_CRITICAL or worse). */
  failsafe: boolean;
}

export const modeReport = (
  status: Readonly<AutopilotStatus>,
  telemetry: Readonly<Telemetry>,
  nowMs: number,
): ModeReport => {
  const heartbeatAtMs = nowMs - status.heartbeatAgeMs;
  if (telemetry.currentModeAtMs >= heartbeatAtMs) {
    const { currentCustomMode, intendedCustomMode, currentModeAtMs } = telemetry;
    // A heartbeat's word may be a second old: somebody may have ended the failsafe since.
    const intended = intendedCustomMode !== 0;
    return {
      mode: flightModeOf(currentCustomMode),
      atMs: currentModeAtMs,
      failsafe: intended ? currentCustomMode !== intendedCustomMode : isCritical(status),
    };
  }
  return { mode: status.mode, atMs: heartbeatAtMs, failsafe: isCritical(status) };
};

const isCritical = (status: Readonly<AutopilotStatus>): boolean =>
  status.systemStatus >= MavState.CRITICAL;

/** Modes in which a person holds the sticks: no directive takes them away. */
const MANUAL: ReadonlySet<FlightMode> = new Set<FlightMode>([
  'MANUAL',
  'ALTCTL',
  'POSCTL',
  'ACRO',
  'STABILIZED',
]);

export const isManual = (mode: FlightMode | undefined): boolean =>
  mode !== undefined && MANUAL.has(mode);
