import type { Neighbour } from '#protocols/channel/neighbours.ts';
import { FLIGHT_PHASES, type FlightPhase } from '#protocols/flight-phase.ts';
import { signedDistanceToEdge } from '#protocols/polygon.ts';
import type { Random } from '#protocols/random.ts';
import { distance, vector3, type Vector3 } from '#protocols/vector.ts';
import { envelopeWith, FlightRig, TICK_S } from './flight-rig.ts';

export const neighbourWith = (
  changes: Partial<Neighbour> = {},
  phase: FlightPhase = 'offboard',
): Neighbour => ({
  member: 2,
  atMs: 0,
  clockErrorMs: 5,
  positionNed: vector3(0, 0, -20),
  velocityNed: vector3(0, 0, 0),
  positionStdM: 0.25,
  phase: FLIGHT_PHASES.indexOf(phase),
  airborne: true,
  tubeStartMs: 0,
  knotMs: 0,
  tube: [],
  ...changes,
});

/** What one drone wants in each tick. */
export type Wish = (rig: FlightRig, index: number, tick: number) => Readonly<Vector3>;

export interface SwarmResult {
  leastM: number;
  fenceM: number;
  arrivedS: number | undefined;
  /** Share of the ticks in which separation bent a setpoint, and in which anything did. */
  givingWayShare: number;
  modifiedShare: number;
}

interface SwarmOptions {
  starts: Vector3[];
  wish: Wish;
  ticks: number;
  /** Ticks that a message takes. */
  delayTicks: number;
  arrived?: (rigs: FlightRig[]) => boolean;
}

/** Several drones, each with its own guard, that hear of each other late and at 10 Hz. */
export const flySwarm = (random: Random, options: SwarmOptions): SwarmResult => {
  const envelope = envelopeWith();
  const rigs = options.starts.map(
    (start, index) =>
      new FlightRig(envelope, start, random.fork(`drone-${index}`), {
        lagS: 0.4 + 0.3 * random.uniform(),
        delayTicks: 1 + Math.floor(3 * random.uniform()),
      }),
  );
  const said: Neighbour[][] = rigs.map(() => []);
  const result: SwarmResult = {
    leastM: Infinity,
    fenceM: Infinity,
    arrivedS: undefined,
    givingWayShare: 0,
    modifiedShare: 0,
  };
  let givingWay = 0;
  let modifiedTicks = 0;
  for (let tick = 1; tick <= options.ticks; tick += 1) {
    const nowMs = tick * TICK_S * 1000;
    for (const [index, rig] of rigs.entries()) {
      if ((tick + index) % 5 === 0) {
        said[index]!.push(
          neighbourWith({
            member: index + 1,
            atMs: nowMs - 20,
            positionNed: { ...rig.estimate.positionNed },
            velocityNed: { ...rig.estimate.velocityNed },
          }),
        );
      }
      const heardBefore = nowMs - options.delayTicks * TICK_S * 1000;
      rig.situation.neighbours = said.flatMap((messages, other) =>
        other === index ? [] : messages.filter(({ atMs }) => atMs <= heardBefore).slice(-1),
      );
    }
    for (const messages of said) if (messages.length > 60) messages.splice(0, 20);
    for (const [index, rig] of rigs.entries()) {
      const { reasons, modified } = rig.step(options.wish(rig, index, tick));
      if (reasons.includes('separation')) givingWay += 1;
      if (modified) modifiedTicks += 1;
      const { x, y } = rig.plant.positionNed;
      result.fenceM = Math.min(result.fenceM, signedDistanceToEdge(envelope.fenceNed, x, y));
      for (const other of rigs.slice(0, index)) {
        result.leastM = Math.min(
          result.leastM,
          distance(rig.plant.positionNed, other.plant.positionNed),
        );
      }
    }
    if (result.arrivedS === undefined && options.arrived?.(rigs)) result.arrivedS = tick * TICK_S;
  }
  result.givingWayShare = givingWay / (options.ticks * rigs.length);
  result.modifiedShare = modifiedTicks / (options.ticks * rigs.length);
  return result;
};

export const circle = (count: number, radiusM: number): Vector3[] =>
  Array.from({ length: count }, (_, index) => {
    const angle = (2 * Math.PI * index) / count;
    return vector3(radiusM * Math.cos(angle), radiusM * Math.sin(angle), -20);
  });

/** Straight at a place, slowing down before it, as a planner that sees nobody would. */
export const straightTo = (rig: FlightRig, goal: Readonly<Vector3>, speedMps: number): Vector3 => {
  const { x, y, z } = rig.estimate.positionNed;
  const away = Math.sqrt((goal.x - x) ** 2 + (goal.y - y) ** 2 + (goal.z - z) ** 2);
  const gain = Math.min(speedMps, 0.8 * away) / Math.max(away, 1e-6);
  return vector3(gain * (goal.x - x), gain * (goal.y - y), gain * (goal.z - z));
};
