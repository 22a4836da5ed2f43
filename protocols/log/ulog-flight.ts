import { unreadable } from './ulog-scan.ts';
import type { Ulog } from './ulog.ts';

/** Columns of one topic under names of ours. */
export type Series<K extends string> = { readonly timeS: Float64Array } & Readonly<
  Record<K, Float64Array>
>;

/** Which column of PX4's topic becomes which of ours. */
type Mapping<K extends string> = Readonly<Record<K, string>>;

const NED = { north: 'x', east: 'y', down: 'z' } as const;

/** Local NED, metres from the EKF's origin. */
const POSITION = {
  ...NED,
  velocityNorth: 'vx',
  velocityEast: 'vy',
  velocityDown: 'vz',
  /** Derivative of `down`: noisier than `velocityDown`, with less bias. */
  downRate: 'z_deriv',
  headingRad: 'heading',
} as const;
/** NaN: not commanded. */
const SETPOINT = {
  north: 'position[0]',
  east: 'position[1]',
  down: 'position[2]',
  velocityNorth: 'velocity[0]',
  velocityEast: 'velocity[1]',
  velocityDown: 'velocity[2]',
  accelerationNorth: 'acceleration[0]',
  accelerationEast: 'acceleration[1]',
  accelerationDown: 'acceleration[2]',
  yawRad: 'yaw',
  yawRateRadps: 'yawspeed',
} as const;
/** Hamilton, w first: FRD body to NED. */
const ATTITUDE = { w: 'q[0]', x: 'q[1]', y: 'q[2]', z: 'q[3]' } as const;
const ATTITUDE_SETPOINT = {
  w: 'q_d[0]',
  x: 'q_d[1]',
  y: 'q_d[2]',
  z: 'q_d[3]',
  /** FRD down: negative lifts, −1 full. */
  thrustDown: 'thrust_body[2]',
} as const;
/** FRD, rad/s. */
const RATES = { roll: 'xyz[0]', pitch: 'xyz[1]', yaw: 'xyz[2]' } as const;
/** Commands 0..1; NaN: motor off. */
const MOTORS = {
  motor1: 'control[0]',
  motor2: 'control[1]',
  motor3: 'control[2]',
  motor4: 'control[3]',
} as const;
const BATTERY = { voltageV: 'voltage_v', currentA: 'current_a', remaining: 'remaining' } as const;
/** PX4's numbers: nav_state 14 is OFFBOARD, arming_state 2 is armed. */
const STATUS = { navState: 'nav_state', armingState: 'arming_state' } as const;

/**
 * What a flight was: estimate, setpoints, attitude, motors, battery, and in simulation the truth.
 * Each series keeps its own times, seconds since boot; those that the log lacks are undefined.
 */
export interface UlogFlight {
  readonly estimate?: Series<keyof typeof POSITION>;
  readonly truth?: Series<keyof typeof POSITION>;
  readonly setpoint?: Series<keyof typeof SETPOINT>;
  readonly attitude?: Series<keyof typeof ATTITUDE>;
  readonly attitudeTruth?: Series<keyof typeof ATTITUDE>;
  readonly attitudeSetpoint?: Series<keyof typeof ATTITUDE_SETPOINT>;
  readonly rates?: Series<keyof typeof RATES>;
  readonly ratesSetpoint?: Series<keyof typeof RATES>;
  readonly motors?: Series<keyof typeof MOTORS>;
  readonly hoverThrust?: Series<'value'>;
  readonly battery?: Series<keyof typeof BATTERY>;
  readonly status?: Series<keyof typeof STATUS>;
}

const seriesOf = <K extends string>(
  log: Ulog,
  topicName: string,
  mapping: Mapping<K>,
): Series<K> | undefined => {
  const topic = log.topics.find(({ name, instance }) => name === topicName && instance === 0);
  if (topic === undefined) return undefined;
  const entries = Object.entries<string>(mapping).map(([ours, theirs]) => {
    const column = topic.columns.get(theirs);
    if (column === undefined) throw unreadable(`${topicName} without ${theirs}`);
    return [ours, column] as const;
  });
  const columns = Object.fromEntries(entries) as Record<K, Float64Array>;
  return { timeS: topic.timeS, ...columns };
};

/**
 * A log's topics as typed series in SI units and our names. Throws the Fault `ulog-unreadable` where
 * a topic lacks a column that PX4 v1.15 and v1.18 both write.
 */
export const flightOf = (log: Ulog): UlogFlight => {
  const series = {
    estimate: seriesOf(log, 'vehicle_local_position', POSITION),
    truth: seriesOf(log, 'vehicle_local_position_groundtruth', POSITION),
    setpoint: seriesOf(log, 'trajectory_setpoint', SETPOINT),
    attitude: seriesOf(log, 'vehicle_attitude', ATTITUDE),
    attitudeTruth: seriesOf(log, 'vehicle_attitude_groundtruth', ATTITUDE),
    attitudeSetpoint: seriesOf(log, 'vehicle_attitude_setpoint', ATTITUDE_SETPOINT),
    rates: seriesOf(log, 'vehicle_angular_velocity', RATES),
    ratesSetpoint: seriesOf(log, 'vehicle_rates_setpoint', {
      roll: 'roll',
      pitch: 'pitch',
      yaw: 'yaw',
    }),
    motors: seriesOf(log, 'actuator_motors', MOTORS),
    hoverThrust: seriesOf(log, 'hover_thrust_estimate', { value: 'hover_thrust' }),
    battery: seriesOf(log, 'battery_status', BATTERY),
    status: seriesOf(log, 'vehicle_status', STATUS),
  };
  const present = Object.entries(series).filter(([, one]) => one !== undefined);
  return Object.fromEntries(present);
};
