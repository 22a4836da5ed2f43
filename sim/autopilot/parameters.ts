/** int32 travels in the float field of PARAM_VALUE as a bytewise union, float as itself. */
export type ParameterType = 'int32' | 'float';

/** Which PX4 the stand-in behaves like. */
export type Profile = '1.15' | '1.18';

interface Declaration {
  readonly type: ParameterType;
  readonly value: number;
  /** Default of PX4 v1.15.4 where it differs from that of 1.18. */
  readonly before?: number;
}

const int = (value: number, before = value): Declaration => ({ type: 'int32', value, before });
const float = (value: number, before = value): Declaration => ({ type: 'float', value, before });

/**
 * The parameters of PX4 that this stand-in obeys, with the defaults read over MAVLink from PX4 SITL
 * (release/1.18 snapshot and v1.15.4) with airframe 10040.
 */
const DECLARATIONS = {
  BAT1_N_CELLS: int(4),
  BAT_CRIT_THR: float(0.07),
  BAT_EMERGEN_THR: float(0.05),
  BAT_LOW_THR: float(0.15),
  COM_DISARM_LAND: float(2),
  COM_DISARM_PRFLT: float(10),
  COM_DL_LOSS_T: int(10),
  COM_FAIL_ACT_T: float(5),
  COM_LOW_BAT_ACT: int(3, 2),
  COM_OBL_RC_ACT: int(0),
  COM_OF_LOSS_T: float(1),
  COM_SPOOLUP_TIME: float(1),
  GF_ACTION: int(2),
  MAV_SYS_ID: int(1),
  MAV_TYPE: int(2),
  MC_PITCHRATE_P: float(0.15),
  MC_PITCH_P: float(4, 6.5),
  MC_ROLLRATE_D: float(0.003),
  MC_ROLLRATE_I: float(0.2),
  MC_ROLLRATE_MAX: float(220),
  MC_ROLLRATE_P: float(0.15),
  MC_ROLL_P: float(4, 6.5),
  MC_YAWRATE_I: float(0.1),
  MC_YAWRATE_MAX: float(200),
  MC_YAWRATE_P: float(0.2),
  MC_YAW_P: float(2.8),
  MIS_TAKEOFF_ALT: float(2.5),
  MPC_ACC_DOWN_MAX: float(3),
  MPC_ACC_HOR: float(3),
  MPC_ACC_UP_MAX: float(4),
  MPC_JERK_AUTO: float(4),
  MPC_LAND_ALT1: float(10),
  MPC_LAND_ALT2: float(5),
  MPC_LAND_ALT3: float(1),
  MPC_LAND_CRWL: float(0.3),
  MPC_LAND_SPEED: float(0.7),
  MPC_THR_HOVER: float(0.5),
  MPC_THR_MAX: float(1),
  MPC_THR_MIN: float(0.12),
  MPC_TILTMAX_AIR: float(45),
  MPC_TKO_RAMP_T: float(3),
  MPC_TKO_SPEED: float(1.5),
  MPC_VELD_LP: float(5),
  MPC_XY_CRUISE: float(5),
  MPC_XY_P: float(0.95),
  MPC_XY_TRAJ_P: float(0.5),
  MPC_XY_VEL_D_ACC: float(0.2),
  MPC_XY_VEL_I_ACC: float(0.4),
  MPC_XY_VEL_MAX: float(12),
  MPC_XY_VEL_P_ACC: float(1.8),
  MPC_YAWRAUTO_MAX: float(60, 45),
  MPC_Z_P: float(1),
  MPC_Z_VEL_D_ACC: float(0),
  MPC_Z_VEL_I_ACC: float(2),
  MPC_Z_VEL_MAX_DN: float(1.5),
  MPC_Z_VEL_MAX_UP: float(3),
  MPC_Z_VEL_P_ACC: float(4),
  MPC_Z_V_AUTO_DN: float(1.5),
  MPC_Z_V_AUTO_UP: float(3),
  NAV_ACC_RAD: float(10, 2),
  NAV_DLL_ACT: int(0),
  NAV_MC_ALT_RAD: float(0.8),
  RTL_CONE_ANG: int(45),
  RTL_DESCEND_ALT: float(10),
  RTL_LAND_DELAY: float(0),
  RTL_MIN_DIST: float(10),
  RTL_RETURN_ALT: float(30),
  RTL_TYPE: int(0),
  SYS_AUTOSTART: int(10040),
} as const satisfies Record<string, Declaration>;

export type ParameterName = keyof typeof DECLARATIONS;

export const parameterNames: readonly ParameterName[] = Object.keys(DECLARATIONS)
  .sort()
  .map((name) => name as ParameterName);

export const isParameterName = (name: string): name is ParameterName =>
  Object.hasOwn(DECLARATIONS, name);

/** One vehicle's parameter table. Ranges are not enforced, as PX4 does not either. */
export class Parameters {
  /** Counts changes, so that readers know when to read again. */
  revision = 0;
  readonly #values = new Map<ParameterName, number>();

  constructor(profile: Profile, overrides: Readonly<Record<string, number>> = {}) {
    for (const name of parameterNames) {
      const declared: Declaration = DECLARATIONS[name];
      this.#values.set(
        name,
        profile === '1.15' ? (declared.before ?? declared.value) : declared.value,
      );
    }
    for (const [name, value] of Object.entries(overrides)) {
      if (isParameterName(name)) this.set(name, value);
    }
    this.revision = 0;
  }

  get(name: ParameterName): number {
    return this.#values.get(name)!;
  }

  typeOf(name: ParameterName): ParameterType {
    return DECLARATIONS[name].type;
  }

  set(name: ParameterName, value: number): void {
    this.#values.set(name, DECLARATIONS[name].type === 'int32' ? Math.trunc(value) : value);
    this.revision += 1;
  }
}
