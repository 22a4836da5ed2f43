import { EstimatorStatus } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import type { Profile } from '#sim/autopilot/parameters.ts';
import { Companion } from '../companion.ts';

/** Longer than any flight here. */
const NEVER_TIMES_OUT = { EKF2_NOAID_TOUT: 600_000_000 };

const blinded = (
  parameters: Record<string, number>,
  profile: Profile = '1.18',
  works = false,
): Companion => {
  const companion = new Companion({
    scenario: { profile },
    vehicle: { parameters: { MIS_TAKEOFF_ALT: 8, ...parameters } },
  });
  companion.takeOff();
  companion.vehicle.injure({ kind: 'gnss', works });
  return companion;
};

const lossS = (companion: Companion, limitS: number): number =>
  companion.runUntil(() => !companion.vehicle.autopilot.situation.positionValid, limitS);

describe('without GNSS', () => {
  it('the position is lost after EKF2_NOAID_TOUT, or before when it is worse than COM_POS_FS_EPH allows', () => {
    expect(lossS(blinded({}), 20)).toBeCloseTo(5, 0);
    // 2.5 times 0.3 m.
    expect(lossS(blinded({ COM_POS_FS_EPH: 0.3 }), 20)).toBeCloseTo(2.3, 0);
    // 12.5 m.
    const late = lossS(blinded(NEVER_TIMES_OUT), 30);
    expect(late).toBeGreaterThan(16);
    expect(late).toBeLessThan(18.5);
  });

  it('COM_POS_FS_EPH below 0 takes any', () => {
    const companion = blinded({ ...NEVER_TIMES_OUT, COM_POS_FS_EPH: -1 });
    companion.run(30);
    expect(companion.mode).toBe('AUTO_LOITER');
    const told = companion.received.findLast((message) => message instanceof EstimatorStatus)!;
    expect(told.posHorizAccuracy).toBeGreaterThan(30);
  });

  it('a position too bad from the beginning does not let it arm', () => {
    const companion = new Companion({ vehicle: { parameters: { COM_POS_FS_EPH: 0.2 } } });
    companion.runUntil(() => companion.vehicle.autopilot.situation.aligned, 40);
    companion.run(3);
    expect(companion.arm()).toBe(1);
  });

  it('comes back a second after the fix does', () => {
    const companion = blinded({ COM_POS_FS_EPH: 0.3 });
    lossS(companion, 20);
    companion.vehicle.injure({ kind: 'gnss', works: true });
    const { situation } = companion.vehicle.autopilot;
    companion.runUntil(() => situation.gnssFix, 10);
    const backS = companion.runUntil(() => situation.positionValid, 5);
    expect(backS).toBeGreaterThan(0.9);
    expect(backS).toBeLessThan(1.5);
  });
});

describe('COM_POS_LOW_EPH', () => {
  const low = { ...NEVER_TIMES_OUT, COM_POS_LOW_EPH: 1 };

  it.each([
    ['1.15', undefined, 'AUTO_RTL', 8],
    ['1.18', 3, 'AUTO_RTL', 8],
    ['1.18', 5, 'AUTO_LAND', 8],
    ['1.18', 4, 'TERMINATION', 3],
  ] as const)('v%s, COM_POS_LOW_ACT %s: %s after %i s', (profile, action, mode, afterS) => {
    const parameters = action === undefined ? low : { ...low, COM_POS_LOW_ACT: action };
    const companion = blinded(parameters, profile);
    const seconds = companion.runUntil(() => companion.mode === mode, 30);
    expect(Math.abs(seconds - afterS)).toBeLessThan(1);
  });

  it('only warns with COM_POS_LOW_ACT 1, and is nothing to OFFBOARD or with -1', () => {
    const warned = blinded({ ...low, COM_POS_LOW_ACT: 1 });
    warned.run(10);
    expect(warned.vehicle.autopilot.commander.failsafe.action).toBe('warn');
    const careless = blinded({ ...low, COM_POS_LOW_EPH: -1 });
    careless.run(10);
    expect(careless.vehicle.autopilot.commander.failsafe.action).toBe('none');
    const guided = blinded(low, '1.18', true);
    guided.flyOffboard(0, 0, 0);
    guided.vehicle.injure({ kind: 'gnss', works: false });
    guided.run(10);
    expect(guided.mode).toBe('OFFBOARD');
  });
});
