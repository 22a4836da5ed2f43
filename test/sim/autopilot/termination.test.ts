import { describe, expect, it } from 'vitest';
import { Companion } from '../companion.ts';

const DO_FLIGHTTERMINATION = 185;
const ARM_DISARM = 400;

describe('after DO_FLIGHTTERMINATION in the air', () => {
  it('the ground is noticed, the vehicle disarms, and may be armed again', () => {
    const companion = new Companion();
    companion.takeOff();
    expect(companion.command(DO_FLIGHTTERMINATION, 1)).toBe(0);
    expect(companion.setMode('AUTO_LOITER')).toBe(1);
    expect(companion.command(ARM_DISARM, 0)).toBe(1);
    const seconds = companion.runUntil(() => !companion.armed, 12);
    expect(seconds).toBeGreaterThan(2);
    expect(companion.vehicle.autopilot.landedState).toBe('ON_GROUND');
    companion.run(2);
    expect(companion.shows('AUTO_LOITER')).toBe(true);
    expect(companion.arm()).toBe(0);
  });
});
