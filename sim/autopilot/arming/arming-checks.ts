import type { FlightMode } from '#protocols/mavlink/modes.ts';
import { eventKind, type EventKind } from '../events/raised-event.ts';
import type { BatteryLevel } from '../failsafe/battery-warning.ts';
import { preventsArming, type Conditions } from '../mode-requirements.ts';
import type { Parameters, Profile } from '../parameters.ts';
import {
  ALL_GROUPS,
  EXTERNAL_GROUPS,
  groupOf,
  isExternal,
  NEEDING,
  NO_GROUPS,
  NOT_FOR_TAKEOFF,
  type ModeGroups,
} from './mode-groups.ts';

/** What the checks look at. */
export interface ArmingState {
  profile: Profile;
  mode: FlightMode;
  armed: boolean;
  conditions: Readonly<Conditions>;
  parameters: Parameters;
  battery: BatteryLevel;
  /** Charge left, 0..1. */
  batteryRemaining: number;
  gnssFix: boolean;
  gcsLost: boolean;
  fenceBreached: boolean;
  terminated: boolean;
}

/** PX4's events::Log: how bad a failed check is. */
export const LEVEL = { critical: 2, error: 3, warning: 4, info: 6 } as const;

type Level = (typeof LEVEL)[keyof typeof LEVEL];

/** PX4's health_component by bit. */
const COMPONENT = {
  gps: 3,
  remoteControl: 7,
  battery: 11,
  link: 12,
  attitude: 16,
  localPosition: 17,
  system: 20,
  globalPosition: 24,
} as const;

export type ComponentName = keyof typeof COMPONENT;

export const componentBit = (name: ComponentName): number => (1 << COMPONENT[name]) >>> 0;

/** A check that failed. */
export interface Finding {
  kind: EventKind<readonly ['u32', 'u8']>;
  level: Level;
  component: ComponentName;
  /** What the event names. */
  named: ModeGroups;
  /** Cannot be armed in because of it. */
  keepsFromArming: ModeGroups;
  /** Cannot be flown because of it. */
  keepsFromRunning: ModeGroups;
  /** What PX4 says of it. */
  text: string;
}

/** The component's index, for an event's argument. */
export const componentIndex = ({ component }: Finding): number => COMPONENT[component];

type ArmingCheck = (state: Readonly<ArmingState>) => Finding | undefined;

const check = (name: string): Finding['kind'] => eventKind(name, 0, 'u32', 'u8');

const KIND = {
  headingSource: check('check_estimator_heading_no_source'),
  gnssFix: check('check_estimator_gps_fix_too_low'),
  offboardSignal: check('check_modes_offboard_signal'),
  offboardSignalLost: check('check_modes_offboard_signal_lost'),
  external: check('check_external_modes_unavailable'),
  takeoff: check('check_modes_cannot_takeoff'),
  attitude: check('check_modes_attitude'),
  localPosition: check('check_modes_local_pos'),
  globalPosition: check('check_modes_global_pos'),
  home: check('check_modes_home_position'),
  mission: check('check_modes_mission'),
  manualControl: check('check_modes_manual_control'),
  batteryBeforeFlight: check('check_battery_preflight_low'),
  battery: check('check_battery_low'),
  fence: check('check_gf_violation_custom_gf'),
  termination: check('check_system_flight_term_active'),
  groundLink: check('check_rc_dl_no_dllink'),
} as const;

type Outline = Pick<Finding, 'kind' | 'level' | 'component' | 'text'>;

/** A thing that some modes need. */
const needed = (outline: Outline, groups: ModeGroups): Finding => ({
  ...outline,
  named: groups,
  keepsFromArming: groups,
  keepsFromRunning: groups,
});

/** Something that is wrong in every mode, and keeps from arming or only warns. */
const everywhere = (outline: Outline, stops: boolean): Finding => ({
  ...outline,
  named: ALL_GROUPS,
  keepsFromArming: stops ? ALL_GROUPS : NO_GROUPS,
  keepsFromRunning: NO_GROUPS,
});

