import { describe, expect, it, vi } from 'vitest';

import { nedFromGeodetic } from '#protocols/frames.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import type { Vector3 } from '#protocols/vector.ts';
import type { Episode } from '#sim/episode/episode.ts';
import type { Fault } from '#sim/faults/fault.ts';
import type { Vehicle } from '#sim/vehicle.ts';
import { idleEpisode } from './idle-episode.ts';

/** Runs to each moment and asks there. */
const at = async <T>(episode: Episode, momentsMs: number[], ask: () => T): Promise<T[]> => {
  const answers: T[] = [];
  for (const ms of momentsMs) {
    await episode.run(ms);
    answers.push(ask());
  }
  return answers;
};

/** How far the estimate is from where the vehicle truly is, m north. */
const errorNorthM = ({ estimate, quadrotor }: Vehicle): number =>
  estimate.positionNed.x + estimate.originNed.x - quadrotor.positionNed.x;

const first = (faults: Fault[]): [Episode, Vehicle] => {
  const episode = idleEpisode(faults);
  return [episode, episode.vehicle(1)!];
};

describe('a false GNSS signal', () => {
  it('that steps away is refused for seven seconds, then believed; and once more when it ends', async () => {
    const [episode, vehicle] = first([
      { kind: 'gnss-step', atMs: 8000, sysid: 1, northM: 30, eastM: 0, forMs: 12_000 },
    ]);
    const errors = await at(episode, [7900, 14_800, 15_500, 26_800, 27_500], () => ({
      north: Math.abs(Math.round(errorNorthM(vehicle) / 10)),
      rejects: vehicle.estimate.rejectsGnss,
      true: vehicle.hasGnss,
    }));
    expect(errors).toEqual([
      { north: 0, rejects: false, true: true },
      { north: 0, rejects: true, true: false },
      { north: 3, rejects: false, true: false },
      { north: 3, rejects: true, true: true },
      { north: 0, rejects: false, true: true },
    ]);
    // The other hears nothing of it.
    expect(Math.abs(errorNorthM(episode.vehicle(2)!))).toBeLessThan(2);
  });

  it('that draws away slowly leads the estimate along, velocity and all, and is never refused', async () => {
    const [episode, vehicle] = first([
      { kind: 'gnss-drift', atMs: 8000, sysid: 1, northMps: 0.5, eastMps: 0, forMs: 60_000 },
    ]);
    const errors = await at(episode, [8000, 18_000, 28_000], () => {
      expect(vehicle.estimate.rejectsGnss).toBe(false);
      return errorNorthM(vehicle);
    });
    // 10 m in 20 s, give or take the estimator's own wandering.
    expect(Math.abs(errors[1]! - errors[0]! - 5)).toBeLessThan(1.2);
    expect(Math.abs(errors[2]! - errors[0]! - 10)).toBeLessThan(1.2);
    expect(Math.abs(vehicle.estimate.velocityNed.x - 0.5)).toBeLessThan(0.2);
  });

  it('shows in the raw fix at once', async () => {
    const [episode, vehicle] = first([
      { kind: 'gnss-step', atMs: 8000, sysid: 1, northM: 0, eastM: 40, forMs: 12_000 },
    ]);
    const fixes: Vector3[] = [];
    const origin = { latDeg: 47.397742, lonDeg: 8.545594, altAmslM: 488 };
    await at(episode, [7900, 8400], () => {
      const gnss = vehicle.autopilot.situation.gnss!;
      fixes.push(nedFromGeodetic(origin, gnss));
    });
    expect(fixes[1]!.y - fixes[0]!.y).toBeCloseTo(40, -0.5);
  });
});

