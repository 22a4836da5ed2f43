import { describe, expect, it } from 'vitest';
import { AutoTrajectory } from '#sim/autopilot/auto-trajectory.ts';
import type { Motion } from '#sim/autopilot/control/flight-control.ts';
import { emptySetpoint, type FlightSetpoint } from '#sim/autopilot/control/flight-setpoint.ts';
import { Parameters, type Profile } from '#sim/autopilot/parameters.ts';

const DT_S = 0.02;

/** A vehicle that is always exactly where the trajectory wants it. */
class Follower {
  readonly trajectory: AutoTrajectory;
  readonly out: FlightSetpoint = emptySetpoint();
  readonly motion: Motion;

  constructor(profile: Profile) {
    this.trajectory = new AutoTrajectory(new Parameters(profile), profile === '1.15');
    this.motion = {
      positionNed: { x: 0, y: 0, z: -10 },
      velocityNed: { x: 0, y: 0, z: 0 },
      attitude: { w: 1, x: 0, y: 0, z: 0 },
      ratesFrd: { x: 0, y: 0, z: 0 },
    };
    this.trajectory.begin(this.motion);
  }

  fly(seconds: number): void {
    for (let timeS = 0; timeS < seconds; timeS += DT_S) {
      this.trajectory.step(DT_S, this.motion, this.out);
      Object.assign(this.motion.positionNed, this.out.positionNed);
      Object.assign(this.motion.velocityNed, this.out.velocityNed);
    }
  }
}

describe('the way of the auto modes', () => {
  it('is straight in space in v1.15, and not in v1.18, which climbs at its own pace', () => {
    const heights = (['1.15', '1.18'] as const).map((profile) => {
      const follower = new Follower(profile);
      Object.assign(follower.trajectory.targetNed, { x: 40, y: 0, z: -20 });
      follower.fly(6);
      const { x, z } = follower.motion.positionNed;
      return { share: x / 40, height: (-10 - z) / 10 };
    });
    const [v115, v118] = heights as [(typeof heights)[0], (typeof heights)[0]];
    expect(v115.height).toBeCloseTo(v115.share, 1);
    expect(v118.height).toBeGreaterThan(0.88);
    expect(v118.share).toBeLessThan(0.7);
  });

  it('feeds its acceleration forward, so that the vehicle need not lag to be braked', () => {
    const follower = new Follower('1.18');
    Object.assign(follower.trajectory.targetNed, { x: 40, y: 0, z: -10 });
    follower.fly(1);
    expect(follower.out.accelerationNed.x).toBeGreaterThan(1);
    follower.fly(3);
    expect(follower.out.accelerationNed.x).toBeCloseTo(0, 1);
  });

  it('on a route keeps to the speed from before the corner until it points at the next place', () => {
    const speeds = [2, Number.NaN].map((passingRadiusM) => {
      const follower = new Follower('1.18');
      const { trajectory } = follower;
      Object.assign(trajectory.targetNed, { x: 40, y: 0, z: -10 });
      trajectory.cruiseMps = 1;
      follower.fly(6);
      trajectory.cruiseMps = 5;
      trajectory.passingRadiusM = passingRadiusM;
      Object.assign(trajectory.targetNed, { x: follower.motion.positionNed.x, y: 40 });
      follower.fly(1);
      return follower.motion.velocityNed.y;
    });
    expect(speeds[0]).toBeLessThan(1.1);
    expect(speeds[1]).toBeGreaterThan(1.4);
  });
});