const headingSource: ArmingCheck = ({ profile, armed, conditions }) => {
  if (profile === '1.15' || armed || conditions.localPosition) return undefined;
  const text = 'Heading estimate has no source';
  const { error: level } = LEVEL;
  const outline = { kind: KIND.headingSource, level, component: 'localPosition', text } as const;
  return needed(outline, NEEDING[profile].localPosition);
};

/** COM_ARM_WO_GPS: 0 keeps from arming, 1 warns, 2 is silent. */
const gnssFix: ArmingCheck = ({ profile, armed, gnssFix: fixed, parameters }) => {
  const choice = parameters.get('COM_ARM_WO_GPS');
  if (fixed || armed || choice >= 2) return undefined;
  const stops = choice === 0;
  const level = stops ? LEVEL.error : LEVEL.warning;
  const outline = { kind: KIND.gnssFix, level, component: 'gps', text: 'GPS fix too low' } as const;
  if (!stops) return everywhere(outline, false);
  const { attitude } = NEEDING[profile];
  return { ...outline, named: attitude, keepsFromArming: ALL_GROUPS, keepsFromRunning: NO_GROUPS };
};

const offboardSignal: ArmingCheck = ({ profile, conditions }) => {
  if (conditions.offboardSignal) return undefined;
  const kind = profile === '1.15' ? KIND.offboardSignal : KIND.offboardSignalLost;
  const text = 'No offboard signal';
  const outline = { kind, level: LEVEL.error, component: 'system', text } as const;
  return needed(outline, NEEDING[profile].offboardSignal);
};

/** Only the external mode that is wanted is told of. */
const external: ArmingCheck = ({ mode, conditions }) => {
  if (conditions.external || !isExternal(mode)) return undefined;
  const text = 'Mode is not registered';
  const outline = { kind: KIND.external, level: LEVEL.error, component: 'system', text } as const;
  return needed(outline, groupOf(mode));
};

const takeoff: ArmingCheck = ({ mode, armed }) => {
  if (armed || !preventsArming(mode)) return undefined;
  return {
    kind: KIND.takeoff,
    level: LEVEL.info,
    component: 'system',
    text: 'Mode not suitable for arming',
    named: NOT_FOR_TAKEOFF,
    keepsFromArming: NOT_FOR_TAKEOFF,
    keepsFromRunning: NO_GROUPS,
  };
};

/** A condition of modes: v1.15 puts all of them down to the system, v1.18 to what is missing. */
const condition =
  (
    what: 'attitude' | 'localPosition' | 'globalPosition' | 'mission',
    { level, text }: Pick<Finding, 'level' | 'text'>,
  ): ArmingCheck =>
  ({ profile, conditions }) => {
    if (conditions[what]) return undefined;
    const component = profile === '1.15' || what === 'mission' ? 'system' : what;
    return needed({ kind: KIND[what], level, component, text }, NEEDING[profile][what]);
  };

/** PX4 tells of it once there is a position that home could be. */
const home: ArmingCheck = ({ profile, conditions }) => {
  if (conditions.home || !conditions.globalPosition) return undefined;
  const text = 'Home position not set';
  const outline = { kind: KIND.home, level: LEVEL.info, component: 'system', text } as const;
  return needed(outline, NEEDING[profile].home);
};

const manualControl: ArmingCheck = ({ profile, conditions }) => {
  if (conditions.manualControl) return undefined;
  const { manualControl: groups } = NEEDING[profile];
  return {
    kind: KIND.manualControl,
    level: LEVEL.warning,
    component: 'remoteControl',
    text: 'No manual control input',
    named: ALL_GROUPS,
    keepsFromArming: groups,
    keepsFromRunning: groups,
  };
};

