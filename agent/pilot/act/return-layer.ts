import { returnHeightM } from '../preflight/checks/return-height.ts';
import type { FlightCore, Readings } from './flight-core.ts';

/** Less than this is no matter, m. */
const SAME_M = 0.05;
/** Of a home further than this from where it stood in height, somebody else has said where it is. */
const JITTER_M = 2.5;

/**
 * Once in each flight: PX4 returns RTL_RETURN_ALT above its home, and takes home's height at arming from
 * the receiver, up to two metres off its own estimate: two layers that are to be 3.9 m apart came 3.3 m
 * near. So the layer is counted from the level on which the drone stood by the estimate with which it
 * flies, as soon as the home of this arming is known. Where that fails, PX4 returns as it was told before.
 */
export const levelReturnLayer = (core: FlightCore, { telemetry, estimate }: Readings): void => {
  const { safety } = core.authority;
  if (!Number.isFinite(core.standingDownM) || safety === undefined) return;
  // Not the home of before the arming.
  if (!estimate.homeKnown || !(telemetry.homeAtMs > core.phaseSinceMs)) return;
  const layerM = returnHeightM(safety, core.sysid);
  const homeAboveM = core.standingDownM - estimate.home.z;
  const standingDownM = core.standingDownM;
  core.standingDownM = Number.NaN;
  if (layerM === undefined || Math.abs(homeAboveM) > JITTER_M) return;
  core.levelDownM = standingDownM;
  if (Math.abs(homeAboveM) < SAME_M) return;
  core.controls.setParameters([
    { name: 'RTL_RETURN_ALT', value: Math.fround(layerM - homeAboveM) },
  ]);
};
