import { openPlanner, type PlannerModel } from '#agent/mind/plan/open-planner.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { trustedModelSigners } from '#coordinator/commands/model-signers-file.ts';
import { loadMission } from '#coordinator/mission/load.ts';
import { assert } from '#protocols/fault.ts';
import { Episode } from '#sim/episode/episode.ts';
import { fuzzEpisode } from '#sim/fuzz/fuzz-episode.ts';
import { quantile, type Bench } from '../bench.ts';
import { homesInSquare } from './home-square.ts';
import { largeMission } from './large-mission.ts';
import { sharesByRoom, startProfile, type Share } from './profile.ts';
import { vehicleSideUs } from './vehicle-side.ts';

interface Row {
  drones: number;
  planner: 'learned' | 'analytic';
  samples: number;
  /** Left out of the short form. */
  long: boolean;
}

const ROWS: readonly Row[] = [
  { drones: 5, planner: 'analytic', samples: 32, long: false },
  { drones: 10, planner: 'analytic', samples: 32, long: false },
  { drones: 100, planner: 'analytic', samples: 32, long: true },
  { drones: 10, planner: 'learned', samples: 64, long: false },
  { drones: 10, planner: 'learned', samples: 256, long: true },
];

const MISSION = 'missions/search-irchel.yaml';
const GOAL_MS = 7000;
/** From the goal to the last take-off, without what each drone adds. */
const GATHER_MS = 15_000;
const TURN_MS = 2000;
/** Enough for some 10,000 ticks of pilots. */
const DRONE_MS = 100_000;
const MOST_MEASURED_MS = 10_000;
const LEAST_MEASURED_MS = 2000;
/** What the profile of a row looks at, after its measurement. */
const PROFILED_DRONE_MS = 40_000;

const measuredMs = ({ drones }: Row): number =>
  Math.min(MOST_MEASURED_MS, Math.max(LEAST_MEASURED_MS, DRONE_MS / drones));

const modelOf = ({ planner }: Row): PlannerModel =>
  planner === 'analytic'
    ? { modelDir: null, modelSignersHex: [] }
    : { modelDir: 'models/current', modelSignersHex: trustedModelSigners() };

/** CPU seconds of this process, all threads: on one core as much time would have passed. */
const cpuS = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

interface Measured {
  /** Simulated seconds per CPU second, with every drone in the air. */
  factor: number;
  shares: Share[];
}

/** Throws Fault 'assertion-failed' when not all drones come up. */
const measure = async (row: Row, seed: number): Promise<Measured> => {
  const { drones, samples } = row;
  const planner = await openPlanner(modelOf(row), { ...PLAN_SETTINGS, samples });
  assert(planner.fault === undefined, 'the shipped model opens');
  const mission = largeMission(loadMission(MISSION), drones);
  const options = fuzzEpisode(seed, { mission, drones, kinds: [], samples }, planner);
  const episode = new Episode({ ...options, scenario: homesInSquare(options.scenario) });
  await episode.run(GOAL_MS);
  episode.startMission(mission);
  const flying = (): number =>
    episode.drones.filter(
      ({ sysid }) => episode.vehicle(sysid)!.autopilot.commander.mode === 'OFFBOARD',
    ).length;
  await episode.run(GOAL_MS + GATHER_MS + drones * TURN_MS, () => flying() === drones);
  assert(flying() === drones, `${drones} drones fly, not ${flying()}`);
  const before = cpuS();
  await episode.run(episode.nowMs + measuredMs(row));
  const factor = measuredMs(row) / 1000 / (cpuS() - before);
  const endProfile = await startProfile();
  await episode.run(episode.nowMs + PROFILED_DRONE_MS / drones);
  const shares = sharesByRoom(await endProfile());
  await episode.finish();
  await planner.close();
  return { factor, shares };
};

/** Ticks of a pilot a second: what a drone's cost is counted per. */
const TICKS_PER_S = 50;
/** Rooms told of each row. */
const ROOMS = 12;

interface Told extends Omit<Row, 'long'> {
  realTimeFactor: number;
  usPerDroneTick: number;
}

/** A drone's cost there against that in the smallest swarm is how it grows. */
const largestOf = (rows: readonly Told[]): Told =>
  rows
    .filter(({ planner }) => planner === 'analytic')
    .reduce((a, b) => (b.drones > a.drones ? b : a));

const VEHICLE_SIDES = [5, 10, 100];

interface VehicleSide {
  [column: string]: number;
  drones: number;
  usPerDroneTick: number;
}

/** Stand-ins, payloads and truth alone, without an agent: what a drone costs there in swarms of each size. */
const vehicleSides = (seed: number, tell: (line: string) => void): VehicleSide[] =>
  VEHICLE_SIDES.map((drones) => {
    const usPerDroneTick = vehicleSideUs(seed, drones);
    tell(`${drones} drones, vehicle side alone: ${usPerDroneTick.toFixed(1)} us`);
    return { drones, usPerDroneTick };
  });

/** Whole swarms in lockstep: every agent whole, with its log, on one core. */
export const simBench: Bench = {
  about: 'whole swarms in lockstep: simulated time per CPU time, while all drones fly',
  seeds: [1, 1],
  async run({ seeds, tell, short }) {
    const rows: Told[] = [];
    const rooms: Share[] = [];
    const vehicles = vehicleSides(seeds[0]!, tell);
    for (const row of ROWS.filter(({ long }) => !(short && long))) {
      const { drones, planner, samples } = row;
      const runs: Measured[] = [];
      const name = `${drones} drones, ${planner} ${samples}`;
      try {
        for (const seed of seeds) runs.push(await measure(row, seed));
      } catch (error) {
        // The other rows are worth having all the same: this one is missing from the figures.
        tell(`${name}: NOT MEASURED: ${error instanceof Error ? error.message : String(error)}`);
        continue;
      }
      const realTimeFactor = quantile(
        runs.map(({ factor }) => factor),
        0.5,
      );
      const usPerDroneTick = 1e6 / (realTimeFactor * drones * TICKS_PER_S);
      tell(`${name}: ${realTimeFactor.toFixed(2)}x, ${usPerDroneTick.toFixed(0)} us`);
      rows.push({ drones, planner, samples, realTimeFactor, usPerDroneTick });
      rooms.push(...runs[0]!.shares.slice(0, ROOMS).map((share) => ({ row: name, ...share })));
    }
    return {
      rows: rows.map((row) => ({ ...row })),
      largestAnalytic: largestOf(rows).drones,
      vehicleSide: vehicles,
      vehicleSideGrowth: vehicles.at(-1)!.usPerDroneTick / vehicles[0]!.usPerDroneTick,
      growthToLargest: largestOf(rows).usPerDroneTick / rows[0]!.usPerDroneTick,
      rooms,
    };
  },
};
