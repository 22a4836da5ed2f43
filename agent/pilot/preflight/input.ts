import type { Geodetic } from '#protocols/frames.ts';
import type { SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import type { FlightMode } from '#protocols/mavlink/modes.ts';

/** A parameter's value, or that this PX4 answered for others but never for this one. */
export type ParameterReading = number | 'missing';

/** What was read of the vehicle's parameters, by PX4's names. */
export type ParameterReadings = ReadonlyMap<string, ParameterReading>;

/**
 * What the vehicle says of itself at one moment, in SI units. NaN and undefined mean "not said";
 * ages are since the last message, ms, infinite when none came.
 */
export interface VehicleSnapshot {
  estimatorAgeMs: number;
  /** ESTIMATOR_STATUS.flags. */
  estimatorFlags: number;
  /** One standard deviations, m. */
  horizontalStdM: number;
  verticalStdM: number;
  gpsAgeMs: number;
  /** GPS_FIX_TYPE: 3 is a 3D fix. */
  gpsFixType: number;
  satellites: number;
  gpsStdM: number;
  /** 0–1. */
  batteryRemaining: number;
  batteryVoltageV: number;
  home: Geodetic | undefined;
  homeAgeMs: number;
  global: Geodetic | undefined;
  globalAgeMs: number;
  armed: boolean;
  mode: FlightMode | undefined;
  /** MAV_STATE of HEARTBEAT. */
  systemStatus: number;
  /** SYS_STATUS bits: what PX4 uses, and what of it works. NaN = not said. */
  sensorsEnabled: number;
  sensorsHealthy: number;
  /** PX4's own pre-arm checks pass in the present mode; undefined = not judged here. */
  readyToArm: boolean | undefined;
}

/** What AUTOPILOT_VERSION and HEARTBEAT say. */
export interface VehicleVersion {
  /** MAV_AUTOPILOT: 12 is PX4. */
  autopilot: number;
  /** MAV_TYPE of HEARTBEAT, where the parameter of that name is not read. */
  vehicleType: number | undefined;
  /** AUTOPILOT_VERSION.flight_sw_version: major, minor, patch, type, a byte each; 0 = not said. */
  flightSwVersion: number;
}

/** How the packets come. */
export interface LinkState {
  /** Share of the autopilot's packets that arrived, 0–1. */
  quality: number;
  heartbeatAgeMs: number;
  /** Streams that were asked for, with the rate that came, Hz. */
  streams: readonly { name: string; wantedHz: number; seenHz: number }[];
  /** From a question to its answer; NaN = not measured. */
  roundTripMs: number;
  /** Whether MAVLink signing is used; undefined on a wire that only the two share. */
  signed: boolean | undefined;
}

/** How the vehicle's clock relates to this machine's. */
export interface ClockState {
  /** SYSTEM_TIME.time_unix minus our own, ms; NaN = the vehicle knows no date. */
  unixOffsetMs: number;
  /** Spread of the measured offset between the two clocks since boot, ms; NaN = not measured. */
  jitterMs: number;
  /** Jumps of the vehicle's time since boot that were seen. */
  jumps: number;
}

/** Everything that the checks know. What is undefined is not judged. */
export interface PreflightInput {
  sysid: number;
  parameters: ParameterReadings;
  vehicle: Readonly<VehicleSnapshot> | undefined;
  version: Readonly<VehicleVersion> | undefined;
  link: Readonly<LinkState> | undefined;
  clock: Readonly<ClockState> | undefined;
  /** The limits of the mission to fly. */
  envelope: Readonly<SafetyEnvelope> | undefined;
  /** Height to take off to, m above home. */
  takeoffHeightM: number | undefined;
  /** Whether a person with a radio stands by each vehicle; undefined = not said. */
  radio: boolean | undefined;
  /** A stand-in or SITL: what only hardware can have is not asked for. */
  simulated: boolean;
}

/** The value of a parameter; undefined when it was not read or is missing in this PX4. */
export const valueOf = (input: PreflightInput, name: string): number | undefined => {
  const reading = input.parameters.get(name);
  return typeof reading === 'number' && Number.isFinite(reading) ? reading : undefined;
};
