import { fixesFor } from '#agent/pilot/preflight/fixes.ts';
import type { ParameterReading } from '#agent/pilot/preflight/input.ts';
import { PREFLIGHT_PARAMETERS } from '#agent/pilot/preflight/preflight.ts';
import type { SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import { Parameters, type Profile } from '../autopilot/parameters.ts';

/** Another mission may be started on the same swarm: PX4's fence leaves room for it. */
const FENCE_M = { GF_MAX_HOR_DIST: 1000, GF_MAX_VER_DIST: 200 } as const;

/**
 * What `skein preflight --fix` would set on a stand-in of this profile before this mission: written
 * into the scenario, so that a simulated swarm is configured like a real one, and in the open.
 */
export const safeParameters = (
  profile: Profile,
  sysid: number,
  envelope: SafetyEnvelope,
  takeoffHeightM: number,
): Record<string, number> => {
  const defaults = new Parameters(profile, { MAV_SYS_ID: sysid });
  const parameters = new Map(
    PREFLIGHT_PARAMETERS.map((name): [string, ParameterReading] => [
      name,
      defaults.find(name) ?? 'missing',
    ]),
  );
  const changes = fixesFor({
    sysid,
    parameters,
    vehicle: undefined,
    version: undefined,
    link: undefined,
    clock: undefined,
    envelope,
    takeoffHeightM,
    radio: undefined,
    simulated: true,
  });
  return {
    ...Object.fromEntries(changes.map(({ name, value }) => [name, value])),
    ...FENCE_M,
  };
};
