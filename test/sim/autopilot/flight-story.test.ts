import { ExtendedSysState, StatusText, SysStatus } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import { PREARM_CHECK_BIT } from '#protocols/mavlink/modes.ts';
import { Companion } from '../companion.ts';

const ACCEPTED = 0;
const REJECTED = 1;

describe('a flight, from boot to disarm', () => {
  it('aligns, refuses, arms, takes off, follows, loses its stream, returns and lands', () => {
    const companion = new Companion({
      vehicle: { parameters: { MIS_TAKEOFF_ALT: 10, RTL_RETURN_ALT: 15 } },
    });
    const { vehicle } = companion;

    companion.run(1.2);
    expect(companion.shows('AUTO_LOITER')).toBe(true);
    expect(companion.heartbeat?.systemStatus).toBe(0);
    expect(companion.arm()).toBe(REJECTED);

    const alignedS =
      companion.runUntil(() => vehicle.autopilot.situation.positionTrusted, 10) + 1.4;
    expect(alignedS).toBeGreaterThan(3.9);
    expect(alignedS).toBeLessThan(6.1);
    companion.run(1.1);
    expect(companion.heartbeat?.systemStatus).toBe(3);
    const health = companion.heard(SysStatus).map((s) => s.onboardControlSensorsHealth);
    expect((health[0]! & PREARM_CHECK_BIT) === 0).toBe(true);
    expect((health.at(-1)! & PREARM_CHECK_BIT) !== 0).toBe(true);

    expect(companion.arm()).toBe(ACCEPTED);
    expect(companion.command(22, 0, 0, 0, Number.NaN, Number.NaN, Number.NaN, Number.NaN)).toBe(0);
    const climbS = companion.runUntil(() => companion.mode === 'AUTO_LOITER', 20);
    expect(climbS).toBeGreaterThan(9);
    expect(climbS).toBeLessThan(14);
    companion.run(4);
    expect(vehicle.quadrotor.heightM()).toBeGreaterThan(8.5);
    expect(vehicle.quadrotor.heightM()).toBeLessThan(11.5);
    const states = companion.heard(ExtendedSysState).map((state) => state.landedState);
    const seen = states.filter((state, index) => state !== states[index - 1]);
    expect(seen).toEqual([1, 3, 2]);

    expect(companion.setMode('OFFBOARD')).toBe(REJECTED);
    companion.streamed = [3, 0, 0];
    companion.run(0.2);
    expect(companion.setMode('OFFBOARD')).toBe(ACCEPTED);
    companion.run(6);
    expect(vehicle.quadrotor.velocityNed.x).toBeGreaterThan(2.5);
    expect(companion.heartbeat?.baseMode).toBe(0x91);
    expect(companion.command(400, 0)).toBe(REJECTED);
    companion.run(5);

    companion.streamed = undefined;
    const lostS = companion.runUntil(() => companion.mode === 'AUTO_RTL', 3);
    expect(lostS).toBeGreaterThan(0.9);
    expect(lostS).toBeLessThan(1.15);
    companion.run(1.5);
    expect(companion.heartbeat?.systemStatus).toBe(5);

    companion.runUntil(() => vehicle.autopilot.situation.landed, 90);
    const { x, y } = vehicle.quadrotor.positionNed;
    expect(Math.sqrt(x * x + y * y)).toBeLessThan(2);
    expect(vehicle.quadrotor.touchdownSpeedMps).toBeLessThan(1);
    const disarmS = companion.runUntil(() => !companion.armed, 5);
    expect(disarmS).toBeGreaterThan(1.9);
    expect(disarmS).toBeLessThan(2.1);
    expect(companion.mode).toBe('OFFBOARD');
    companion.run(1.1);
    expect(companion.heartbeat?.systemStatus).toBe(0);
  });

  it('goes back to OFFBOARD by itself when the stream resumes', () => {
    const companion = new Companion();
    companion.takeOff();
    companion.flyOffboard(2, 0, 0);
    companion.run(3);
    companion.streamed = undefined;
    companion.run(2);
    expect(companion.mode).toBe('AUTO_RTL');
    companion.streamed = [0, 0, 0];
    companion.run(0.3);
    expect(companion.mode).toBe('OFFBOARD');
  });

  it('stays with the mode that the operator chose after a loss', () => {
    const companion = new Companion();
    companion.takeOff();
    companion.flyOffboard(2, 0, 0);
    companion.run(1);
    companion.streamed = undefined;
    companion.run(2);
    expect(companion.setMode('AUTO_LOITER')).toBe(ACCEPTED);
    companion.streamed = [1, 0, 0];
    companion.run(1);
    expect(companion.mode).toBe('AUTO_LOITER');
  });

  it('lands where it is on LAND and says so at once', () => {
    const companion = new Companion({ vehicle: { parameters: { MIS_TAKEOFF_ALT: 6 } } });
    companion.takeOff();
    expect(companion.command(21)).toBe(ACCEPTED);
    expect(companion.vehicle.autopilot.landedState).toBe('LANDING');
    companion.runUntil(() => !companion.armed, 30);
    expect(companion.mode).toBe('AUTO_LOITER');
    expect(companion.vehicle.quadrotor.onGround).toBe(true);
  });

  it('disarms by itself when it never takes off', () => {
    const companion = new Companion();
    companion.run(7);
    expect(companion.arm()).toBe(ACCEPTED);
    const seconds = companion.runUntil(() => !companion.armed, 15);
    expect(seconds).toBeGreaterThan(9);
    expect(seconds).toBeLessThan(10.5);
  });

  it('takes off in OFFBOARD when the velocity points up, and not when it is level', () => {
    const companion = new Companion();
    companion.run(7);
    companion.streamed = [0, 0, 0];
    companion.run(0.5);
    companion.setMode('OFFBOARD');
    expect(companion.arm()).toBe(ACCEPTED);
    companion.run(4);
    expect(companion.vehicle.quadrotor.onGround).toBe(true);
    companion.streamed = [0, 0, -1.5];
    companion.runUntil(() => companion.vehicle.quadrotor.heightM() > 3, 10);
    expect(companion.vehicle.autopilot.landedState).toBe('IN_AIR');
  });

  it('stops its motors in the air only for the magic number', () => {
    const companion = new Companion();
    companion.takeOff();
    expect(companion.command(400, 0)).toBe(REJECTED);
    expect(companion.command(400, 0, 21_196)).toBe(ACCEPTED);
    companion.run(3);
    expect(companion.vehicle.quadrotor.onGround).toBe(true);
    expect(companion.vehicle.quadrotor.touchdownSpeedMps).toBeGreaterThan(3);
  });

  it('talks in STATUSTEXT only where a ground station is heard', () => {
    const deaf = new Companion();
    deaf.takeOff();
    expect(deaf.heard(StatusText)).toEqual([]);
    const heard = new Companion();
    heard.groundStation = true;
    heard.takeOff();
    // A text that PX4 also sends as an event ends with a tab.
    const texts = heard.heard(StatusText).map(({ text }) => text);
    expect(texts).toEqual(['Armed by external command\t', 'Takeoff detected\t']);
  });

  it('is the 1.15 of the recordings when asked: slow to align, sinking in POSCTL on a loss', () => {
    const companion = new Companion({
      scenario: { profile: '1.15' },
      vehicle: { parameters: { MIS_TAKEOFF_ALT: 8 } },
    });
    companion.run(25);
    expect(companion.arm()).toBe(REJECTED);
    companion.takeOff();
    companion.flyOffboard(1, 0, 0);
    companion.run(2);
    companion.streamed = undefined;
    companion.run(3);
    expect(companion.mode).toBe('POSCTL');
    expect(companion.heartbeat?.baseMode).toBe(0xd1);
    const sinkMps = companion.vehicle.quadrotor.velocityNed.z;
    expect(sinkMps).toBeGreaterThan(0.6);
    expect(sinkMps).toBeLessThan(1);
  });
});
