import { stopDisplacement } from '#agent/pilot/guard/stopping.ts';
import { signedDistanceToEdge, selfCrossing, type GroundPoint } from '#protocols/polygon.ts';
import { seededRandom, type Random } from '#protocols/random.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { envelopeWith, FlightRig } from './flight-rig.ts';

const MIN_HEIGHT_M = 4;
const MAX_HEIGHT_M = 60;

/** Margins that the guard keeps and a start must leave: 3 σ, gust, lag of the estimate. */
const START_MARGIN_M = 4;

/** A star of 4–11 corners: convex and concave, thin spikes and reflex corners among them. */
const randomFence = (random: Random): GroundPoint[] => {
  const corners = 4 + Math.floor(8 * random.uniform());
  return Array.from({ length: corners }, (_, index) => {
    const angle = (2 * Math.PI * (index + 0.6 * random.uniform())) / corners;
    const radius = 20 + 70 * random.uniform();
    return { northM: radius * Math.cos(angle), eastM: radius * Math.sin(angle) };
  });
};

const randomVelocity = (random: Random, speedMps: number, climbMps: number): Vector3 => {
  const angle = 2 * Math.PI * random.uniform();
  const speed = speedMps * random.uniform();
  return vector3(
    speed * Math.cos(angle),
    speed * Math.sin(angle),
    climbMps * (2 * random.uniform() - 1),
  );
};

/** What a broken or hostile planner says: too fast, too steep, not a number. */
const randomPlan = (random: Random): Vector3 => {
  if (random.uniform() < 0.03) return vector3(Number.NaN, 5, Number.POSITIVE_INFINITY);
  if (random.uniform() < 0.03) return vector3(1e9, -1e9, 1e9);
  return randomVelocity(random, 20, 6);
};

const inside = (fence: GroundPoint[], p: Readonly<Vector3>): number =>
  Math.min(signedDistanceToEdge(fence, p.x, p.y), -p.z - MIN_HEIGHT_M, MAX_HEIGHT_M + p.z);

/** A start from which straight braking stays inside: what the argument presumes. */
const feasibleStart = (
  fence: GroundPoint[],
  random: Random,
): { position: Vector3; velocity: Vector3 } | undefined => {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const position = vector3(
      180 * (random.uniform() - 0.5),
      180 * (random.uniform() - 0.5),
      -MIN_HEIGHT_M - (MAX_HEIGHT_M - MIN_HEIGHT_M) * random.uniform(),
    );
    const velocity = randomVelocity(random, 7, 1.5);
    const stop = stopDisplacement(velocity, velocity, 3, vector3(0, 0, 0));
    let leastM = Infinity;
    for (const share of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
      const p = vector3(
        position.x + share * stop.x,
        position.y + share * stop.y,
        position.z + share * stop.z,
      );
      leastM = Math.min(leastM, inside(fence, p));
    }
    if (leastM > START_MARGIN_M) return { position, velocity };
  }
  return undefined;
};

export interface RandomFlight {
  leastM: number;
  envelopeBroken: number;
  afterDeathM: number;
}

/** One flight from a feasible start; undefined where the seed gave none (a self-crossing or too narrow fence). */
export const flyAtRandom = (
  seed: number,
  ticks: number,
  dies: boolean,
): RandomFlight | undefined => {
  const random = seededRandom(seed);
  const fence = randomFence(random);
  const start = selfCrossing(fence) === undefined ? feasibleStart(fence, random) : undefined;
  if (start === undefined) return undefined;
  const envelope = envelopeWith({ fenceNed: fence });
  const rig = new FlightRig(envelope, start.position, random, {
    lagS: 0.3 + 0.4 * random.uniform(),
    delayTicks: 1 + Math.floor(4 * random.uniform()),
  });
  rig.launch(start.velocity);
  const result: RandomFlight = { leastM: Infinity, envelopeBroken: 0, afterDeathM: Infinity };
  let plan = randomPlan(random);
  const last = { ...start.velocity };
  for (let tick = 0; tick < ticks; tick += 1) {
    if (random.uniform() < 0.03) plan = randomPlan(random);
    const { velocityNedMps: u } = rig.step(plan);
    result.leastM = Math.min(result.leastM, inside(fence, rig.plant.positionNed));
    const change = Math.sqrt((u.x - last.x) ** 2 + (u.y - last.y) ** 2 + (u.z - last.z) ** 2);
    const fine =
      Math.sqrt(u.x * u.x + u.y * u.y) <= envelope.maxSpeedMps + 1e-9 &&
      -u.z <= envelope.maxClimbMps + 1e-9 &&
      u.z <= envelope.maxDescentMps + 1e-9 &&
      change <= envelope.maxAccelerationMps2 * 0.02 + 1e-9;
    if (!fine) result.envelopeBroken += 1;
    Object.assign(last, u);
  }
  if (dies) {
    rig.dieAndStop(() => {
      result.afterDeathM = Math.min(result.afterDeathM, inside(fence, rig.plant.positionNed));
    });
  }
  return result;
};
