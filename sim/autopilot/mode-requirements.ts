import type { FlightMode } from '#protocols/mavlink/modes.ts';

/** What a mode may need, each true while it is there (PX4: failsafe_flags, the other way round). */
export interface Conditions {
  /** The estimator has aligned: attitude, rates and altitude. */
  attitude: boolean;
  localPosition: boolean;
  globalPosition: boolean;
  home: boolean;
  /** A mission that can be flown has been uploaded. */
  mission: boolean;
  offboardSignal: boolean;
  /** A radio or a joystick: there is none here. */
  manualControl: boolean;
  /** The companion has registered this external mode: none does. */
  external: boolean;
}

type Requirement = keyof Conditions;

const POSITION = ['attitude', 'localPosition'] as const;
const ON_EARTH = [...POSITION, 'globalPosition'] as const;
const MANUAL = ['attitude', 'manualControl'] as const;

/** As PX4's mode requirements for a multicopter. */
const REQUIREMENTS: Readonly<Partial<Record<FlightMode, readonly Requirement[]>>> = {
  MANUAL: ['manualControl'],
  // It flies by rates alone.
  ACRO: ['manualControl'],
  STABILIZED: MANUAL,
  ALTCTL: MANUAL,
  POSCTL: [...MANUAL, 'localPosition'],
  ORBIT: POSITION,
  AUTO_TAKEOFF: POSITION,
  AUTO_VTOL_TAKEOFF: POSITION,
  AUTO_LOITER: ON_EARTH,
  AUTO_MISSION: [...ON_EARTH, 'mission'],
  AUTO_RTL: [...ON_EARTH, 'home'],
  AUTO_LAND: POSITION,
  AUTO_FOLLOW: POSITION,
  AUTO_PRECLAND: POSITION,
  OFFBOARD: ['attitude', 'offboardSignal'],
  TERMINATION: [],
};

const requirementsOf = (mode: FlightMode): readonly Requirement[] =>
  REQUIREMENTS[mode] ?? ['external'];

/** Modes that run, but in which PX4 does not arm, and to which it does not return after disarming. */
const PREVENTS_ARMING: ReadonlySet<FlightMode> = new Set<FlightMode>([
  'AUTO_LAND',
  'AUTO_RTL',
  'AUTO_PRECLAND',
  'AUTO_FOLLOW',
  'ORBIT',
  'TERMINATION',
]);

export const preventsArming = (mode: FlightMode): boolean => PREVENTS_ARMING.has(mode);

/** The first thing that a mode lacks; undefined when it can run. */
export const lacking = (
  mode: FlightMode,
  conditions: Readonly<Conditions>,
): Requirement | undefined => requirementsOf(mode).find((requirement) => !conditions[requirement]);

/** Whether a failsafe may fly it: a missing radio is a failsafe of its own, not a lack of the mode's. */
export const canFailsafeFly = (mode: FlightMode, conditions: Readonly<Conditions>): boolean =>
  requirementsOf(mode).every(
    (requirement) => requirement === 'manualControl' || conditions[requirement],
  );
