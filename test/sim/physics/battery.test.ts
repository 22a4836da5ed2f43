import { describe, expect, it } from 'vitest';
import { Battery, defaultBatteryParameters } from '#sim/physics/battery.ts';

const hover = Float64Array.of(2.45, 2.45, 2.45, 2.45);
const full = Float64Array.of(5, 5, 5, 5);
const off = new Float64Array(4);

describe('battery', () => {
  it('only ever drains: charge falls, energy taken grows', () => {
    const battery = new Battery(defaultBatteryParameters);
    let charge = battery.remaining();
    let energy = 0;
    for (let step = 0; step < 3000; step += 1) {
      battery.step(0.2, step % 2 === 0 ? hover : full);
      expect(battery.remaining()).toBeLessThanOrEqual(charge);
      expect(battery.energyJ).toBeGreaterThan(energy);
      charge = battery.remaining();
      energy = battery.energyJ;
    }
  });

  it('hovers between 12 and 25 minutes on a full charge', () => {
    const battery = new Battery(defaultBatteryParameters);
    let seconds = 0;
    while (battery.remaining() > 0) {
      battery.step(1, hover);
      seconds += 1;
    }
    expect(seconds / 60).toBeGreaterThan(12);
    expect(seconds / 60).toBeLessThan(25);
  });

  it('sags under load, recovers at rest, and the motors feel it', () => {
    const battery = new Battery(defaultBatteryParameters);
    battery.step(0.02, off);
    const rested = { voltageV: battery.voltageV, thrust: battery.thrustScale() };
    battery.step(0.02, full);
    expect(battery.voltageV).toBeLessThan(rested.voltageV - 0.5);
    expect(battery.thrustScale()).toBeLessThan(rested.thrust);
    battery.step(0.02, off);
    expect(battery.voltageV).toBeGreaterThan(rested.voltageV - 0.01);
  });

  it('starts with the charge it is given and ends at zero, not below', () => {
    const battery = new Battery({ ...defaultBatteryParameters, initialCharge: 0.01 });
    expect(battery.remaining()).toBeCloseTo(0.01);
    for (let step = 0; step < 100; step += 1) battery.step(1, full);
    expect(battery.remaining()).toBe(0);
  });
});
