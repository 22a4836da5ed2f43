import { stepAt } from '#protocols/trajectory.ts';
import { clamp, wrapPi } from '#protocols/units.ts';
import { STEP_S } from '#world/spaces.ts';
import type { PlanRequest } from '../plan-port.ts';
import type { PlanSettings } from './settings.ts';

/** Farthest that the yaw setpoint may lead the vehicle's yaw and still be gone on from, rad. */
const LEAD_MAX_RAD = 1;

/** The yaw setpoint in force, when it is known and the vehicle follows it; else the vehicle's yaw. */
const startYaw = ({ current, startMs, vehicle }: PlanRequest): number => {
  const step = current === null ? undefined : stepAt(current, startMs);
  const setpoint = step === undefined ? undefined : current?.yawRad[step];
  if (setpoint === undefined) return vehicle.yawRad;
  const lead = wrapPi(setpoint - vehicle.yawRad);
  return Math.abs(lead) < LEAD_MAX_RAD ? vehicle.yawRad + lead : vehicle.yawRad;
};

/**
 * Yaw setpoints over `steps` steps: turning at a bounded rate towards the course of `velocities` [3 × (steps + 1)], kept
 * where it is when the request says so or the flight is slow. Rad, [steps]; not wrapped inside one plan.
 */
export const yawAlong = (
  request: PlanRequest,
  velocities: Float64Array,
  steps: number,
  settings: PlanSettings['yaw'],
): Float32Array => {
  const yawRad = new Float32Array(steps);
  const most = settings.rateRadps * STEP_S;
  let yaw = startYaw(request);
  for (let step = 0; step < steps; step += 1) {
    const north = velocities[3 * (step + 1)]!;
    const east = velocities[3 * (step + 1) + 1]!;
    if (request.yaw === 'course' && north * north + east * east > settings.fromMps ** 2) {
      yaw += clamp(wrapPi(Math.atan2(east, north) - yaw), -most, most);
    }
    yawRad[step] = yaw;
  }
  return yawRad;
};
