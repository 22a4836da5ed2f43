import { MAX_TRAJECTORY_STEPS } from '#protocols/trajectory.ts';
import { norm } from '#protocols/vector.ts';
import { kinematicStepper } from '#world/kinematics.ts';
import { STEP_S } from '#world/spaces.ts';
import type { PlanRequest } from '../plan-port.ts';
import { keepoutOf, type Keepout } from './clearance.ts';
import { followReference } from './follow.ts';
import type { Motion, Stepper } from './motion.ts';
import { paceOf, referenceAlong, type Reference } from './reference.ts';
import { routeThrough } from './route.ts';
import { sceneOf, withCylindersWithin, type Scene } from './scene.ts';
import { setpointLimits, type SetpointLimits } from './setpoint.ts';
import type { Margins, PlanSettings } from './settings.ts';

/** What both planners work out from a request before they look for a plan. */
export interface Briefing {
  /** The scene, what is out of reach left out. */
  near: Scene;
  keepout: Keepout;
  limits: SetpointLimits;
  reference: Reference;
  /** The reference as the analytic model would fly it: blind to whatever moves. */
  follows: Motion;
  /** The action in force before the first step, m/s NED. */
  previous: Float64Array;
  stepper: Stepper;
}

/** Metres of path for which detours are looked for: farther obstacles come nearer before they matter. */
const ROUTE_LOOK_M = 60;

/** Metres that a vehicle may get away from its start within one trajectory, wind included. */
const reachOf = (request: PlanRequest): number => {
  const fastest = Math.max(request.limits.maxSpeedMps, norm(request.vehicle.velocityNed));
  return fastest * MAX_TRAJECTORY_STEPS * STEP_S + 2 * request.minSeparationM;
};

export const briefingOf = (
  request: PlanRequest,
  margins: Margins,
  speedMps: number,
  accelerationShare: number,
  settings: PlanSettings,
): Briefing => {
  const steps = settings.horizonSteps;
  const { velocityNed } = request.vehicle;
  const previous = request.previousAction.velocityNed;
  const reachM = reachOf(request);
  const scene = sceneOf(request, reachM);
  const keepout = keepoutOf(scene, margins, request.minSeparationM);
  const limits = setpointLimits(request.limits, settings.slewShare);
  const { correctionShare } = settings.reference;
  const pace = paceOf(request, speedMps, accelerationShare, correctionShare);
  const route = routeThrough(scene, keepout, settings.route, request.acceptM, ROUTE_LOOK_M);
  const reference = referenceAlong(route, pace, velocityNed, steps, settings.reference);
  const { kinematics } = settings;
  const stepper = kinematicStepper(kinematics);
  return {
    near: withCylindersWithin(scene, reachM),
    keepout,
    limits,
    reference,
    follows: followReference(reference, steps, previous, limits, kinematics, stepper),
    previous: new Float64Array([previous.x, previous.y, previous.z]),
    stepper,
  };
};
