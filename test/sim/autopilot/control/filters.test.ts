import { describe, expect, it } from 'vitest';
import { vector3 } from '#protocols/vector.ts';
import { AttitudeReference } from '#sim/autopilot/control/attitude-reference.ts';
import { controlGains } from '#sim/autopilot/control/control-gains.ts';
import { HoverThrust } from '#sim/autopilot/control/hover-thrust.ts';
import { LowPass2 } from '#sim/autopilot/control/low-pass.ts';
import { Parameters } from '#sim/autopilot/parameters.ts';
import { identityQuaternion, quaternionFromEuler, rollOf } from '#sim/rotation.ts';

const STEP_S = 0.004;
const still = vector3(0, 0, 0);

/** Amplitude that a sine comes out with, after it has settled. */
const gainAt = (frequencyHz: number, cutoffHz: number): number => {
  const filter = new LowPass2();
  let most = 0;
  for (let step = 0; step < 2000; step += 1) {
    const out = filter.step(Math.sin(2 * Math.PI * frequencyHz * step * STEP_S), STEP_S, cutoffHz);
    if (step > 1000) most = Math.max(most, Math.abs(out));
  }
  return most;
};

describe("the gyro's low-pass", () => {
  it('passes what is slow, halves the power at the cut-off, stops what is fast', () => {
    expect(gainAt(1, 40)).toBeCloseTo(1, 2);
    expect(gainAt(40, 40)).toBeCloseTo(Math.SQRT1_2, 1);
    expect(gainAt(100, 40)).toBeLessThan(0.1);
  });

  it('starts settled at its first value', () => {
    const filter = new LowPass2();
    for (let step = 0; step < 50; step += 1) expect(filter.step(3, STEP_S, 40)).toBeCloseTo(3, 9);
  });
});

describe("v1.18's reference model for attitudes", () => {
  it('follows a step without overshoot, as a critically damped model does', () => {
    const reference = new AttitudeReference();
    const setpoint = identityQuaternion();
    reference.step(STEP_S, setpoint, still, 50);
    quaternionFromEuler(0.5, 0, 0, setpoint);
    const rolls: number[] = [];
    for (let step = 0; step < 100; step += 1) {
      reference.step(STEP_S, setpoint, still, 50);
      rolls.push(rollOf(reference.attitude));
    }
    expect(Math.max(...rolls)).toBeLessThan(0.505);
    // 1 − (1 + ωt)e^(−ωt) at 40 ms and at 200 ms.
    expect(rolls[9]).toBeCloseTo(0.5 * (1 - 3 * Math.exp(-2)), 1);
    expect(rolls[49]).toBeCloseTo(0.5, 2);
  });

  it('does not lag behind a heading that turns at a commanded rate', () => {
    const reference = new AttitudeReference();
    const setpoint = identityQuaternion();
    reference.step(STEP_S, setpoint, still, 50);
    for (let step = 1; step <= 250; step += 1) {
      quaternionFromEuler(0, 0, step * STEP_S, setpoint);
      reference.step(STEP_S, setpoint, vector3(0, 0, 1), 50);
    }
    const { w, z } = reference.attitude;
    expect(2 * Math.atan2(z, w)).toBeCloseTo(1, 1);
    expect(reference.ratesFrd.z).toBeCloseTo(1, 1);
  });
});

describe('the hover thrust estimator', () => {
  const gains = controlGains(new Parameters('1.18'));

  /** What a vehicle that hovers at `hover` shows while the thrust swings about it. */
  const learn = (estimator: HoverThrust, hover: number, seconds: number): void => {
    for (let step = 0; step < seconds / 0.02; step += 1) {
      const lift = hover + 0.03 * Math.sin(step / 10);
      estimator.step(0.02, lift, 9.80665 * (lift / hover - 1), 1, gains);
    }
  };

  it('finds the throttle that carries the weight', () => {
    const estimator = new HoverThrust(0.5);
    learn(estimator, 0.6, 10);
    expect(estimator.value).toBeCloseTo(0.6, 2);
  });

  it('stays within its range of MPC_THR_HOVER, and forgets on the ground', () => {
    const estimator = new HoverThrust(0.5);
    learn(estimator, 0.85, 60);
    expect(estimator.value).toBeLessThanOrEqual(0.7);
    estimator.reset();
    expect(estimator.value).toBe(0.5);
  });
});
