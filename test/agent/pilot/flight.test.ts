import { describe, expect, test } from 'vitest';

import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { encodeTrajectory } from '#protocols/channel/trajectory-codec.ts';
import { signedDistanceToEdge } from '#protocols/polygon.ts';
import { seededRandom } from '#protocols/random.ts';
import { horizontalDistance, vector3 } from '#protocols/vector.ts';
import { airborne, Sortie, straightPlan } from './sortie.ts';

describe('a sortie', () => {
  test('takes off by order, follows plans, comes home and does not start again', () => {
    const sortie = airborne(vector3(4, 0, 0));
    expect(sortie.phases.slice(-5)).toEqual([
      'standby',
      'arming',
      'takeoff',
      'holding',
      'offboard',
    ]);
    sortie.run(5);
    expect(sortie.vehicle.quadrotor.velocityNed.x).toBeGreaterThan(3.5);
    expect(sortie.value('northM')).toBeCloseTo(sortie.vehicle.quadrotor.positionNed.x, -0.5);
    expect(sortie.greatestGapMs).toBeLessThanOrEqual(20);
    sortie.mind = (one) => {
      one.order('return', 2);
      one.hearMesh();
    };
    sortie.until(() => sortie.phase === 'landed', 120);
    expect(sortie.vehicle.autopilot.commander.armed).toBe(false);
    expect(horizontalDistance(sortie.vehicle.quadrotor.positionNed, vector3(0, 0, 0))).toBeLessThan(
      2,
    );
    // The old order, heard again, is spent; a new one flies again.
    sortie.mind = (one) => {
      one.order('fly', 2);
      one.hearMesh();
    };
    sortie.run(5);
    expect(sortie.phase).toBe('landed');
    sortie.mind = (one) => {
      one.order('fly', 3);
      one.hearMesh();
    };
    sortie.until(() => sortie.phase === 'takeoff', 20);
  });

  test('sets what PX4 does by itself before it arms: its own RTL layer, RTL when the stream is lost', () => {
    const sortie = new Sortie({ envelope: { fleet: [0, 1, 5], rtlBaseHeightM: 20, rtlLayerM: 6 } });
    sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
    sortie.mind = (one) => {
      one.order('fly', 1, 9);
      one.hearMesh();
    };
    sortie.until(() => sortie.phase === 'takeoff', 30);
    const { parameters } = sortie.vehicle.autopilot.situation;
    expect(parameters.get('RTL_RETURN_ALT')).toBe(26);
    expect(parameters.get('COM_OBL_RC_ACT')).toBe(3);
    expect(parameters.get('MIS_TAKEOFF_ALT')).toBe(9);
    sortie.until(() => sortie.phase === 'holding', 40);
    expect(-sortie.vehicle.quadrotor.positionNed.z).toBeGreaterThan(7.5);
  });

  test('returns in its layer above where it stood, whatever height PX4 takes its home for', () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const sortie = airborne(vector3(0, 2, 0), { scenario: { seed } });
      const { situation } = sortie.vehicle.autopilot;
      const homeAboveM = -situation.homeNed.z;
      sortie.run(12);
      sortie.envelopeBytes(sortie.operator.directive('rtl'));
      let highestM = 0;
      sortie.until(() => {
        highestM = Math.max(highestM, -sortie.vehicle.quadrotor.positionNed.z);
        return sortie.vehicle.quadrotor.velocityNed.z > 1;
      }, 40);
      const layerM = situation.parameters.get('RTL_RETURN_ALT') + homeAboveM;
      expect(Math.abs(layerM - 25)).toBeLessThan(0.6);
      expect(Math.abs(highestM - 25)).toBeLessThan(1.2);
    }
  });

  test.each([
    ['without limits', (sortie: Sortie) => sortie.order('fly', 1), 'no limits for this goal'],
    [
      'outside the fence',
      (sortie: Sortie) => {
        sortie.envelope.fenceNed = [
          { northM: 20, eastM: 20 },
          { northM: 60, eastM: 20 },
          { northM: 60, eastM: 60 },
        ];
        sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
        sortie.order('fly', 1);
      },
      'outside the fence',
    ],
    [
      'for a take-off through the ceiling',
      (sortie: Sortie) => {
        sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
        sortie.order('fly', 1, 1e6);
      },
      'take-off height outside the limits',
    ],
    [
      'for another goal',
      (sortie: Sortie) => {
        sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
        sortie.envelope.goalId = { issuer: 100, epoch: 7, sequence: 7 };
        sortie.order('fly', 1);
      },
      'no limits for this goal',
    ],
  ])('stays on the ground %s and says so', (_, begin, reason) => {
    const sortie = new Sortie();
    begin(sortie);
    sortie.mind = (one) => one.hearMesh();
    sortie.run(15);
    expect(sortie.phase).toBe('standby');
    expect(sortie.status?.reason).toBe(reason);
    expect(sortie.vehicle.autopilot.commander.armed).toBe(false);
  });

  test('keeps a runaway plan inside the fence and under the ceiling', () => {
    const sortie = airborne(vector3(20, 9, -5));
    let leastM = Infinity;
    for (let second = 0; second < 40; second += 1) {
      sortie.run(1);
      const { x, y, z } = sortie.vehicle.quadrotor.positionNed;
      leastM = Math.min(leastM, signedDistanceToEdge(sortie.envelope.fenceNed, x, y));
      expect(-z).toBeLessThan(sortie.envelope.maxHeightM);
    }
    expect(leastM).toBeGreaterThan(0);
    expect(sortie.status?.reason).toMatch(/fence|altitude|envelope/u);
    expect(sortie.greatestGapMs).toBeLessThanOrEqual(20);
  });
});

