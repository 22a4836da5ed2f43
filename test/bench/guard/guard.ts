import { vector3, type Vector3 } from '#protocols/vector.ts';
import { seededRandom } from '#protocols/random.ts';
import type { FlightRig } from '../../agent/pilot/guard/flight-rig.ts';
import { flyAtRandom } from '../../agent/pilot/guard/random-flight.ts';
import { flySwarm, straightTo } from '../../agent/pilot/guard/swarm-rig.ts';
import type { Bench } from '../bench.ts';

/** Random flights of one seed, and ticks of each (3 s). */
const FLIGHTS_PER_SEED = 200;
const TICKS_PER_FLIGHT = 150;

/** Five drones on lanes 20 m apart, there and back. */
const LANES_EAST_M = [-40, -20, 0, 20, 40];
const NOMINAL_TICKS = 1000;
const CRUISE_MPS = 7;

/** Setpoints change no faster than a planner's that knows the limits, m/s per tick at 3 m/s². */
const SMOOTH_MPS = 0.06;

/** A mission as it should be: apart, inside, within the limits. */
const nominalShare = (seed: number): number => {
  const starts = LANES_EAST_M.map((east, lane) => vector3(lane % 2 === 0 ? -45 : 45, east, -20));
  const setpoints = starts.map(() => vector3(0, 0, 0));
  const wish = (rig: FlightRig, index: number, tick: number): Vector3 => {
    const start = starts[index]!;
    const side = tick < NOMINAL_TICKS / 2 ? -1 : 1;
    const wanted = straightTo(rig, vector3(side * start.x, start.y, -20), CRUISE_MPS);
    const setpoint = setpoints[index]!;
    const x = wanted.x - setpoint.x;
    const y = wanted.y - setpoint.y;
    const change = Math.max(1e-9, Math.sqrt(x * x + y * y));
    const share = Math.min(1, SMOOTH_MPS / change);
    setpoint.x += share * x;
    setpoint.y += share * y;
    return setpoint;
  };
  return flySwarm(seededRandom(seed), { starts, wish, ticks: NOMINAL_TICKS, delayTicks: 8 })
    .modifiedShare;
};

/**
 * ticks: those of random plans against random fences, companion deaths included; breaches: flights of
 * them that broke fence, floor, ceiling or envelope; modifiedShareNominal: share of the setpoints of
 * an orderly mission that the guard bent.
 */
export const guardBench: Bench = {
  about: 'the guard against arbitrary plans, and how much it meddles with good ones',
  seeds: [1, 50],
  run: async ({ seeds, tell }) => {
    let ticks = 0;
    let breaches = 0;
    let nominal = 0;
    for (const seed of seeds) {
      for (let flight = 0; flight < FLIGHTS_PER_SEED; flight += 1) {
        const dies = flight % 5 === 0;
        const result = flyAtRandom(seed * FLIGHTS_PER_SEED + flight, TICKS_PER_FLIGHT, dies);
        if (result === undefined) continue;
        ticks += TICKS_PER_FLIGHT;
        const safe = result.leastM > 0 && result.afterDeathM > 0 && result.envelopeBroken === 0;
        if (!safe) breaches += 1;
      }
      nominal += nominalShare(seed);
      tell(`seed ${seed}: ${ticks} ticks, ${breaches} breaches`);
    }
    return { ticks, breaches, modifiedShareNominal: nominal / Math.max(1, seeds.length) };
  },
};
