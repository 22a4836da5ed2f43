import { kinematicSigma } from '#world/kinematics.ts';
import type { SafePlanner } from '../plan-port.ts';
import { briefingOf, type Briefing } from './briefing.ts';
import { emptyMotion, predict, trajectoryOf, type Motion } from './motion.ts';
import { writeSetpoint, type SetpointLimits } from './setpoint.ts';
import type { PlanSettings } from './settings.ts';
import { clearanceOf, withStoppingTail, type Stopping } from './tail.ts';
import { yawAlong } from './yaw.ts';

type Wanted = readonly [number, number, number];

/** Azimuths tried around the course. */
const DIRECTIONS = 16;

/**
 * Velocities to try instead of `course`, the nearest to it first; of two equally near the right-hand one, so that two who
 * meet head on pass each other. Directions all round at full and half speed, straight up, straight down, and standing still.
 */
const alternatives = (course: Wanted, speedMps: number, limits: SetpointLimits): Wanted[] => {
  const heading = Math.atan2(course[1], course[0]);
  const all: Wanted[] = [
    [0, 0, 0],
    [0, 0, -Math.min(speedMps, limits.climbMps)],
    [0, 0, Math.min(speedMps, limits.descentMps)],
  ];
  for (let index = 0; index < DIRECTIONS; index += 1) {
    // 0, +1, −1, +2, … : right before left.
    const turn = (index % 2 === 1 ? 1 : -1) * Math.ceil(index / 2);
    const azimuth = heading + (turn * 2 * Math.PI) / DIRECTIONS;
    for (const share of [1, 0.5]) {
      const speed = share * speedMps;
      all.push([speed * Math.cos(azimuth), speed * Math.sin(azimuth), course[2]]);
    }
  }
  const apart = (one: Wanted): number =>
    (one[0] - course[0]) ** 2 + (one[1] - course[1]) ** 2 + (one[2] - course[2]) ** 2;
  // Rounded, so that equal stays equal and the order above decides.
  const keyed = all.map((one) => ({ one, key: Math.round(1e6 * apart(one)) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ one }) => one);
};

/** The motion of a vehicle that is asked for one velocity all the time. */
const steadily = (wanted: Wanted, briefing: Briefing): Motion => {
  const { follows, limits, previous, stepper } = briefing;
  const motion = emptyMotion(follows.steps);
  motion.velocities.set(follows.velocities.subarray(0, 3));
  for (let step = 0; step < motion.steps; step += 1) {
    const [from, offset] = step === 0 ? [previous, 0] : [motion.actions, 3 * (step - 1)];
    writeSetpoint(motion.actions, step, from, offset, wanted, limits);
  }
  predict(motion, 0, stepper);
  return motion;
};

/** The first of the alternatives that is clear, or the one that stays farthest away. */
const clearest = (briefing: Briefing, settings: PlanSettings): Stopping => {
  const { near, keepout, limits, reference, stepper } = briefing;
  const stop = (motion: Motion): Stopping =>
    withStoppingTail(motion, limits, settings.tail, stepper);
  let best = stop(briefing.follows);
  let clearance = clearanceOf(near, keepout, best);
  if (clearance >= 0) return best;
  const [x = 0, y = 0, z = 0] = reference.velocities.subarray(3 * briefing.follows.steps);
  for (const wanted of alternatives([x, y, z], settings.safe.speedMps, limits)) {
    const other = stop(steadily(wanted, briefing));
    const gap = clearanceOf(near, keepout, other, clearance);
    if (gap <= clearance) continue;
    best = other;
    clearance = gap;
    if (clearance >= 0) break;
  }
  return best;
};

/**
 * The planner that flies when the model is late or unsure (pure, synchronous, under a millisecond): slowly along the route,
 * with margins wider than the usual ones, by the analytic model alone. If that path, its stopping tail included, comes too
 * near to anything, sampled velocities are tried, the nearest to the course first (velocity obstacles by sampling: Fiorini
 * and Shiller 1998, van den Berg et al. 2008); if none is clear, the one that stays farthest away is flown.
 */
export const safePlanner = (settings: PlanSettings): SafePlanner => {
  const { margins, speedMps, accelerationShare } = settings.safe;
  return (request) => {
    const briefing = briefingOf(request, margins, speedMps, accelerationShare, settings);
    const motion = clearest(briefing, settings);
    return trajectoryOf(
      request,
      'safe',
      motion,
      motion.tailSteps,
      briefing.near.originNed,
      yawAlong(request, motion.velocities, motion.steps, settings.yaw),
      kinematicSigma(settings.kinematics, motion.steps),
    );
  };
};
