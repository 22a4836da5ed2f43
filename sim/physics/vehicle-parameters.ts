/**
 * The airframe as physics knows it. Defaults are PX4's built-in SIH quadrotor (airframe 10040, SIH_*
 * parameters) but for the linear drag, which SIH sets to an unkind 1 N/(m/s).
 */
export interface VehicleParameters {
  /** SIH_MASS. */
  massKg: number;
  /** Principal moments of inertia about FRD x, y, z: SIH_IXX, SIH_IYY, SIH_IZZ. */
  inertiaXxKgM2: number;
  inertiaYyKgM2: number;
  inertiaZzKgM2: number;
  /** Thrust of one motor at full throttle and nominal voltage: SIH_T_MAX. */
  maxMotorThrustN: number;
  /** Yaw reaction torque of one motor at full throttle: SIH_Q_MAX. */
  maxMotorTorqueNm: number;
  /** Lever of a motor about the roll and the pitch axis: SIH_L_ROLL, SIH_L_PITCH. */
  rollArmM: number;
  pitchArmM: number;
  /** First-order lag of thrust behind its command: SIH_T_TAU. */
  motorTimeConstantS: number;
  /** Force against the airspeed: `linear · v + quadratic · |v| · v`. SIH_KDV is the linear one. */
  linearDragNPerMps: number;
  quadraticDragNPerMps2: number;
  /** Torque against the body rates: SIH_KDW. */
  angularDragNmPerRadps: number;
}

export const defaultVehicleParameters: Readonly<VehicleParameters> = {
  massKg: 1,
  inertiaXxKgM2: 0.025,
  inertiaYyKgM2: 0.025,
  inertiaZzKgM2: 0.03,
  maxMotorThrustN: 5,
  maxMotorTorqueNm: 0.1,
  rollArmM: 0.2,
  pitchArmM: 0.2,
  motorTimeConstantS: 0.05,
  linearDragNPerMps: 0.25,
  quadraticDragNPerMps2: 0.008,
  angularDragNmPerRadps: 0.025,
};
