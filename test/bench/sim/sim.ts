import { openPlanner, type PlannerModel } from '#agent/mind/plan/open-planner.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { trustedModelSigners } from '#coordinator/commands/model-signers-file.ts';
import { loadMission } from '#coordinator/mission/load.ts';
import { assert } from '#protocols/fault.ts';
import { Episode } from '#sim/episode/episode.ts';
import { fuzzEpisode } from '#sim/fuzz/fuzz-episode.ts';
import { quantile, type Bench } from '../bench.ts';

interface Row {
  drones: number;
  planner: 'learned' | 'analytic';
  samples: number;
}

const ROWS: readonly Row[] = [
  { drones: 5, planner: 'analytic', samples: 32 },
  { drones: 10, planner: 'analytic', samples: 32 },
  { drones: 10, planner: 'learned', samples: 64 },
  { drones: 10, planner: 'learned', samples: 256 },
];

const MISSION = 'missions/search-irchel.yaml';
const GOAL_MS = 7000;
/** Drones wait for each other's way up: ten seconds each in a large swarm. Measured while all fly. */
const TAKEOFF_MS = 12_000;
const MEASURED_MS = 10_000;

const modelOf = ({ planner }: Row): PlannerModel =>
  planner === 'analytic'
    ? { modelDir: null, modelSignersHex: [] }
    : { modelDir: 'models/current', modelSignersHex: trustedModelSigners() };

/** CPU seconds of this process, all threads: on one core as much time would have passed. */
const cpuS = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Simulated seconds per CPU second, with every drone in the air. */
const measure = async (row: Row, seed: number): Promise<number> => {
  const { drones, samples } = row;
  const planner = await openPlanner(modelOf(row), { ...PLAN_SETTINGS, samples });
  assert(planner.fault === undefined, 'the shipped model opens');
  const mission = loadMission(MISSION);
  const episode = new Episode(fuzzEpisode(seed, { mission, drones, kinds: [], samples }, planner));
  await episode.run(GOAL_MS);
  episode.startMission(mission);
  const flying = (): number =>
    episode.drones.filter(
      ({ sysid }) => episode.vehicle(sysid)!.autopilot.commander.mode === 'OFFBOARD',
    ).length;
  await episode.run(GOAL_MS + drones * TAKEOFF_MS, () => flying() === drones);
  assert(flying() === drones, `${drones} drones fly, not ${flying()}`);
  const before = cpuS();
  await episode.run(episode.nowMs + MEASURED_MS);
  const factor = MEASURED_MS / 1000 / (cpuS() - before);
  await episode.finish();
  await planner.close();
  return factor;
};

/** Ticks of a pilot a second: what a drone's cost is counted per. */
const TICKS_PER_S = 50;

/** Whole swarms in lockstep: every agent whole, with its log, on one core. */
export const simBench: Bench = {
  about: 'whole swarms in lockstep: simulated time per CPU time, while all drones fly',
  seeds: [1, 1],
  async run({ seeds, tell }) {
    const rows = [];
    for (const row of ROWS) {
      const factors: number[] = [];
      for (const seed of seeds) factors.push(await measure(row, seed));
      const realTimeFactor = quantile(factors, 0.5);
      const usPerDroneTick = 1e6 / (realTimeFactor * row.drones * TICKS_PER_S);
      tell(
        `${row.drones} drones, ${row.planner} ${row.samples}: ${realTimeFactor.toFixed(2)}x, ${usPerDroneTick.toFixed(0)} us`,
      );
      rows.push({ ...row, realTimeFactor, usPerDroneTick });
    }
    return { rows };
  },
};
