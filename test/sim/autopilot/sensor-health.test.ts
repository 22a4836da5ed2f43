import { SysStatus } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import type { Profile } from '#sim/autopilot/parameters.ts';
import { Companion } from '../companion.ts';

/** Present, enabled and healthy as SYS_STATUS last said them, in hexadecimal. */
const bits = (companion: Companion): string => {
  companion.run(0.3);
  const status = companion.heard(SysStatus).at(-1)!;
  return [
    status.onboardControlSensorsPresent,
    status.onboardControlSensorsEnabled,
    status.onboardControlSensorsHealth,
  ]
    .map((value) => (value as number).toString(16))
    .join(' ');
};

const booted = (profile: Profile): Companion => new Companion({ scenario: { profile } });

describe('what SYS_STATUS says of the sensors, with the bits of the recordings', () => {
  it('1.15: before and after the estimator has aligned', () => {
    const companion = booted('1.15');
    companion.run(3);
    expect(bits(companion)).toBe('220000d 221000d 2220803f');
    companion.runUntil(() => companion.vehicle.autopilot.situation.positionTrusted, 40);
    expect(bits(companion)).toBe('220002d 221002d 3220803f');
  });

  it('1.18: by mode, without GNSS, and with a low battery', () => {
    const companion = booted('1.18');
    companion.run(2);
    expect(bits(companion)).toBe('300c00f 301c00f 320883f');
    companion.run(5);
    expect(bits(companion)).toBe('300c02f 301c02f 1320c83f');
    companion.setMode('AUTO_LAND');
    expect(bits(companion)).toBe('300c02f 301c02f 320c83f');
    companion.setMode('AUTO_LOITER');
    companion.vehicle.injure({ kind: 'battery', remaining: 0.1 });
    expect(bits(companion)).toBe('300c02f 301c02f 1120c83f');
    companion.vehicle.injure({ kind: 'battery', remaining: 0.03 });
    expect(bits(companion)).toBe('300c02f 301c02f 120c83f');
    companion.vehicle.injure({ kind: 'battery', remaining: 1 });
    companion.vehicle.injure({ kind: 'gnss', works: false });
    companion.run(6);
    expect(bits(companion)).toBe('300c00f 301c00f 320883f');
  });
});