const batteryBeforeFlight: ArmingCheck = ({ armed, batteryRemaining, parameters }) => {
  if (armed || batteryRemaining >= parameters.get('COM_ARM_BAT_MIN')) return undefined;
  const kind = KIND.batteryBeforeFlight;
  const text = 'Low battery';
  return everywhere({ kind, level: LEVEL.critical, component: 'battery', text }, true);
};

const battery: ArmingCheck = ({ battery: warning }) => {
  if (warning === 'none') return undefined;
  const stops = warning !== 'low';
  const level = stops ? LEVEL.critical : LEVEL.warning;
  return everywhere(
    { kind: KIND.battery, level, component: 'battery', text: 'Low battery' },
    stops,
  );
};

const fence: ArmingCheck = ({ fenceBreached }) => {
  if (!fenceBreached) return undefined;
  const text = 'Geofence violation: approaching or outside geofence';
  return everywhere({ kind: KIND.fence, level: LEVEL.error, component: 'system', text }, true);
};

const termination: ArmingCheck = ({ terminated }) => {
  if (!terminated) return undefined;
  const text = 'Flight termination active';
  const kind = KIND.termination;
  return everywhere({ kind, level: LEVEL.critical, component: 'system', text }, true);
};

const groundLink: ArmingCheck = ({ gcsLost, parameters }) => {
  if (!gcsLost) return undefined;
  const stops = parameters.get('NAV_DLL_ACT') > 0;
  const level = stops ? LEVEL.error : LEVEL.info;
  const text = 'No connection to the ground control station';
  return everywhere({ kind: KIND.groundLink, level, component: 'link', text }, stops);
};

const only =
  (profile: Profile, one: ArmingCheck): ArmingCheck =>
  (state) =>
    state.profile === profile ? one(state) : undefined;

/**
 * PX4's health and arming checks, as far as anything here can fail, in the order in which PX4 reports
 * them (recorded). One check, one entry.
 */
const CHECKS: readonly ArmingCheck[] = [
  headingSource,
  gnssFix,
  external,
  only('1.18', offboardSignal),
  takeoff,
  condition('attitude', { level: LEVEL.critical, text: 'No valid attitude estimate' }),
  condition('localPosition', { level: LEVEL.error, text: 'No valid local position estimate' }),
  condition('globalPosition', { level: LEVEL.error, text: 'No valid global position estimate' }),
  home,
  condition('mission', { level: LEVEL.info, text: 'No valid mission available' }),
  only('1.15', offboardSignal),
  manualControl,
  batteryBeforeFlight,
  battery,
  fence,
  termination,
  groundLink,
];

/** Everything that fails, in PX4's order. */
export const findingsOf = (state: Readonly<ArmingState>): Finding[] => {
  const findings: Finding[] = [];
  for (const one of CHECKS) {
    const finding = one(state);
    if (finding !== undefined) findings.push(finding);
  }
  return findings;
};

/** Text of the first check that forbids arming in the present mode; undefined when nothing does. */
export const reasonAgainstArming = (state: Readonly<ArmingState>): string | undefined => {
  const group = groupOf(state.mode);
  for (const one of CHECKS) {
    const finding = one(state);
    if (finding !== undefined && (finding.keepsFromArming & group) !== 0) return finding.text;
  }
  return undefined;
};

/** The modes that the findings leave. */
export const groupsLeft = (
  findings: readonly Finding[],
  { conditions }: Readonly<ArmingState>,
): { canArm: ModeGroups; canRun: ModeGroups } => {
  const without = conditions.external ? NO_GROUPS : EXTERNAL_GROUPS;
  let canArm = ALL_GROUPS & ~without;
  let canRun = canArm;
  for (const { keepsFromArming, keepsFromRunning } of findings) {
    canArm &= ~keepsFromArming;
    canRun &= ~keepsFromRunning;
  }
  return { canArm: canArm >>> 0, canRun: canRun >>> 0 };
};
