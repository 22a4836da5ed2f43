import type { ParameterReading } from '#agent/pilot/preflight/input.ts';

/** What PX4 SITL gave over MAVLink before anybody set anything: [name, v1.15.4, release/1.18]. */
const DEFAULTS: readonly [name: string, v115: number, v118: number][] = [
  ['BAT1_N_CELLS', 4, 4],
  ['BAT_CRIT_THR', 0.07, 0.07],
  ['BAT_EMERGEN_THR', 0.05, 0.05],
  ['BAT_LOW_THR', 0.15, 0.15],
  ['CBRK_FLIGHTTERM', 121_212, 121_212],
  ['CBRK_SUPPLY_CHK', 894_281, 0],
  ['CBRK_USB_CHK', 197_848, 197_848],
  ['COM_ARM_WO_GPS', 1, 1],
  ['COM_DISARM_LAND', 2, 2],
  ['COM_DISARM_PRFLT', 10, 10],
  ['COM_DL_LOSS_T', 10, 10],
  ['COM_FAIL_ACT_T', 5, 5],
  ['COM_LOW_BAT_ACT', 2, 3],
  ['COM_OBL_RC_ACT', 0, 0],
  ['COM_OF_LOSS_T', 1, 1],
  ['COM_RCL_EXCEPT', 0, 0],
  ['COM_RC_IN_MODE', 1, 1],
  ['COM_WIND_MAX', -1, -1],
  ['COM_WIND_MAX_ACT', 0, 0],
  ['EKF2_GPS_CTRL', 7, 7],
  ['EKF2_HGT_REF', 1, 1],
  ['GF_ACTION', 2, 2],
  ['GF_MAX_HOR_DIST', 0, 0],
  ['GF_MAX_VER_DIST', 0, 0],
  ['MAV_SYS_ID', 1, 1],
  ['MAV_TYPE', 2, 2],
  ['MIS_TAKEOFF_ALT', 2.5, 2.5],
  ['MPC_ACC_HOR', 3, 3],
  ['MPC_XY_VEL_MAX', 12, 12],
  ['MPC_Z_VEL_MAX_DN', 1.5, 1.5],
  ['MPC_Z_VEL_MAX_UP', 3, 3],
  ['NAV_ACC_RAD', 2, 10],
  ['NAV_DLL_ACT', 0, 0],
  ['NAV_RCL_ACT', 2, 2],
  ['RTL_CONE_ANG', 45, 45],
  ['RTL_LAND_DELAY', 0, 0],
  ['RTL_MIN_DIST', 10, 10],
  ['RTL_RETURN_ALT', 30, 30],
  ['RTL_TYPE', 0, 0],
  ['SYS_HITL', 0, 0],
];

/** A fresh table of a vehicle that was never configured; `changes` plant what a test needs. */
export const px4Defaults = (
  version: '1.15' | '1.18',
  changes: Readonly<Record<string, ParameterReading>> = {},
): Map<string, ParameterReading> => {
  const table = new Map<string, ParameterReading>(
    DEFAULTS.map(([name, v115, v118]) => [name, Math.fround(version === '1.15' ? v115 : v118)]),
  );
  for (const [name, value] of Object.entries(changes)) table.set(name, value);
  return table;
};
