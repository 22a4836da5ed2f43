import type { AutopilotVersion } from 'mavlink-mappings/dist/lib/standard.js';

/** What AUTOPILOT_VERSION says of the firmware. */
export interface SoftwareVersion {
  /** As people write it, e.g. `1.15.4` or `1.18.0-beta`. */
  text: string;
  major: number;
  minor: number;
  patch: number;
  /** The commit's first bytes, in hexadecimal; empty when the vehicle says none. */
  gitHash: string;
  /** Bits of MAV_PROTOCOL_CAPABILITY. */
  capabilities: bigint;
}

/** FIRMWARE_VERSION_TYPE from which on a release carries no suffix. */
const OFFICIAL = 255;
const SUFFIXES: readonly (readonly [least: number, suffix: string])[] = [
  [OFFICIAL, ''],
  [192, '-rc'],
  [128, '-beta'],
  [64, '-alpha'],
  [0, '-dev'],
];

/** `flight_sw_version` holds major, minor, patch and the kind of release, a byte each from the top. */
export const softwareVersionOf = (message: AutopilotVersion): SoftwareVersion => {
  const { flightSwVersion, flightCustomVersion, capabilities } = message;
  const [major, minor, patch, kind] = [24, 16, 8, 0].map(
    (shift) => (flightSwVersion >>> shift) & 0xff,
  ) as [number, number, number, number];
  const suffix = SUFFIXES.find(([least]) => kind >= least)![1];
  // PX4 writes the hash backwards, as a little-endian number.
  const bytes = [...flightCustomVersion].map(Number).reverse();
  // Bytes that PX4 does not fill in are zero; v1.15 and v1.18 fill in five.
  while (bytes.at(-1) === 0) bytes.pop();
  return {
    text: `${major}.${minor}.${patch}${suffix}`,
    major,
    minor,
    patch,
    gitHash: bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    capabilities: BigInt(capabilities),
  };
};
