import { describe, expect, test } from 'vitest';

import { Discharge } from '#agent/pilot/estimate/discharge.ts';
import type { GuardVerdict } from '#agent/pilot/guard/guard.ts';
import type { SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import { seededRandom } from '#protocols/random.ts';
import { vector3 } from '#protocols/vector.ts';
import { envelopeWith, FlightRig, TICK_S } from './flight-rig.ts';

const CRUISE = vector3(3, 0, 0);

/** Flies on under conditions that a story sets in each tick; the last verdict. */
const flyOn = (
  rig: FlightRig,
  seconds: number,
  conditions: (rig: FlightRig, nowMs: number) => void,
): Readonly<GuardVerdict> => {
  let verdict: Readonly<GuardVerdict> | undefined;
  for (let tick = 0; tick < seconds / TICK_S; tick += 1) {
    verdict = rig.stepUnder(CRUISE, conditions);
  }
  return verdict!;
};

const rigWith = (envelope: Partial<SafetyEnvelope> = {}): FlightRig =>
  new FlightRig(envelopeWith(envelope), vector3(-30, 0, -20), seededRandom(1));

describe('plan and mind', () => {
  test('a stale plan holds, a mind unheard for 15 s returns, and a new plan flies again', () => {
    const rig = rigWith();
    expect(flyOn(rig, 2, () => undefined).action).toBe('pass');
    const heardMs = rig.situation.nowMs;
    const silent = (one: FlightRig): void => {
      one.situation.planFresh = false;
      one.situation.mindHeardMs = heardMs;
    };
    expect(flyOn(rig, 3, silent).action).toBe('hold');
    expect(flyOn(rig, 11, silent).action).toBe('hold');
    const lost = flyOn(rig, 2, silent);
    expect([lost.action, lost.reasons[0]]).toEqual(['return', 'mind-lost']);
    const back = flyOn(rig, 3, (one) => {
      one.situation.planFresh = true;
    });
    expect(back.action).toBe('pass');
  });

  test('a hold keeps its place against the drift of its own stop', () => {
    const rig = rigWith();
    flyOn(rig, 3, () => undefined);
    const hold = (one: FlightRig): void => {
      one.situation.operatorHold = true;
    };
    flyOn(rig, 6, hold);
    const { x } = rig.plant.positionNed;
    const verdict = flyOn(rig, 20, hold);
    expect(Math.abs(rig.plant.positionNed.x - x)).toBeLessThan(1);
    expect(verdict.reasons).toContain('operator-hold');
  });
});

describe('the operator’s silence', () => {
  test.each([
    ['continue', 'pass'],
    ['hold', 'hold'],
    ['rtl', 'return'],
    ['land', 'land'],
  ] as const)('ends as the goal says: %s', (lostLinkAction, action) => {
    const rig = rigWith({ lostLinkS: 5, lostLinkAction });
    flyOn(rig, 3, () => undefined);
    const heardMs = rig.situation.nowMs;
    const silent = (one: FlightRig): void => {
      one.situation.operatorHeardMs = heardMs;
    };
    expect(flyOn(rig, 4, silent).action).toBe('pass');
    expect(flyOn(rig, 2, silent).action).toBe(action);
  });
});

describe('the position', () => {
  test('lost for a moment brakes, for longer lands, and back again flies', () => {
    const rig = rigWith();
    flyOn(rig, 3, () => undefined);
    const lost = (one: FlightRig): void => one.forgetPosition();
    const braking = flyOn(rig, 2, lost);
    expect([braking.action, braking.reasons[0]]).toEqual(['brake', 'position-lost']);
    expect(braking.velocityNedMps.x).toBeCloseTo(0);
    expect(flyOn(rig, 0.5, () => undefined).action).toBe('brake');
    expect(flyOn(rig, 3, () => undefined).action).toBe('pass');
    expect(flyOn(rig, 5, lost).action).toBe('land');
  });

  test('too vague to tell neighbours apart counts as lost', () => {
    const rig = rigWith();
    expect(flyOn(rig, 1, (one) => one.blur(6)).action).toBe('brake');
  });

  test('unheard from a silent autopilot is no reason to land it', () => {
    const rig = rigWith();
    flyOn(rig, 3, () => undefined);
    const heardMs = rig.situation.nowMs;
    const silent = flyOn(rig, 8, (one) => {
      one.situation.vehicleHeardMs = heardMs;
      one.forgetPosition();
    });
    expect(silent.action).toBe('brake');
    expect(silent.velocityNedMps.x).toBeCloseTo(0);
  });
});

describe('the battery', () => {
  const with_ = (remaining: number) => (rig: FlightRig) => {
    rig.situation.batteryRemaining = remaining;
    rig.situation.dischargePerS = 1 / 900;
  };

  test('sends the drone home while there is enough for the way and the reserve', () => {
    const rig = rigWith({ batteryReserve: 0.2 });
    expect(flyOn(rig, 3, with_(0.6)).action).toBe('pass');
    const low = flyOn(rig, 3, with_(0.25));
    expect([low.action, low.reasons[0]]).toEqual(['return', 'battery']);
    // One good reading later does not call it back.
    expect(flyOn(rig, 3, with_(0.6)).action).toBe('return');
  });

  test('one low reading sends nobody home', () => {
    const rig = rigWith();
    flyOn(rig, 3, with_(0.6));
    expect(flyOn(rig, 1, with_(0.1)).action).toBe('pass');
    expect(flyOn(rig, 3, with_(0.6)).action).toBe('pass');
  });

  test('nearly empty lands here', () => {
    const rig = rigWith();
    expect(flyOn(rig, 3, with_(0.04)).action).toBe('land');
  });

  test('the farther away, the earlier it turns', () => {
    const turnsAt = (northM: number): number => {
      const fence = [-700, 700].flatMap((northEnd) => [
        { northM: northEnd, eastM: -northEnd },
        { northM: northEnd, eastM: northEnd },
      ]);
      for (let remaining = 1; remaining > 0; remaining -= 0.01) {
        const rig = new FlightRig(
          envelopeWith({ fenceNed: fence }),
          vector3(northM, 0, -20),
          seededRandom(1),
        );
        if (flyOn(rig, 2.2, with_(remaining)).action === 'return') return remaining;
      }
      return 0;
    };
    expect(turnsAt(500)).toBeGreaterThan(turnsAt(10) + 0.1);
  });
});

describe('the rate of discharge', () => {
  test('is assumed at first, then the flight’s own, and follows a change', () => {
    const discharge = new Discharge();
    expect(discharge.ratePerS).toBeCloseTo(1 / 600);
    const drain = (from: number, perS: number, startS: number, seconds: number): number => {
      let remaining = from;
      for (let second = 0; second < seconds; second += 1) {
        remaining = from - perS * second;
        // PX4 counts whole percents.
        discharge.observe(Math.floor(remaining * 100) / 100, (startS + second) * 1000);
      }
      return remaining;
    };
    const left = drain(1, 1 / 1000, 0, 200);
    expect(discharge.ratePerS).toBeGreaterThan(1 / 1250);
    expect(discharge.ratePerS).toBeLessThan(1 / 800);
    drain(left, 1 / 400, 200, 100);
    expect(discharge.ratePerS).toBeGreaterThan(1 / 600);
    discharge.observe(Number.NaN, 400_000);
    expect(discharge.ratePerS).toBeGreaterThan(1 / 600);
    discharge.restart();
    expect(discharge.ratePerS).toBeCloseTo(1 / 600);
  });
});
