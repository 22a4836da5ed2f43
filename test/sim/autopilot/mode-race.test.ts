import { expect, it } from 'vitest';

import { Companion } from '../companion.ts';

const STEP_S = 0.004;

/** Armed, aligned and climbing to 5 m. */
const climbing = (): Companion => {
  const companion = new Companion({ vehicle: { parameters: { MIS_TAKEOFF_ALT: 5 } } });
  companion.runUntil(() => companion.vehicle.autopilot.situation.positionTrusted, 10);
  companion.run(2);
  companion.streamed = [0, 0, 0];
  expect(companion.arm()).toBe(0);
  expect(companion.command(22, 0, 0, 0, Number.NaN, Number.NaN, Number.NaN, Number.NaN)).toBe(0);
  return companion;
};

it('OFFBOARD asked for in the very moment in which the take-off ends is OFFBOARD', () => {
  const first = climbing();
  const endsS = first.runUntil(() => first.mode === 'AUTO_LOITER', 20);
  for (let early = -2; early <= 12; early += 1) {
    const companion = climbing();
    companion.run(endsS - early * STEP_S);
    companion.setMode('OFFBOARD');
    companion.run(1);
    expect({ early, mode: companion.mode }).toEqual({ early, mode: 'OFFBOARD' });
  }
});
