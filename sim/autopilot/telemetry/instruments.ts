import type { Geodetic } from '#protocols/frames.ts';
import type { Vector3 } from '#protocols/vector.ts';
import type { Quaternion } from '../../rotation.ts';
import type { Autopilot } from '../autopilot.ts';

/** One fix of the GNSS receiver. */
export interface GnssFix extends Geodetic {
  groundSpeedMps: number;
  courseRad: number;
  satellites: number;
  hasFix: boolean;
}

/** How the vehicle really moves. Simulators tell it; the autopilot never hears of it. */
export interface GroundTruth {
  readonly attitude: Readonly<Quaternion>;
  readonly ratesFrd: Readonly<Vector3>;
  readonly velocityNed: Readonly<Vector3>;
  readonly accelerationNed: Readonly<Vector3>;
  geodetic(): Geodetic;
}

/** What telemetry reads besides the autopilot's own state. Provided by the vehicle around it. */
export interface Instruments {
  readonly autopilot: Autopilot;
  /** How often the estimator has jumped since boot. */
  estimateResets(): number;
  /** The estimator refuses what GNSS says. */
  rejectsGnss(): boolean;
  /** Milliseconds since boot. */
  bootMs(): number;
  /** Unix time that the vehicle believes, µs. */
  unixUs(): bigint;
  readonly battery: {
    readonly voltageV: number;
    readonly currentA: number;
    remaining(): number;
    usedAh(): number;
  };
  readonly gnss: Readonly<GnssFix>;
  readonly truth: GroundTruth;
  /** Ring of ranges, sector k centred at k · 360°/length clockwise from the nose, m. */
  readonly rangesM: Readonly<Float64Array>;
  readonly rangeLimitsM: { readonly least: number; readonly most: number };
  /** WGS-84 position of a point in the vehicle's local NED frame. */
  geodeticOf(localNed: Readonly<Vector3>): Geodetic;
}

const clampInteger = (value: number, low: number, high: number): number =>
  Number.isNaN(value) ? 0 : Math.min(high, Math.max(low, Math.round(value)));

/** Values for MAVLink's integer fields: rounded, and clamped instead of wrapped. */
export const int16 = (value: number): number => clampInteger(value, -32_768, 32_767);
export const uint16 = (value: number): number => clampInteger(value, 0, 65_535);
export const uint32 = (value: number): number => clampInteger(value, 0, 4_294_967_295);
export const degE7 = (degrees: number): number =>
  clampInteger(degrees * 1e7, -1_800_000_000, 1_800_000_000);
export const millimetres = (metres: number): number =>
  clampInteger(metres * 1000, -2_147_483_648, 2_147_483_647);

/** Time since boot in MAVLink's microseconds. */
export const usec = (milliseconds: number): bigint => BigInt(Math.round(milliseconds * 1000));

/** Heading in centidegrees 0..35999. */
export const centidegrees = (radians: number): number =>
  (Math.round((radians * 18_000) / Math.PI) + 36_000) % 36_000;
