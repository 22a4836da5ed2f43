import { eventKind } from './raised-event.ts';

/*
 * What the stand-in says, by PX4's names; arguments by v1.15.4's metadata. Log levels (internal and
 * external) as recorded, and where no recording has the event as PX4's source gives them.
 */

const ERROR = 0x33;
const WARNING = 0x44;
const INFO = 0x66;
/** For machines. */
const PROTOCOL = 0x88;
/** Critical for people, with a warning or an information in the log. */
const CRITICAL_WARNING = 0x42;
const CRITICAL = 0x62;

/** PX4's arm_disarm_reason. */
export const ARMING_REASON = {
  externalCommand: 4,
  missionStart: 5,
  landing: 6,
  preflight: 7,
  failsafe: 14,
} as const;

export type ArmingReason = keyof typeof ARMING_REASON;

/** Frames of a report on what is wrong; first their bit sets, then what lies between. */
export const REPORT_EVENTS = {
  armingSummary: eventKind(
    'commander_arming_check_summary',
    PROTOCOL,
    ...(['u8', 'u32', 'u32', 'u32', 'u32'] as const),
  ),
  healthSummary: eventKind(
    'commander_health_summary',
    PROTOCOL,
    ...(['u8', 'u32', 'u32', 'u32'] as const),
  ),
} as const;

export const COMMANDER_EVENTS = {
  armed: eventKind('commander_armed_by', INFO, 'u8'),
  disarmed: eventKind('commander_disarmed_by', INFO, 'u8'),
  armingDenied: eventKind('commander_arm_denied_resolve_failures', CRITICAL),
  armingDeniedCalibrating: eventKind('commander_arm_denied_calibrating', CRITICAL),
  disarmingDenied: eventKind('commander_disarm_denied_not_landed', CRITICAL),
  wrongArmingParameter: eventKind('commander_unsupported_arm_disarm_param', ERROR, 'f32'),
  wrongAutoMode: eventKind('commander_unsupported_auto_mode', ERROR),
  /** Since v1.18. */
  wrongMainMode: eventKind('commander_unsupported_main_mode', ERROR),
  wrongBaseMode: eventKind('commander_unsupported_base_mode', ERROR),
  noMission: eventKind('commander_mission_start_denied_no_mission', CRITICAL),
  busyCalibrating: eventKind('commander_cal_cmd_denied', 0x63, 'u32'),
  landingHere: eventKind('commander_landing_current_pos', INFO),
  returning: eventKind('commander_rtl', INFO),
  takenOff: eventKind('commander_takeoff_detected', INFO),
  landed: eventKind('commander_landing_detected', INFO),
  stationLost: eventKind('commander_gcs_lost', 0x64),
  stationRegained: eventKind('commander_dl_regained', INFO),
  cannotShutDown: eventKind('commander_low_bat_shutdown_failed', 0x30),
  gnssStopped: eventKind('check_estimator_gnss_fusion_stopped', INFO),
  gnssStarted: eventKind('check_estimator_gnss_fusion_started', INFO),
} as const;

/** Arguments: custom mode of the intended mode, then action, seconds of hovering before it, cause. */
export const FAILSAFE_EVENTS = {
  hover: eventKind('commander_failsafe_enter_hold', CRITICAL_WARNING, 'u32', 'u8', 'u16', 'u8'),
  act: eventKind('commander_failsafe_enter', CRITICAL_WARNING, 'u32', 'u8', 'u8'),
  warn: eventKind('commander_failsafe_enter_warn', WARNING, 'u32', 'u8'),
  genericHover: eventKind(
    'commander_failsafe_enter_generic_hold',
    CRITICAL_WARNING,
    'u32',
    'u8',
    'u16',
  ),
  genericAct: eventKind('commander_failsafe_enter_generic', CRITICAL_WARNING, 'u32', 'u8'),
  genericWarn: eventKind('commander_failsafe_enter_generic_warn', WARNING, 'u32'),
  batteryLow: eventKind('commander_failsafe_enter_low_bat', 0x64),
  batteryCritical: eventKind('commander_failsafe_enter_crit_bat_warn', CRITICAL),
  batteryEmergency: eventKind('commander_failsafe_enter_crit_low_bat_warn', 0x60),
  takenOver: eventKind('failsafe_rc_override', INFO),
} as const;

export const NAVIGATOR_EVENTS = {
  /** Metres above home. */
  defaultTakeoffAltitude: eventKind('navigator_takeoff_default_alt', INFO, 'f32'),
  /** Metres above mean sea level, metres above home. */
  returningAt: eventKind('vrtl_return_at', INFO, 'i32', 'i32'),
  landingAtHome: eventKind('rtl_land_at_destination', INFO),
  missionBegins: eventKind('mission_execute', INFO),
  /** Metres above home. */
  missionClimbs: eventKind('mission_climb_before_start', INFO, 'f32'),
  /** Distance and most, metres. */
  firstTooFar: eventKind('navigator_mis_first_wp_too_far', 0x63, 'u32', 'u32'),
  /** Item counted from 1, MAV_CMD. */
  unsupportedItem: eventKind('navigator_mis_unsup_cmd', CRITICAL, 'u16', 'u16'),
  startsWithLanding: eventKind('navigator_mis_starts_w_landing', CRITICAL),
  /** Least height, metres. */
  takeoffTooLow: eventKind('navigator_mis_takeoff_too_low', CRITICAL, 'f32'),
  takeoffNotFirst: eventKind('navigator_mis_takeoff_not_first', CRITICAL),
  fenceWithoutHome: eventKind('navigator_geofence_invalid_against_home', CRITICAL_WARNING),
  fenceWithoutVehicle: eventKind('navigator_geofence_invalid_against_cur_pos', CRITICAL_WARNING),
} as const;

export const TRANSFER_EVENTS = {
  timeout: eventKind('mavlink_mission_op_timeout', ERROR),
  downloadIgnored: eventKind('mavlink_mission_req_ignored', 0x66),
  wrongPartner: eventKind('mavlink_mission_partner_id_mismatch', ERROR),
  requestFromOther: eventKind('mavlink_mission_partner_id_mismatch2', ERROR),
  requestWhileBusy: eventKind('mavlink_mission_mis_req_ignored_busy', ERROR),
  unexpectedRequest: eventKind('mavlink_mission_wp_unexpected', ERROR),
  countWhileBusy: eventKind('mavlink_mission_ignore_mis_count', ERROR),
  itemWhileBusy: eventKind('mavlink_mission_mis_item_busy', ERROR),
  itemWithoutTransfer: eventKind('mavlink_mission_no_transfer', ERROR),
  invalidItem: eventKind('mavlink_mission_mis_item_invalid', ERROR),
  clearWhileBusy: eventKind('mavlink_mission_ignore_clear', ERROR),
  currentWhileBusy: eventKind('mavlink_mission_state_busy', ERROR),
  currentNotThere: eventKind('mavlink_mission_seq_out_of_bounds', ERROR),
} as const;

/** Setpoints that do not count; the argument is their MAV_FRAME. */
export const SETPOINT_EVENTS = {
  localFrame: eventKind('mavlink_rcv_sp_target_unsup_coord', ERROR, 'u8'),
  globalFrame: eventKind('mavlink_rcv_sp_target_gl_invalid_coord', ERROR, 'u8'),
  empty: eventKind('mavlink_rcv_sp_target_invalid', ERROR),
} as const;
