import {
  AvailableModes,
  ComponentMetadata,
  HomePosition,
  ProtocolVersion,
} from 'mavlink-mappings/dist/lib/common.js';
import { AutopilotVersion } from 'mavlink-mappings/dist/lib/standard.js';
import { describe, expect, it } from 'vitest';
import type { Profile } from '#sim/autopilot/parameters.ts';
import { Companion } from '../companion.ts';

const [ACCEPTED, DENIED, UNSUPPORTED] = [0, 2, 3];
const REQUEST_MESSAGE = 512;

const ask = (profile: Profile, msgid: number, index = 0): [Companion, number | undefined] => {
  const companion = new Companion({ scenario: { profile } });
  return [companion, companion.command(REQUEST_MESSAGE, msgid, index)];
};

describe('what the vehicle says of itself', () => {
  it.each<[Profile, number, number]>([
    ['1.15', 0x010f_0400, 0x99],
    ['1.18', 0x0112_0080, 0x6a],
  ])('is v%s, of the recorded commit', (profile, version, commitStart) => {
    const [companion, result] = ask(profile, 148);
    expect(result).toBe(ACCEPTED);
    const [message] = companion.heard(AutopilotVersion);
    expect(message!.flightSwVersion).toBe(version);
    expect(message!.flightCustomVersion[7]).toBe(commitStart);
    expect(message!.uid).toBe(5_283_920_058_631_409_231n);
    expect(Number(message!.capabilities)).toBe(59_647);
  });

  it('names MAVLink 2, and on 1.15 by the older commands too', () => {
    const [companion, result] = ask('1.18', 300);
    expect(result).toBe(ACCEPTED);
    expect(companion.heard(ProtocolVersion)[0]).toMatchObject({ version: 200, maxVersion: 203 });
    expect(companion.command(519, 1)).toBe(UNSUPPORTED);
    expect(companion.command(520, 1)).toBe(UNSUPPORTED);
    const old = new Companion({ scenario: { profile: '1.15' } });
    expect(old.command(519, 1)).toBe(ACCEPTED);
    expect(old.command(520, 1)).toBe(ACCEPTED);
    expect(old.heard(ProtocolVersion)[0]).toMatchObject({ maxVersion: 200 });
    expect(old.heard(AutopilotVersion)).toHaveLength(1);
  });

  it('lists its modes, all or one, and denies one that it does not have', () => {
    const [companion] = ask('1.18', 435);
    const modes = companion.heard(AvailableModes);
    expect(modes.map(({ modeIndex }) => modeIndex)).toEqual(modes.map((_, index) => index + 1));
    expect(modes).toHaveLength(27);
    expect(modes.find(({ customMode }) => customMode === 0x6_0000)?.modeName).toBe('Offboard');
    const [single, result] = ask('1.15', 435, 10);
    expect(result).toBe(ACCEPTED);
    expect(single.heard(AvailableModes).map(({ modeName }) => modeName)).toEqual(['Offboard']);
    expect(ask('1.15', 435, 26)[1]).toBe(DENIED);
  });

  it('knows where its metadata lie, and where home is before the estimator does', () => {
    const [companion] = ask('1.18', 397);
    expect(companion.heard(ComponentMetadata)[0]!.uri).toMatch(
      /^mftp:\/\/etc\/extras\/.+\.json\.xz$/u,
    );
    const [early, result] = ask('1.15', 242);
    expect(result).toBe(ACCEPTED);
    expect(early.heard(HomePosition)[0]!.latitude / 1e7).toBeCloseTo(47.3977, 4);
  });

  it('accepts a request for a stream without anything to tell, and denies unknown ones', () => {
    expect(ask('1.18', 360)[1]).toBe(ACCEPTED);
    expect(ask('1.18', 410)[1]).toBe(DENIED);
    expect(ask('1.18', 9999)[1]).toBe(DENIED);
    // ESC_INFO came with 1.18's simulator.
    expect(ask('1.15', 290)[1]).toBe(DENIED);
  });
});
