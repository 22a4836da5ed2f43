import { Fault } from '#protocols/fault.ts';
import { LogFlyer } from '../../sim/physics-fit/fly-log.ts';
import { loadLog, LOGGED_FLIGHTS, logsPresent } from '../../sim/physics-fit/log-flight.ts';
import { measureFit, type FitFigures } from '../../sim/physics-fit/measure-fit.ts';
import type { Bench } from '../bench.ts';

/** The stand-in's response to the setpoints that PX4's own simulator logged. No randomness: seeds are ignored. */
export const physicsBench: Bench = {
  about: "the stand-in's flight beside PX4's flight logs, same setpoints",
  seeds: [1, 1],
  run: async ({ tell }) => {
    if (!logsPresent()) {
      throw new Fault('bench-logs-missing', 'the flight logs are not beside the project', {
        remedy: 'Put ../shared/px4-traces/ulg there.',
      });
    }
    const rows: Record<string, number | string>[] = [];
    const fits: FitFigures[] = [];
    for (const spec of LOGGED_FLIGHTS) {
      const fit = measureFit(new LogFlyer(await loadLog(spec), spec.profile).fly());
      const { byManoeuvre, samples, ...figures } = fit;
      fits.push(fit);
      rows.push({ log: spec.name, fitted: spec.fitted ? 'yes' : 'no', ...figures, ...byManoeuvre });
      tell(`${spec.name}: ${samples} samples`);
    }
    const worst = Math.max(...fits.map((fit) => fit.normalisedVelocityError));
    const squares = fits.map((fit) => fit.normalisedVelocityError ** 2);
    const overall = Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / fits.length);
    return { normalisedVelocityError: overall, normalisedVelocityErrorMax: worst, rows };
  },
};
