import type { FailsafeAction } from './failsafe-action.ts';

/** What can go wrong in flight. */
export type Cause =
  | 'gcsLost'
  | 'windExceeded'
  | 'flightTimeExceeded'
  | 'fenceBreached'
  | 'batteryLow'
  | 'batteryCritical'
  | 'batteryEmergency'
  | 'modeFallback';

/** What one cause asks for while it lasts. */
export interface Demand {
  cause: Cause;
  action: FailsafeAction;
  /** When the action ends: with its cause, or only with a change of mode after that. */
  ends: 'withCause' | 'withModeChange';
  /** Held back for COM_FAIL_ACT_T, hovering, so that a pilot may step in. */
  delayed: boolean;
}

/** A cause whose parameter chooses among PX4's usual responses. */
export const demandOf = (cause: Cause, action: FailsafeAction, more?: Partial<Demand>): Demand => ({
  cause,
  action,
  ends: 'withCause',
  delayed: true,
  ...more,
});
