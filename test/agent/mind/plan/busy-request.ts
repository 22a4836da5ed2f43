import type { PlanRequest } from '#agent/mind/plan-port.ts';
import { seededRandom } from '#protocols/random.ts';
import { vector3 } from '#protocols/vector.ts';
import { HISTORY_STEPS, OBSERVATION_SIZE } from '#world/spaces.ts';
import { flyingTube, hovering, requestOf } from './plant.ts';

/** Neighbours, obstacles, a fence and a ceiling, some of them too near, others out of reach. */
export const busyRequest = (number: number): PlanRequest => {
  const random = seededRandom(number);
  const past = random.fork('past');
  const around = (reachM: number): number => reachM * (2 * random.uniform() - 1);
  return requestOf({
    requestId: number,
    member: 3,
    waypoints: [vector3(around(100), around(100), -20 + around(15))],
    vehicle: {
      ...hovering(vector3(around(205), around(150), -20 + around(20))),
      velocityNed: vector3(around(6), around(6), around(1)),
    },
    previousAction: { velocityNed: vector3(around(6), around(6), 0), yawRateRadps: 0 },
    history: Float32Array.from({ length: HISTORY_STEPS * OBSERVATION_SIZE }, () => past.normal()),
    neighbours: Array.from({ length: number % 6 }, (_, index) =>
      flyingTube(
        index + 1,
        vector3(around(30), around(30), -20),
        vector3(around(5), around(5), 0),
        0,
      ),
    ),
    obstacles: Array.from({ length: number % 15 }, () => ({
      northM: around(45),
      eastM: around(45),
      radiusM: 1 + 3 * random.uniform(),
      heightM: 40 * random.uniform(),
    })),
  });
};
