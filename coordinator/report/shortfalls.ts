import type { TruthSummary } from '#sim/truth.ts';
import { crashText } from './crashes.ts';
import type { Summary } from './summary.ts';

/**
 * Why a run is no success, one sentence each; empty = success. Safety is judged by the simulator's truth.
 * How many targets luck let the swarm find is reported, not judged.
 */
export const shortfallsOf = (summary: Summary, truth: TruthSummary): string[] => {
  const found: string[] = [];
  const fail = (condition: boolean, sentence: string): void => {
    if (condition) found.push(sentence);
  };
  const { searchedFraction, searchedFractionNeeded, leastSeparationM, minSeparationM } = summary;
  fail(
    searchedFraction < Math.min(0.95, searchedFractionNeeded),
    `only ${(searchedFraction * 100).toFixed(1)} % was searched${endings(summary)}`,
  );
  fail(
    leastSeparationM !== null && leastSeparationM < minSeparationM,
    `two drones came within ${leastSeparationM?.toFixed(2)} m of each other (at least ${minSeparationM} m allowed)`,
  );
  fail(
    summary.fenceMarginM !== null && summary.fenceMarginM < 0,
    `a drone was ${(-(summary.fenceMarginM ?? 0)).toFixed(1)} m outside the fence`,
  );
  fail(truth.vehicleCollisions > 0, `${truth.vehicleCollisions} collisions between drones`);
  for (const crash of summary.crashes) fail(crash.drill === null, crashText(crash));
  for (const vehicle of truth.vehicles) {
    fail(
      vehicle.obstacleCollisions > 0,
      `drone ${vehicle.sysid} hit an obstacle ${vehicle.obstacleCollisions} times`,
    );
    fail(
      vehicle.takeoffAtMs !== null &&
        (vehicle.landedAtMs === null || vehicle.disarmedAtMs === null),
      `drone ${vehicle.sysid} did not land and disarm`,
    );
  }
  fail(
    truth.vehicles.every((vehicle) => vehicle.takeoffAtMs === null),
    'nobody took off',
  );
  fail(summary.audit === 'failed' || summary.audit === 'missing', `the audit: ${summary.audit}`);
  return found;
};

/** Why drones stopped before the search was complete, and which. */
const endings = ({ drones }: Summary): string => {
  const reasons = new Map<string, number[]>();
  for (const { endedBy, sysid } of drones) {
    if (endedBy === '' || endedBy === 'search complete') continue;
    reasons.set(endedBy, [...(reasons.get(endedBy) ?? []), sysid]);
  }
  const said = [...reasons].map(([reason, sysids]) => `${reason}: ${sysids.join(', ')}`);
  return said.length === 0 ? '' : ` (${said.join('; ')})`;
};
