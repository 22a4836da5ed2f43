import { expect, test } from 'vitest';

import { seededRandom } from '#protocols/random.ts';
import { add, distance, norm, scale, subtract, vector3, type Vector3 } from '#protocols/vector.ts';
import { airborne, type Sortie } from './sortie.ts';

interface Seen {
  nowMs: number;
  valid: boolean;
  position: Vector3;
  velocity: Vector3;
}

const look = (sortie: Sortie): Seen => {
  const { estimate } = sortie.pilot.situation;
  return {
    nowMs: sortie.nowMs,
    valid: estimate.valid,
    position: { ...estimate.positionNed },
    velocity: { ...estimate.velocityNed },
  };
};

const SEEDS = 40;

test('PX4’s estimator resets in flight: the guard sees no motion in it, and the flight goes on', () => {
  let worstStepM = 0;
  let longestRestMs = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = seededRandom(seed).fork('reset');
    const heading = 2 * Math.PI * random.uniform();
    const sortie = airborne(vector3(3 * Math.cos(heading), 3 * Math.sin(heading), 0));
    sortie.run(1 + 4 * random.uniform());
    const sizeM = 0.5 * 100 ** random.uniform();
    const turn = 2 * Math.PI * random.uniform();
    const origin = random.uniform() < 0.5 ? 'moves' : 'stays';
    // Where the place on earth moves as well, a great jump in height would be flown back into the ground.
    const downM = (origin === 'moves' ? 10 : 1) * (2 * random.uniform() - 1);
    sortie.vehicle.injure({
      kind: 'estimateReset',
      northM: sizeM * Math.cos(turn),
      eastM: sizeM * Math.sin(turn),
      downM,
      yawDeg: random.uniform() < 0.5 ? 0 : 60 * (random.uniform() - 0.5),
      origin,
    });
    let before = look(sortie);
    let restMs = 0;
    const endMs = sortie.nowMs + 6000;
    while (sortie.nowMs < endMs) {
      sortie.tick();
      const after = look(sortie);
      if (!after.valid) restMs += 20;
      if (before.valid && after.valid) {
        const way = scale(add(before.velocity, after.velocity), 0.01);
        worstStepM = Math.max(
          worstStepM,
          norm(subtract(after.position, add(before.position, way))),
        );
        expect(distance(before.velocity, after.velocity)).toBeLessThan(1);
      }
      const x = sortie.value('setpointNorthMps');
      const y = sortie.value('setpointEastMps');
      const z = sortie.value('setpointDownMps');
      expect(Math.sqrt(x * x + y * y)).toBeLessThanOrEqual(sortie.envelope.maxSpeedMps + 1e-6);
      expect(z).toBeLessThanOrEqual(sortie.envelope.maxDescentMps + 1e-6);
      expect(z).toBeGreaterThanOrEqual(-sortie.envelope.maxClimbMps - 1e-6);
      before = after;
    }
    longestRestMs = Math.max(longestRestMs, restMs);
    expect([seed, sortie.phase, sortie.mode]).toEqual([seed, 'offboard', 'OFFBOARD']);
    expect(sortie.phases).not.toContain('yielded');
    // Wherever PX4 believes to be now, in the mission's frame, is where the pilot says it is.
    const believed = add(sortie.vehicle.estimate.positionNed, sortie.vehicle.estimate.originNed);
    expect(distance(before.position, believed)).toBeLessThan(0.5);
  }
  // 0.5 m/s of glide is 0.01 m a tick; the rest is the noise of telemetry.
  expect(worstStepM).toBeLessThan(0.15);
  expect(longestRestMs).toBeLessThanOrEqual(700);
});

test('a reset in the climb ends the take-off at the height it was ordered to', () => {
  for (const downM of [-8, -3, 4, 9]) {
    const sortie = airborne();
    sortie.mind = (one) => {
      one.order('land', 2);
      one.hearMesh();
    };
    sortie.until(() => sortie.phase === 'landed', 60);
    sortie.mind = (one) => {
      one.order('fly', 3, 15);
      one.plan(vector3(0, 0, 0));
      one.hearMesh();
    };
    sortie.until(() => sortie.phase === 'takeoff', 30);
    sortie.until(() => sortie.vehicle.quadrotor.positionNed.z < -4, 20);
    sortie.vehicle.injure({
      kind: 'estimateReset',
      northM: 0,
      eastM: 0,
      downM,
      yawDeg: 0,
      origin: 'moves',
    });
    sortie.until(() => sortie.phase === 'offboard', 30);
    expect(-sortie.vehicle.quadrotor.positionNed.z).toBeGreaterThan(12);
    expect(-sortie.vehicle.quadrotor.positionNed.z).toBeLessThan(18);
  }
});
