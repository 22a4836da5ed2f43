import { describe, expect, it } from 'vitest';
import { LogFlyer } from './fly-log.ts';
import { loadLog, LOGGED_FLIGHTS, logsPresent } from './log-flight.ts';
import { measureFit } from './measure-fit.ts';

/** Shares of what was flown; measured were at most 0.021, 0.034 and 0.088, and 0.084 rad. */
const VELOCITY_MAX = 0.03;
const MANOEUVRE_MAX = 0.06;
const TILT_MAX = 0.12;
const YAW_MAX_RAD = 0.12;

describe.skipIf(!logsPresent())("the stand-in's flight beside PX4's flight logs", () => {
  it.each(LOGGED_FLIGHTS.map((spec) => [spec.name, spec] as const))('%s', async (_, spec) => {
    const fit = measureFit(new LogFlyer(await loadLog(spec), spec.profile).fly());
    expect(fit.samples).toBeGreaterThan(4500);
    expect(fit.normalisedVelocityError).toBeLessThan(VELOCITY_MAX);
    for (const error of Object.values(fit.byManoeuvre)) expect(error).toBeLessThan(MANOEUVRE_MAX);
    expect(fit.normalisedTiltError).toBeLessThan(TILT_MAX);
    expect(fit.yawRmsRad).toBeLessThan(YAW_MAX_RAD);
  });

  it('tells a wrong drag, a wrong wind and a wrong gain from the right ones', async () => {
    const windy = LOGGED_FLIGHTS.find(({ name }) => name.includes('wind') && !name.includes('no'))!;
    const log = await loadLog(windy);
    const errorWith = (name: string, value: number): number => {
      const parameters = new Map(log.parameters).set(name, value);
      const flown = new LogFlyer({ ...log, parameters }, windy.profile).fly();
      return measureFit(flown).normalisedVelocityError;
    };
    expect(errorWith('SIH_KDV', 0.5)).toBeGreaterThan(VELOCITY_MAX);
    expect(errorWith('SIH_WIND_N', 0)).toBeGreaterThan(VELOCITY_MAX);
    expect(errorWith('MPC_XY_VEL_P_ACC', 2.6)).toBeGreaterThan(VELOCITY_MAX);
  });
});
