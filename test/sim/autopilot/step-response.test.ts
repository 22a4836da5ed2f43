import { describe, expect, it } from 'vitest';
import { Companion } from '../companion.ts';

/** SIH's own airframe, as in the recordings: drag 1 N/(m/s), no sag. */
const sih = {
  physics: { linearDragNPerMps: 1, quadraticDragNPerMps2: 0 },
  battery: { capacityAh: 100, internalResistanceOhm: 0, initialCharge: 0.5 },
};

const speedsAfter = (northMps: number, seconds: readonly number[], scenario = {}): number[] => {
  const companion = new Companion({ scenario });
  companion.takeOff();
  companion.flyOffboard(0, 0, 0);
  companion.run(2);
  companion.streamed = [northMps, 0, 0];
  let atS = 0;
  return seconds.map((second) => {
    companion.run(second - atS);
    atS = second;
    return companion.vehicle.quadrotor.velocityNed.x;
  });
};

describe('velocity step response', () => {
  it('lags behind 3 m/s as the recorded PX4 with its high drag: 1.9 at 1 s, 2.5 at 5 s', () => {
    const [atOne, atFive] = speedsAfter(3, [1, 5], sih);
    expect(Math.abs(atOne! - 1.9)).toBeLessThan(0.25);
    expect(Math.abs(atFive! - 2.5)).toBeLessThan(0.25);
  });

  it('turns from 6 m/s east to 10 south as recorded: 5.4 at 1.3 s, 8.6 at 8 s', () => {
    const companion = new Companion({ scenario: sih });
    companion.takeOff();
    companion.flyOffboard(0, 6, 0);
    companion.run(6);
    companion.streamed = [-10, 0, 0];
    companion.run(1.3);
    expect(Math.abs(companion.vehicle.quadrotor.velocityNed.x + 5.4)).toBeLessThan(0.6);
    companion.run(6.7);
    expect(Math.abs(companion.vehicle.quadrotor.velocityNed.x + 8.6)).toBeLessThan(0.4);
  });

  it('reaches what is commanded with the default airframe, and overshoots little', () => {
    const speeds = speedsAfter(3, [0.5, 1, 1.5, 2, 3, 5, 8]);
    expect(speeds[1]).toBeGreaterThan(2.2);
    expect(Math.max(...speeds)).toBeLessThan(3.5);
    expect(Math.abs(speeds.at(-1)! - 3)).toBeLessThan(0.2);
  });

  it('clamps the commanded speed to MPC_XY_VEL_MAX, the climb to MPC_Z_VEL_MAX_UP and _DN', () => {
    const companion = new Companion();
    companion.takeOff();
    companion.flyOffboard(50, 0, 0);
    companion.run(12);
    expect(companion.vehicle.quadrotor.velocityNed.x).toBeLessThan(12.4);
    expect(companion.vehicle.quadrotor.velocityNed.x).toBeGreaterThan(10.5);
    companion.streamed = [0, 0, -9];
    companion.run(6);
    expect(Math.abs(companion.vehicle.quadrotor.velocityNed.z + 3)).toBeLessThan(0.3);
    companion.streamed = [0, 0, 9];
    companion.run(5);
    expect(Math.abs(companion.vehicle.quadrotor.velocityNed.z - 1.5)).toBeLessThan(0.3);
  });

  it('holds its place in wind after the integral has learnt it', () => {
    const companion = new Companion({
      scenario: { wind: { meanNorthMps: 6, meanEastMps: -3, turbulenceMps: 0.8 } },
    });
    companion.takeOff();
    companion.run(15);
    const { x, y } = companion.vehicle.quadrotor.positionNed;
    expect(Math.sqrt(x * x + y * y)).toBeLessThan(2);
  });
});
