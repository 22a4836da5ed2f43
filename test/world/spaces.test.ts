import { describe, expect, it } from 'vitest';
import {
  History,
  HISTORY_STEPS,
  OBSERVATION,
  OBSERVATION_SIZE,
  STATE,
  STATE_SIZE,
  writeAction,
  writeObservation,
  writeState,
} from '#world/spaces.ts';
import type { Action, VehicleSample } from '#world/spaces.ts';

const EAST_RAD = Math.PI / 2;

/** Flying east with the nose east, leaning forward and a little right, turning. */
const sample: VehicleSample = {
  positionNed: { x: 10, y: 20, z: -30 },
  velocityNed: { x: 0, y: 5, z: -1 },
  rollRad: 0.1,
  pitchRad: -0.2,
  yawRad: EAST_RAD,
  ratesRadps: { x: 0.01, y: 0.02, z: 0.5 },
  thrust: 0.6,
  batteryVoltageV: 15.2,
  batteryCurrentA: 14,
};

const northAction: Action = { velocityNed: { x: 4, y: 0, z: 0.5 }, yawRateRadps: 0.3 };

describe('an observation', () => {
  const out = new Float32Array(OBSERVATION_SIZE);
  writeObservation(out, 0, sample, northAction);

  it('sees velocity and setpoint from the vehicle: ahead, right, down', () => {
    expect([...out.subarray(OBSERVATION.velocity, OBSERVATION.velocity + 3)]).toEqual(
      [5, 0, -1].map((value) => expect.closeTo(value, 5)),
    );
    // The nose points east: north is to the left.
    expect([...out.subarray(OBSERVATION.setpoint, OBSERVATION.setpoint + 3)]).toEqual(
      [0, -4, 0.5].map((value) => expect.closeTo(value, 5)),
    );
    expect(out[OBSERVATION.yawRateSetpoint]).toBeCloseTo(0.3, 6);
  });

  it('leans where the thrust points: nose down is ahead, right side down is right', () => {
    expect(out[OBSERVATION.tilt]).toBeCloseTo(Math.sin(0.2) * Math.cos(0.1), 6);
    expect(out[OBSERVATION.tilt + 1]).toBeCloseTo(Math.sin(0.1), 6);
  });

  it('is the same whatever way the world is turned', () => {
    const turned: VehicleSample = { ...sample, velocityNed: { x: 5, y: 0, z: -1 }, yawRad: 0 };
    const turnedAction: Action = { velocityNed: { x: 0, y: -4, z: 0.5 }, yawRateRadps: 0.3 };
    const other = new Float32Array(OBSERVATION_SIZE);
    writeObservation(other, 0, turned, turnedAction);
    other.forEach((value, index) => expect(value).toBeCloseTo(out[index]!, 5));
  });
});

describe('a state and an action', () => {
  it('stay in NED, with the yaw rate about the vertical', () => {
    const out = new Float32Array(STATE_SIZE);
    writeState(out, 0, sample);
    expect([...out.subarray(STATE.position, STATE.velocity + 3)]).toEqual([10, 20, -30, 0, 5, -1]);
    expect(out[STATE.yaw]).toBeCloseTo(EAST_RAD, 6);
    const rate = (0.02 * Math.sin(0.1) + 0.5 * Math.cos(0.1)) / Math.cos(-0.2);
    expect(out[STATE.yawRate]).toBeCloseTo(rate, 6);
    const action = new Float32Array(6);
    writeAction(action, 2, northAction);
    expect([...action]).toEqual([0, 0, 4, 0, 0.5, expect.closeTo(0.3, 6)]);
  });
});

describe('a history', () => {
  it('is ready after one second, holds the newest last, and forgets on reset', () => {
    const history = new History();
    const rows = new Float32Array(HISTORY_STEPS * OBSERVATION_SIZE);
    for (let step = 0; step < HISTORY_STEPS + 3; step += 1) {
      expect(history.ready).toBe(step >= HISTORY_STEPS);
      history.push({ ...sample, thrust: step / 100 }, northAction);
    }
    history.copyTo(rows);
    const thrusts = Array.from(
      { length: HISTORY_STEPS },
      (_, row) => rows[row * OBSERVATION_SIZE + OBSERVATION.thrust],
    );
    expect(thrusts).toEqual(thrusts.map((_, row) => expect.closeTo((row + 3) / 100, 6)));
    history.reset();
    expect(history.ready).toBe(false);
  });
});
