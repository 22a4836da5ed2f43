import { fixesFor } from '#agent/pilot/preflight/fixes.ts';
import type {
  ParameterReading,
  PreflightInput,
  VehicleSnapshot,
} from '#agent/pilot/preflight/input.ts';
import { envelopeWith } from '../guard/flight-rig.ts';
import { px4Defaults } from './px4-defaults.ts';

const HERE = { latDeg: 47, lonDeg: 8, altAmslM: 400 };

/** What a PX4 v1.15 SITL said, standing ready on the ground. */
const readySnapshot = (): VehicleSnapshot => ({
  estimatorAgeMs: 400,
  estimatorFlags: 0x37f,
  horizontalStdM: 0.3,
  verticalStdM: 0.29,
  gpsAgeMs: 400,
  gpsFixType: 3,
  satellites: 10,
  gpsStdM: 0.9,
  batteryRemaining: 1,
  batteryVoltageV: 16.2,
  home: { ...HERE },
  homeAgeMs: 1500,
  global: { ...HERE },
  globalAgeMs: 60,
  armed: false,
  mode: 'AUTO_LOITER',
  systemStatus: 3,
  sensorsEnabled: 0x221_002d,
  sensorsHealthy: 0x3220_803f,
  readyToArm: true,
});

/** A real vehicle, ready in every respect but its parameters, which are PX4's own. */
export const unconfigured = (changes: Partial<PreflightInput> = {}): PreflightInput => ({
  sysid: 1,
  parameters: px4Defaults('1.18'),
  vehicle: readySnapshot(),
  version: { autopilot: 12, vehicleType: 2, flightSwVersion: 0x0112_00ff },
  link: { quality: 1, heartbeatAgeMs: 500, streams: [], roundTripMs: 4, signed: undefined },
  clock: { unixOffsetMs: 30, jitterMs: 2, jumps: 0 },
  envelope: envelopeWith(),
  takeoffHeightM: 12,
  radio: true,
  simulated: false,
  ...changes,
});

/** The same after `--fix`, and with flight termination decided by its owner. */
export const configured = (changes: Partial<PreflightInput> = {}): PreflightInput => {
  const input = unconfigured();
  const parameters = new Map(input.parameters);
  for (const { name, value } of fixesFor(input)) parameters.set(name, value);
  parameters.set('CBRK_FLIGHTTERM', 0);
  return { ...input, parameters, envelope: envelopeWith({ maxDescentMps: 1.5 }), ...changes };
};

export const withParameters = (
  input: PreflightInput,
  changes: Readonly<Record<string, ParameterReading>>,
): PreflightInput => {
  const parameters = new Map(input.parameters);
  for (const [name, value] of Object.entries(changes)) parameters.set(name, value);
  return { ...input, parameters };
};

export const withVehicle = (
  input: PreflightInput,
  changes: Partial<VehicleSnapshot>,
): PreflightInput => ({ ...input, vehicle: { ...input.vehicle!, ...changes } });