describe('sensors that go wrong', () => {
  it('a barometer moves the height, a magnetometer the heading, an accelerometer the velocity; all end', async () => {
    const [episode, vehicle] = first([
      { kind: 'barometer', atMs: 8000, sysid: 1, downM: 4, forMs: 4000 },
      { kind: 'magnetometer', atMs: 8000, sysid: 1, yawDeg: 40, forMs: 4000 },
      {
        kind: 'accelerometer',
        atMs: 8000,
        sysid: 1,
        northMps: 3,
        eastMps: 0,
        downMps: 0,
        forMs: 4000,
      },
    ]);
    const seen = await at(episode, [8000, 11_000, 12_100], () => ({
      downM: vehicle.estimate.positionNed.z,
      yaw: 2 * Math.atan2(vehicle.estimate.attitude.z, vehicle.estimate.attitude.w),
      northMps: vehicle.estimate.velocityNed.x,
    }));
    const [before, during, after] = seen;
    expect(during!.downM - before!.downM).toBeCloseTo(4, 0);
    expect(during!.yaw - before!.yaw).toBeCloseTo(0.7, 1);
    expect(during!.northMps - before!.northMps).toBeCloseTo(3, 0);
    expect(after!.downM - before!.downM).toBeCloseTo(0, 0);
    expect(after!.yaw - before!.yaw).toBeCloseTo(0, 1);
    expect(after!.northMps).toBeCloseTo(0, 0);
  });

  it('a range ring is blind, stuck, or sees ghosts', async () => {
    const ringOf = async (failure: 'blind' | 'stuck' | 'ghosts'): Promise<number> => {
      const [episode, vehicle] = first([
        { kind: 'range', atMs: 8000, sysid: 1, failure, forMs: 60_000 },
      ]);
      await episode.run(7990);
      vehicle.ring.rangesM[0] = 7;
      await episode.run(9000);
      return vehicle.ring.rangesM.filter((range) => range <= 20).length;
    };
    expect(await ringOf('blind')).toBe(0);
    expect(await ringOf('stuck')).toBeGreaterThanOrEqual(1);
    expect(await ringOf('ghosts')).toBeGreaterThan(1);
  });
});

describe('what changes how a vehicle flies', () => {
  it('wind comes over everyone and goes', async () => {
    const [episode] = first([
      { kind: 'wind', atMs: 8000, northMps: 12, eastMps: 0, downMps: 0, forMs: 6000 },
    ]);
    const winds = await at(episode, [7900, 11_000, 14_100], () =>
      [1, 2].map((sysid) => Math.round(episode.vehicle(sysid)!.wind.velocityNed.x)),
    );
    expect(winds).toEqual([
      [0, 0],
      [12, 12],
      [0, 0],
    ]);
  });

  it('mass and thrust change, and a mended motor there is none', async () => {
    const [episode, { quadrotor }] = first([
      { kind: 'payload', atMs: 8000, sysid: 1, massShare: 1.3 },
      { kind: 'motor', atMs: 8000, sysid: 1, motor: 2, health: 0.7 },
      { kind: 'motor', atMs: 9000, sysid: 1, motor: 2, health: 0.9 },
    ]);
    await episode.run(10_000);
    expect(quadrotor.massKg).toBeCloseTo(1.3 * quadrotor.parameters.massKg, 6);
    expect([...quadrotor.motorHealth]).toEqual([1, 0.7, 1, 1]);
    // The same throttle now lifts less, and what hangs below pulls more.
    const throttle = new Float64Array(4).fill(0.6);
    const still = { x: 0, y: 0, z: 0 };
    const climb = (q: typeof quadrotor): number => {
      for (let step = 0; step < 100; step += 1) q.step(0.004, throttle, still, 1);
      return -q.accelerationNed.z;
    };
    expect(climb(quadrotor)).toBeLessThan(climb(episode.vehicle(2)!.quadrotor));
  });

  it('a noisy line loses frames both ways, and is good again afterwards', async () => {
    const [episode] = first([
      { kind: 'serial-noise', atMs: 8000, sysid: 1, bitErrorRate: 0.001, forMs: 4000 },
    ]);
    const { pilot } = episode.drone(1)!;
    const heard = new Framer();
    /** Good frames until then, and those among them that a framer counts as damaged. */
    const framesIn = async (untilMs: number): Promise<{ good: number; bad: number }> => {
      const spy = vi.spyOn(pilot, 'hearVehicle').mockImplementation((datagram) => {
        heard.push(datagram);
      });
      await episode.run(untilMs);
      spy.mockRestore();
      const before = heard.counts.crcErrors;
      let good = 0;
      while (heard.next() !== undefined) good += 1;
      return { good, bad: heard.counts.crcErrors - before };
    };
    expect((await framesIn(8000)).bad).toBe(0);
    const during = await framesIn(12_000);
    // Of some 400 bits a third to a half are hit somewhere.
    expect(during.bad).toBeGreaterThan(0.15 * during.good);
    expect(during.good).toBeGreaterThan(during.bad / 2);
    await framesIn(12_200);
    expect((await framesIn(14_000)).bad).toBeLessThanOrEqual(1);
  });
});
