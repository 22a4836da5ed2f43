import { StatusText } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import type { Profile } from '#sim/autopilot/parameters.ts';
import { Companion } from '../companion.ts';

const PREFLIGHT_CALIBRATION = 241;
const GYRO = [1];
const ACCELEROMETERS = [0, 0, 0, 0, 1];
const LEVEL = [0, 0, 0, 0, 2];

const onTheBench = (profile: Profile = '1.18'): Companion => {
  const companion = new Companion({ scenario: { profile } });
  companion.groundStation = true;
  companion.runUntil(() => companion.vehicle.autopilot.situation.positionTrusted, 40);
  companion.run(2);
  return companion;
};

const calibrate = (companion: Companion, params: readonly number[]): number | undefined =>
  companion.command(PREFLIGHT_CALIBRATION, ...params);

/** What a ground station reads of a calibration, without the mark before it. */
const words = (companion: Companion): string[] =>
  companion
    .heard(StatusText)
    .map(({ text }) => text)
    .filter((text) => text.startsWith('[cal] '))
    .map((text) => text.slice('[cal] '.length));

describe('PREFLIGHT_CALIBRATION', () => {
  it.each<[Profile, number]>([
    ['1.15', 16.5],
    ['1.18', 1.5],
  ])('of the gyroscopes tells its progress and comes to its end (v%s)', (profile, seconds) => {
    const companion = onTheBench(profile);
    expect(calibrate(companion, GYRO)).toBe(0);
    companion.run(seconds / 2);
    expect(words(companion)).toContain('progress <40>');
    expect(words(companion)).not.toContain('calibration done: gyro');
    expect(companion.arm()).toBe(1);
    companion.run(seconds / 2 + 0.5);
    const heard = words(companion);
    expect(heard[0]).toBe('calibration started: 2 gyro');
    expect(heard.slice(-2)).toEqual(['progress <100>', 'calibration done: gyro']);
    expect(companion.arm()).toBe(0);
  });

  it('of the level comes to its end too', () => {
    const companion = onTheBench();
    calibrate(companion, LEVEL);
    companion.run(5);
    expect(words(companion).at(-1)).toBe('calibration done: level');
  });

  it('of the accelerometers measures the side it lies on, waits for the others, and can be cancelled', () => {
    const companion = onTheBench();
    expect(calibrate(companion, ACCELEROMETERS)).toBe(0);
    companion.run(12);
    expect(words(companion).at(-1)).toBe('pending: back front left right up');
    expect(calibrate(companion, GYRO)).toBe(1);
    expect(calibrate(companion, [])).toBe(0);
    expect(words(companion).at(-1)).toBe('calibration cancelled');
    companion.run(100);
    expect(words(companion).at(-1)).toBe('calibration cancelled');
    expect(companion.arm()).toBe(0);
  });

  it('fails by itself when nobody turns the vehicle', () => {
    const companion = onTheBench();
    calibrate(companion, ACCELEROMETERS);
    companion.run(100);
    expect(words(companion).at(-1)).toBe('calibration failed: timeout: no motion');
    expect(companion.arm()).toBe(0);
  });

  it('is refused, without a word of progress, to an armed vehicle', () => {
    const companion = onTheBench();
    companion.arm();
    expect(calibrate(companion, GYRO)).toBe(1);
    companion.run(2);
    expect(words(companion)).toEqual([]);
  });
});
