import { AutopilotVersion } from 'mavlink-mappings/dist/lib/standard.js';
import {
  CurrentMode,
  GpsGlobalOrigin,
  HomePosition,
  MessageInterval,
  SetMode,
  TimeSync,
} from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import { wrapPi } from '#protocols/units.ts';
import { customModeOf } from '#protocols/mavlink/modes.ts';
import { Companion } from '../companion.ts';

const ACCEPTED = 0;
const REJECTED = 1;
const DENIED = 2;
const UNSUPPORTED = 3;
const FAILED = 4;

const ready = (): Companion => {
  const companion = new Companion();
  companion.run(7);
  return companion;
};

describe('commands, with the results of the recordings', () => {
  it('accepts any mode that has a name while disarmed, even OFFBOARD without a stream', () => {
    const companion = ready();
    expect(companion.setMode('OFFBOARD')).toBe(ACCEPTED);
    expect(companion.setMode('AUTO_MISSION')).toBe(ACCEPTED);
    expect(companion.setMode('POSCTL')).toBe(ACCEPTED);
    expect(companion.command(176, 1, 4, 7)).toBe(REJECTED);
    expect(companion.command(176, 1, 99)).toBe(REJECTED);
    expect(companion.mode).toBe('POSCTL');
  });

  it('does not arm in a mode that cannot run', () => {
    const companion = ready();
    const modes = ['OFFBOARD', 'AUTO_LAND', 'AUTO_RTL', 'AUTO_MISSION'] as const;
    const results = modes.map((mode) => {
      companion.setMode(mode);
      return companion.arm();
    });
    expect(results).toEqual([REJECTED, REJECTED, REJECTED, REJECTED]);
    companion.setMode('AUTO_LOITER');
    expect(companion.arm()).toBe(ACCEPTED);
    expect(companion.arm()).toBe(ACCEPTED);
    expect(companion.command(400, 0)).toBe(ACCEPTED);
    expect(companion.command(400, 0)).toBe(ACCEPTED);
    expect(companion.command(400, 5)).toBeUndefined();
    expect(companion.command(400, Number.NaN)).toBe(ACCEPTED);
  });

  it('refuses in the air what cannot fly', () => {
    const companion = ready();
    companion.takeOff();
    expect(companion.setMode('AUTO_MISSION')).toBe(REJECTED);
    expect(companion.setMode('POSCTL')).toBe(REJECTED);
    expect(companion.mode).toBe('AUTO_LOITER');
    expect(companion.command(246, 1)).toBe(DENIED);
  });

  it('says unsupported, denied and failed as PX4 does', () => {
    const companion = ready();
    expect(companion.command(60_000)).toBe(UNSUPPORTED);
    expect(companion.command(193)).toBe(UNSUPPORTED);
    expect(companion.command(300)).toBe(DENIED);
    expect(companion.command(512, 9999)).toBe(DENIED);
    expect(companion.command(511, 9999, 100_000)).toBe(FAILED);
  });

  it('answers a request for one message with that message', () => {
    const companion = ready();
    expect(companion.command(512, 148)).toBe(ACCEPTED);
    expect(companion.heard(AutopilotVersion)).toHaveLength(1);
    const origins = companion.heard(GpsGlobalOrigin).length;
    companion.command(512, 49);
    expect(companion.heard(GpsGlobalOrigin)).toHaveLength(origins + 1);
    expect(companion.command(510, 33)).toBe(ACCEPTED);
    expect(companion.heard(MessageInterval)[0]?.intervalUs).toBe(20_000);
  });

  it('acknowledges only four of a burst of twenty', () => {
    const companion = ready();
    for (let count = 0; count < 20; count += 1) companion.post(176, 1, 4, 3);
    companion.run(1);
    expect(companion.acks).toHaveLength(4);
  });

  it('changes mode by the legacy message, which is acknowledged as the command', () => {
    const companion = ready();
    const message = new SetMode();
    message.targetSystem = 7;
    message.baseMode = 1 as SetMode['baseMode'];
    message.customMode = customModeOf('AUTO_LAND');
    companion.send(message);
    companion.run(2.1);
    expect(companion.mode).toBe('AUTO_LAND');
    expect(companion.acks.map(({ command, result }) => [command, result])).toEqual([[176, 0]]);
    expect(companion.heard(CurrentMode).at(-1)?.customMode).toBe(customModeOf('AUTO_LAND'));
  });

  it('is silent to what is meant for another vehicle; 1.15 answers failed', () => {
    const target = (companion: Companion): number => {
      companion.run(0.1);
      companion.postTo(99, 400, 1);
      companion.run(0.5);
      return companion.acks.length;
    };
    expect(target(new Companion())).toBe(0);
    const old = new Companion({ scenario: { profile: '1.15' } });
    expect(target(old)).toBe(1);
    expect(old.acks[0]?.result).toBe(FAILED);
  });

  it('repositions in LOITER and keeps coordinates given as NaN', () => {
    const companion = ready();
    companion.takeOff();
    const altitude = 488 + 12;
    const nan = Number.NaN;
    expect(companion.command(192, -1, 1, 0, nan, nan, nan, altitude)).toBe(ACCEPTED);
    companion.run(14);
    const { x, y } = companion.vehicle.quadrotor.positionNed;
    expect(Math.abs(companion.vehicle.quadrotor.heightM() - 12)).toBeLessThan(1.5);
    expect(Math.sqrt(x * x + y * y)).toBeLessThan(2);
  });

  it('takes home from whoever sets it, and keeps it through arming', () => {
    const companion = ready();
    expect(companion.command(179, 0, 0, 0, 0, 47.398, 8.546, 500)).toBe(ACCEPTED);
    expect(companion.command(179, 0, 0, 0, 0, Number.NaN, 8.546, 500)).toBe(FAILED);
    companion.takeOff();
    companion.run(3);
    const home = companion.heard(HomePosition).at(-1)!;
    expect(home.latitude / 1e7).toBeCloseTo(47.398, 5);
    expect(home.altitude / 1000).toBeCloseTo(500, 1);
  });

  it('flies a circle clockwise around the centre, looking at it', () => {
    const companion = ready();
    companion.takeOff();
    const nan = Number.NaN;
    expect(companion.command(34, 12, 3, 0, 0, nan, nan, nan)).toBe(ACCEPTED);
    expect(companion.mode).toBe('ORBIT');
    const angles: number[] = [];
    companion.run(12);
    for (let count = 0; count < 20; count += 1) {
      companion.run(0.5);
      const { x, y } = companion.vehicle.quadrotor.positionNed;
      expect(Math.abs(Math.sqrt(x * x + y * y) - 12)).toBeLessThan(2.5);
      angles.push(Math.atan2(y, x));
    }
    const turned = angles.map((angle, index) => wrapPi(angle - (angles[index - 1] ?? angle)));
    const total = turned.reduce((sum, turn) => sum + turn, 0);
    // 10 s at up to 3 m/s, which drag makes less, on a radius of 12 m.
    expect(total).toBeGreaterThan(1.2);
    expect(total).toBeLessThan(2.6);
    expect(companion.heartbeat?.baseMode).toBe(0x91);
  });

  it('calibrates on the ground, is busy meanwhile, and does not arm', () => {
    const companion = ready();
    expect(companion.command(241, 1)).toBe(ACCEPTED);
    expect(companion.command(241, 1)).toBe(REJECTED);
    expect(companion.command(245, 1)).toBe(REJECTED);
    expect(companion.arm()).toBe(REJECTED);
    companion.run(0.7);
    expect(companion.heartbeat?.systemStatus).toBe(2);
    companion.run(2);
    expect(companion.heartbeat?.systemStatus).toBe(3);
    expect(companion.command(245, 1)).toBe(ACCEPTED);
  });

  it('obeys a reboot when disarmed, after the ack, and forgets its home', () => {
    const companion = ready();
    expect(companion.command(246, 1)).toBe(ACCEPTED);
    companion.run(3.6);
    expect(companion.vehicle.bootMs()).toBeLessThan(1000);
    expect(companion.vehicle.autopilot.situation.homeKnown).toBe(false);
    const simulator = new Companion({ scenario: { rebootsOnCommand: false } });
    simulator.run(7);
    expect(simulator.command(246, 1)).toBe(DENIED);
    expect(simulator.vehicle.bootMs()).toBeGreaterThan(7000);
  });

  it('acknowledges late where a part of PX4 takes its time, or never', () => {
    const companion = ready();
    expect(companion.command(2511)).toBeUndefined();
    companion.run(2.4);
    expect(companion.acks.at(-1)?.command).toBe(2511);
    expect(companion.command(211, 1)).toBe(5);
    companion.run(1.1);
    expect(companion.acks.at(-1)?.result).toBe(ACCEPTED);
    expect(companion.command(203)).toBeUndefined();
  });

  it('knows main modes and standard modes as its version does', () => {
    const old = new Companion({ scenario: { profile: '1.15' } });
    old.run(37);
    expect(old.command(176, 1, 99)).toBe(ACCEPTED);
    expect(old.command(176, 1, 10)).toBe(ACCEPTED);
    expect(old.command(176, 1, 4, 1)).toBe(REJECTED);
    expect(old.command(176, 0, 6)).toBe(ACCEPTED);
    expect(old.mode).toBe('AUTO_LOITER');
    expect(old.command(262, 1)).toBe(FAILED);
    const fresh = ready();
    expect(fresh.command(176, 1, 10)).toBe(REJECTED);
    expect(fresh.command(176, 0, 6)).toBe(REJECTED);
    expect(fresh.command(262, 1)).toBe(ACCEPTED);
    expect(fresh.mode).toBe('POSCTL');
    expect(fresh.command(176, 1, 4, 12)).toBe(ACCEPTED);
    expect(fresh.mode).toBe('EXTERNAL2');
    expect(fresh.arm()).toBe(REJECTED);
  });

  it('answers TIMESYNC with its boot time in ns beside ours', () => {
    const companion = ready();
    const question = new TimeSync();
    question.tc1 = 0n;
    question.ts1 = 123_456_789n;
    companion.send(question);
    companion.run(0.02);
    const answer = companion.heard(TimeSync).find(({ tc1 }) => tc1 !== 0n);
    expect(answer?.ts1).toBe(123_456_789n);
    expect(Number(answer!.tc1) / 1e9).toBeCloseTo(companion.vehicle.timeMs() / 1000, 1);
  });

  it('sets home anew on the ground with a jitter in altitude, and fixes it by arming', () => {
    const companion = ready();
    companion.run(20);
    const altitudes = new Set(companion.heard(HomePosition).map(({ altitude }) => altitude));
    expect(altitudes.size).toBeGreaterThan(4);
    companion.takeOff();
    const count = companion.heard(HomePosition).length;
    companion.run(10);
    const fixed = companion.heard(HomePosition).slice(count);
    expect(new Set(fixed.map(({ altitude }) => altitude)).size).toBe(1);
  });
});
