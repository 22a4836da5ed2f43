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

  it('changes mode by the legacy message without an ack', () => {
    const companion = ready();
    const message = new SetMode();
    message.targetSystem = 7;
    message.baseMode = 1 as SetMode['baseMode'];
    message.customMode = customModeOf('AUTO_LAND');
    companion.send(message);
    companion.run(2.1);
    expect(companion.mode).toBe('AUTO_LAND');
    expect(companion.acks).toEqual([]);
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
