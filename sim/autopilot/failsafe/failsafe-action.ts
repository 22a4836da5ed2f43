import type { FlightMode } from '#protocols/mavlink/modes.ts';

/** What a failsafe makes the vehicle do; further down takes precedence (PX4's failsafe framework). */
const ACTIONS = [
  'none',
  'warn',
  'fallbackPosctl',
  'fallbackAltctl',
  'fallbackStabilized',
  'hold',
  'rtl',
  'land',
  'descend',
  'disarm',
  'terminate',
] as const;

export type FailsafeAction = (typeof ACTIONS)[number];

export const isWorse = (action: FailsafeAction, than: FailsafeAction): boolean =>
  ACTIONS.indexOf(action) > ACTIONS.indexOf(than);

const MODES: Readonly<Partial<Record<FailsafeAction, FlightMode>>> = {
  fallbackPosctl: 'POSCTL',
  fallbackAltctl: 'ALTCTL',
  fallbackStabilized: 'STABILIZED',
  hold: 'AUTO_LOITER',
  rtl: 'AUTO_RTL',
  land: 'AUTO_LAND',
  // DESCEND has no number of its own on the wire.
  descend: 'AUTO_LAND',
  terminate: 'TERMINATION',
};

/** The mode in which an action flies; undefined for one that leaves the intended mode alone. */
export const modeOfAction = (action: FailsafeAction): FlightMode | undefined => MODES[action];

/** Actions that the operator may end by choosing a mode. */
export const allowsTakeover = (action: FailsafeAction): boolean =>
  action === 'hold' || action === 'rtl' || action === 'land' || action === 'descend';
