import { LocationFix, Log, PoseInFrame } from '@foxglove/schemas/jsonschema.js';
import type { FlightMode } from '#protocols/mavlink/modes.ts';

/** A flight as other tools read it: one line of numbers a topic, whatever log it came from. */
export interface TrackMessage {
  topic: TrackTopic;
  /** Unix time, µs; of logs that know no such time, µs since the vehicle's boot. */
  timeUs: bigint;
  value: object;
}

/** Everything in SI units and radians; what is not known is left out. */
export interface StateValue {
  /** Which zero positions count from: the mission's origin, or the vehicle's own EKF origin. */
  frame: 'mission' | 'ekf';
  northM?: number;
  eastM?: number;
  downM?: number;
  velocityNorthMps?: number;
  velocityEastMps?: number;
  velocityDownMps?: number;
  rollRad?: number;
  pitchRad?: number;
  yawRad?: number;
}

/** NED; what is not commanded is left out. */
export interface SetpointValue {
  northM?: number;
  eastM?: number;
  downM?: number;
  velocityNorthMps?: number;
  velocityEastMps?: number;
  velocityDownMps?: number;
  yawRad?: number;
  yawRateRadps?: number;
}

export interface ModeValue {
  mode?: FlightMode;
  armed: boolean;
  /** Skein's own flight phase and its reason, where Skein flew. */
  phase?: string;
  reason?: string;
}

export interface BatteryValue {
  voltageV?: number;
  currentA?: number;
  /** 0–1. */
  remaining?: number;
}

const numbers = (...names: string[]): object => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'number' }])),
});

const POSITION = ['northM', 'eastM', 'downM'];
const VELOCITY = ['velocityNorthMps', 'velocityEastMps', 'velocityDownMps'];

/** Topics by name with the schema that Foxglove's panels look for; ours begin with `skein`. */
export const TRACK_TOPICS = {
  '/vehicle/location': { schema: 'foxglove.LocationFix', jsonSchema: LocationFix },
  '/vehicle/pose': { schema: 'foxglove.PoseInFrame', jsonSchema: PoseInFrame },
  '/vehicle/text': { schema: 'foxglove.Log', jsonSchema: Log },
  '/vehicle/state': {
    schema: 'skein.State',
    jsonSchema: numbers(...POSITION, ...VELOCITY, 'rollRad', 'pitchRad', 'yawRad'),
  },
  '/vehicle/setpoint': {
    schema: 'skein.Setpoint',
    jsonSchema: numbers(...POSITION, ...VELOCITY, 'yawRad', 'yawRateRadps'),
  },
  '/vehicle/mode': {
    schema: 'skein.Mode',
    jsonSchema: {
      type: 'object',
      properties: {
        mode: { type: 'string' },
        armed: { type: 'boolean' },
        phase: { type: 'string' },
        reason: { type: 'string' },
      },
    },
  },
  '/vehicle/battery': {
    schema: 'skein.Battery',
    jsonSchema: numbers('voltageV', 'currentA', 'remaining'),
  },
} as const satisfies Record<string, { schema: string; jsonSchema: object }>;

export type TrackTopic = keyof typeof TRACK_TOPICS;

const stamp = (timeUs: bigint): { sec: number; nsec: number } => ({
  sec: Number(timeUs / 1_000_000n),
  nsec: Number(timeUs % 1_000_000n) * 1000,
});

/** Only the finite ones: JSON has no NaN, and "not known" is better said by silence. */
export const known = <T extends object>(value: T): T =>
  Object.fromEntries(
    Object.entries(value).filter(([, one]) => typeof one !== 'number' || Number.isFinite(one)),
  ) as T;

/** Degrees and metres AMSL. */
export const locationMessage = (
  timeUs: bigint,
  place: { latDeg: number; lonDeg: number; altAmslM: number },
): TrackMessage => ({
  topic: '/vehicle/location',
  timeUs,
  value: {
    timestamp: stamp(timeUs),
    frame_id: 'vehicle',
    latitude: place.latDeg,
    longitude: place.lonDeg,
    altitude: place.altAmslM,
    position_covariance: Array.from({ length: 9 }, () => 0),
    position_covariance_type: 0,
  },
});

/** The state twice: ours in NED, and as a pose in east, north, up and front, left, up, as viewers want it. */
export const stateMessages = (timeUs: bigint, state: StateValue): TrackMessage[] => {
  const messages: TrackMessage[] = [{ topic: '/vehicle/state', timeUs, value: known(state) }];
  const { northM, eastM, downM, rollRad, pitchRad, yawRad } = state;
  const whole = [northM, eastM, downM, rollRad, pitchRad, yawRad];
  if (!whole.every((one) => Number.isFinite(one))) return messages;
  messages.push({
    topic: '/vehicle/pose',
    timeUs,
    value: {
      timestamp: stamp(timeUs),
      frame_id: state.frame,
      pose: {
        position: { x: eastM!, y: northM!, z: -downM! },
        orientation: enuQuaternion(rollRad!, pitchRad!, yawRad!),
      },
    },
  });
  return messages;
};

/** MAV_SEVERITY (0 emergency … 7 debug) as Foxglove's levels. */
export const textMessage = (timeUs: bigint, severity: number, text: string): TrackMessage => {
  const levels = [5, 5, 5, 4, 3, 2, 2, 1];
  return {
    topic: '/vehicle/text',
    timeUs,
    value: {
      timestamp: stamp(timeUs),
      level: levels[severity] ?? 0,
      message: text,
      name: 'autopilot',
      file: '',
      line: 0,
    },
  };
};

/** Euler angles of FRD in NED, turned into the quaternion of FLU in ENU (REP 103). */
const enuQuaternion = (
  rollRad: number,
  pitchRad: number,
  yawRad: number,
): { x: number; y: number; z: number; w: number } => {
  const [cr, sr] = [Math.cos(rollRad / 2), Math.sin(rollRad / 2)];
  const [cp, sp] = [Math.cos(-pitchRad / 2), Math.sin(-pitchRad / 2)];
  const enuYawRad = Math.PI / 2 - yawRad;
  const [cy, sy] = [Math.cos(enuYawRad / 2), Math.sin(enuYawRad / 2)];
  return {
    w: cr * cp * cy + sr * sp * sy,
    x: sr * cp * cy - cr * sp * sy,
    y: cr * sp * cy + sr * cp * sy,
    z: cr * cp * sy - sr * sp * cy,
  };
};