describe('in wind and gusts', () => {
  test.each([1, 2])('no plan takes the drone over the fence, seed %i', (seed) => {
    const random = seededRandom(seed);
    const bearing = 2 * Math.PI * random.uniform();
    const wind = {
      meanNorthMps: 6 * Math.cos(bearing),
      meanEastMps: 6 * Math.sin(bearing),
      turbulenceMps: 1.5,
      verticalTurbulenceMps: 0.5,
      gustsPerMinute: 6,
      gustMps: 5,
    };
    // More wind than pre-flight would let it fly in: what is shown here is the guard, not PX4's own hold.
    const sortie = airborne(vector3(0, 0, 0), { scenario: { seed, wind } }, (one) =>
      one.vehicle.autopilot.situation.parameters.set('COM_WIND_MAX', 30),
    );
    let plan = vector3(0, 0, 0);
    sortie.mind = (one) => {
      if (random.uniform() < 0.03) {
        const angle = 2 * Math.PI * random.uniform();
        const speed = 4 + 12 * random.uniform();
        const climb = 5 * (random.uniform() - 0.5);
        plan = vector3(speed * Math.cos(angle), speed * Math.sin(angle), climb);
      }
      one.order('fly', 1);
      one.plan(plan);
      one.hearMesh();
    };
    const { fenceNed, minHeightM, maxHeightM } = sortie.envelope;
    let leastM = Infinity;
    for (let tick = 0; tick < 5000; tick += 1) {
      sortie.tick();
      const { x, y, z } = sortie.vehicle.quadrotor.positionNed;
      leastM = Math.min(
        leastM,
        signedDistanceToEdge(fenceNed, x, y),
        -z - minHeightM,
        maxHeightM + z,
      );
    }
    expect(leastM).toBeGreaterThan(0);
    expect(sortie.greatestGapMs).toBeLessThanOrEqual(20);
  });
});

describe('a mind that dies', () => {
  test('leaves the tail, then a hold in place, then the way home', () => {
    const sortie = airborne(vector3(5, 0, 0));
    sortie.run(4);
    sortie.mind = (one) => one.hearMesh();
    sortie.run(1);
    expect(sortie.phase).toBe('offboard');
    sortie.until(() => sortie.phase === 'holding', 5);
    expect(sortie.status?.reason).toBe('plan-stale');
    sortie.run(4);
    const held = { ...sortie.vehicle.quadrotor.positionNed };
    sortie.run(5);
    expect(horizontalDistance(sortie.vehicle.quadrotor.positionNed, held)).toBeLessThan(1.5);
    sortie.until(() => sortie.phase === 'returning', 10);
    expect(sortie.status?.reason).toBe('mind-lost');
    expect(sortie.greatestGapMs).toBeLessThanOrEqual(20);
  });

  test('and comes back in time goes on with its mission', () => {
    const sortie = airborne(vector3(5, 0, 0));
    const { mind } = sortie;
    sortie.mind = (one) => one.hearMesh();
    sortie.until(() => sortie.phase === 'holding', 8);
    sortie.run(3);
    sortie.mind = mind;
    sortie.until(() => sortie.phase === 'offboard', 1);
    expect(sortie.phases).not.toContain('returning');
  });

  test('cannot fly a trajectory that never stops, nor one of another time', () => {
    const sortie = airborne();
    sortie.mind = (one) => {
      const plan = straightPlan(1, one.nowMs, vector3(6, 0, 0));
      plan.velocityNedMps.fill(6);
      one.say(MESSAGE_TYPE.trajectory, encodeTrajectory(plan));
      one.say(
        MESSAGE_TYPE.trajectory,
        encodeTrajectory(straightPlan(2, one.nowMs - 9000, vector3(6, 0, 0))),
      );
      one.order('fly', 1);
      one.hearMesh();
    };
    sortie.run(8);
    expect(sortie.phase).toBe('holding');
    expect(sortie.vehicle.quadrotor.positionNed.x).toBeLessThan(2);
  });
});
