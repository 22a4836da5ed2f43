import { describe, expect, it } from 'vitest';
import { Companion } from '../companion.ts';

const offboardLoss = (action: number): Companion => {
  const companion = new Companion({ vehicle: { parameters: { COM_OBL_RC_ACT: action } } });
  companion.takeOff();
  companion.flyOffboard(1, 0, 0);
  companion.run(1);
  companion.streamed = undefined;
  companion.run(2);
  return companion;
};

/** In the air on a pack that is nearly empty. */
const weak = (charge: number, action: number, capacityAh = 1): Companion => {
  const companion = new Companion({
    vehicle: {
      battery: { capacityAh, initialCharge: charge },
      parameters: { COM_LOW_BAT_ACT: action },
    },
  });
  companion.takeOff();
  return companion;
};

describe('failsafes', () => {
  it('loss of the stream does what COM_OBL_RC_ACT says', () => {
    expect(offboardLoss(0).mode).toBe('AUTO_RTL');
    expect(offboardLoss(3).mode).toBe('AUTO_RTL');
    expect(offboardLoss(4).mode).toBe('AUTO_LAND');
    expect(offboardLoss(5).mode).toBe('AUTO_LOITER');
    const terminated = offboardLoss(6);
    expect(terminated.mode).toBe('TERMINATION');
    terminated.run(1.1);
    expect(terminated.heartbeat?.systemStatus).toBe(8);
    expect(terminated.heartbeat?.baseMode).toBe(0x81);
    expect(terminated.vehicle.quadrotor.totalThrustN()).toBeLessThan(0.01);
    expect(offboardLoss(7).armed).toBe(false);
  });

  it('a stream at 0.95 Hz keeps OFFBOARD, one at 0.7 Hz does not', () => {
    const flips = (periodS: number): number => {
      const companion = new Companion();
      companion.takeOff();
      companion.flyOffboard(0, 0, 0);
      companion.streamed = undefined;
      let lost = 0;
      for (let count = 0; count < 6; count += 1) {
        companion.setpoint((message) => Object.assign(message, { vx: 0, vy: 0, vz: 0 }));
        companion.run(periodS);
        if (companion.mode !== 'OFFBOARD') lost += 1;
      }
      return lost;
    };
    expect(flips(1 / 0.95)).toBe(0);
    expect(flips(1 / 0.7)).toBe(6);
  });

  it('a critical battery hovers five seconds, then lands or returns; low only warns', () => {
    const landing = weak(0.11, 2);
    landing.runUntil(() => landing.vehicle.battery.remaining() < 0.07, 120);
    landing.run(1);
    expect(landing.vehicle.autopilot.commander.failsafe.action).toBe('hold');
    landing.runUntil(() => landing.mode === 'AUTO_LAND', 8);
    landing.runUntil(() => !landing.armed, 30);

    const returning = weak(0.14, 3);
    returning.run(1);
    expect(returning.vehicle.autopilot.commander.failsafe.action).toBe('warn');
    expect(returning.vehicle.autopilot.commander.failsafeActive).toBe(false);
    returning.runUntil(() => returning.mode === 'AUTO_RTL', 120);
    expect(returning.vehicle.battery.remaining()).toBeGreaterThan(0.05);
  });

  it('an operator may take over from a battery failsafe', () => {
    const companion = weak(0.09, 2, 2);
    companion.runUntil(() => companion.mode === 'AUTO_LAND', 120);
    companion.setMode('AUTO_LOITER');
    companion.run(1);
    expect(companion.mode).toBe('AUTO_LOITER');
  });

  it('a lost ground station counts only with NAV_DLL_ACT, after ten seconds, and holds first', () => {
    const careless = new Companion();
    careless.groundStation = true;
    careless.takeOff();
    careless.groundStation = false;
    careless.run(20);
    expect(careless.mode).toBe('AUTO_LOITER');
    expect(careless.vehicle.autopilot.commander.failsafeActive).toBe(false);

    const careful = new Companion({ vehicle: { parameters: { NAV_DLL_ACT: 2 } } });
    careful.groundStation = true;
    careful.takeOff();
    careful.flyOffboard(0.5, 0, 0);
    careful.run(2);
    careful.groundStation = false;
    const holdS = careful.runUntil(() => careful.mode === 'AUTO_LOITER', 20);
    expect(holdS).toBeGreaterThan(11);
    expect(holdS).toBeLessThan(13);
    const rtlS = careful.runUntil(() => careful.mode === 'AUTO_RTL', 10);
    expect(rtlS).toBeGreaterThan(4.5);
    expect(rtlS).toBeLessThan(5.5);
    careful.groundStation = true;
    careful.run(5);
    expect(careful.mode).toBe('AUTO_RTL');
    expect(careful.setMode('OFFBOARD')).toBe(0);
    careful.run(5);
    expect(careful.mode).toBe('OFFBOARD');
    expect(careful.vehicle.autopilot.commander.failsafeActive).toBe(false);
  });
});
