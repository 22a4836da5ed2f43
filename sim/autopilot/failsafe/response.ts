import type { FlightMode } from '#protocols/mavlink/modes.ts';

interface Flown {
  /** The mode in which it flies; left out where the intended mode stays as it is. */
  readonly mode?: FlightMode;
  /** An operator ends it by choosing a mode. */
  readonly yields?: boolean;
  /** Which response takes its place when its mode cannot fly. */
  readonly orElse?: FailsafeAction;
}

/** What a failsafe can make the vehicle do, from the mildest to the gravest. */
const RESPONSES = {
  none: {},
  warn: {},
  posctl: { mode: 'POSCTL', orElse: 'altctl' },
  altctl: { mode: 'ALTCTL', orElse: 'stabilized' },
  stabilized: { mode: 'STABILIZED', orElse: 'hold' },
  hold: { mode: 'AUTO_LOITER', yields: true, orElse: 'rtl' },
  rtl: { mode: 'AUTO_RTL', yields: true, orElse: 'land' },
  land: { mode: 'AUTO_LAND', yields: true, orElse: 'descend' },
  // Sinking by attitude alone has no number of its own on the wire.
  descend: { mode: 'AUTO_LAND', yields: true },
  disarm: {},
  terminate: { mode: 'TERMINATION' },
} as const satisfies Record<string, { mode?: FlightMode; yields?: boolean; orElse?: string }>;

export type FailsafeAction = keyof typeof RESPONSES;

const GRAVITY: ReadonlyMap<string, number> = new Map(
  Object.keys(RESPONSES).map((response, rank) => [response, rank]),
);

const flown = (action: FailsafeAction): Flown => RESPONSES[action];

/** PX4's number of an action: they are in its order. */
export const actionNumber = (action: FailsafeAction): number => GRAVITY.get(action)!;

export const isWorse = (action: FailsafeAction, than: FailsafeAction): boolean =>
  GRAVITY.get(action)! > GRAVITY.get(than)!;

export const gravest = (actions: readonly FailsafeAction[]): FailsafeAction =>
  actions.reduce((worst, one) => (isWorse(one, worst) ? one : worst), 'none');

/** The mode in which an action flies; undefined for one that leaves the intended mode alone. */
export const modeOfAction = (action: FailsafeAction): FlightMode | undefined => flown(action).mode;

export const yieldsToOperator = (action: FailsafeAction): boolean => flown(action).yields === true;

/** The action itself, or the first of those in its place whose mode can fly. */
export const flyable = (
  action: FailsafeAction,
  canFly: (mode: FlightMode) => boolean,
): FailsafeAction => {
  const { mode, orElse } = flown(action);
  return mode === undefined || orElse === undefined || canFly(mode)
    ? action
    : flyable(orElse, canFly);
};
