import { describe, expect, test } from 'vitest';
import { fenceItems, rallyItems } from '#protocols/mavlink/geofence.ts';
import { itemDifferences } from '#protocols/mavlink/mission-compare.ts';
import { PLAN_PARTS, type MissionItem } from '#protocols/mavlink/mission-item.ts';
import { armCommand, setModeCommand } from '#protocols/mavlink/vehicle-command.ts';
import { seededRandom } from '#protocols/random.ts';
import { SessionRig } from './stand-in-link.ts';

const at = (north: number, east: number) => ({
  latDeg: 47.3977 + north * 9e-6,
  lonDeg: 8.5456 + east * 13.3e-6,
});

const item = (command: number, north: number, east: number, z: number): MissionItem => {
  const { latDeg, lonDeg } = at(north, east);
  return {
    command,
    frame: 3,
    params: [0, 0, 0, Number.NaN],
    x: Math.round(latDeg * 1e7),
    y: Math.round(lonDeg * 1e7),
    z,
    autocontinue: true,
  };
};

const PLAN: Record<(typeof PLAN_PARTS)[number], MissionItem[]> = {
  mission: [item(22, 0, 0, 15), item(16, 30, 0, 15), item(16, 30, 30, 20)],
  fence: fenceItems({
    polygons: [{ inclusion: true, corners: [at(-80, -80), at(-80, 80), at(80, 80), at(80, -80)] }],
    circles: [{ inclusion: false, center: at(60, -60), radiusM: 10 }],
  }),
  rally: rallyItems([{ ...at(10, 10), altM: 25 }]),
};

describe('a plan given to the stand-in', () => {
  test.each([0, 0.2])('is what it holds afterwards, %f of all packets lost', async (share) => {
    const rig = new SessionRig();
    const random = seededRandom(4).fork('loss');
    rig.run(2);
    rig.link.loses = () => random.uniform() < share;
    for (const part of PLAN_PARTS) await rig.until(rig.session.upload(part, PLAN[part]), 120);
    for (const part of PLAN_PARTS) {
      const held = await rig.until(rig.session.download(part), 120);
      expect(itemDifferences(part, PLAN[part], held)).toEqual([]);
    }
    await rig.until(rig.session.upload('mission', []), 120);
    expect(await rig.until(rig.session.download('mission'), 120)).toEqual([]);
  });

  test('with a command that PX4 does not know is refused by item and reason', async () => {
    const rig = new SessionRig();
    rig.run(1);
    const bad = [...PLAN.mission, { ...PLAN.mission[1]!, command: 999 }];
    await expect(rig.until(rig.session.upload('mission', bad))).rejects.toMatchObject({
      code: 'plan-refused',
      exit: 'refused',
      data: { part: 'mission', seq: 3, result: 'unsupported' },
    });
  });
});

test('a session sees arming refused before the estimator is ready, and done after', async () => {
  const rig = new SessionRig({ profile: '1.15' });
  rig.run(1);
  const refused = await rig.until(rig.session.command(armCommand()));
  expect(refused.result).toBe('temporarilyRejected');
  rig.run(45);
  await rig.until(rig.session.command(setModeCommand('AUTO_LOITER')));
  expect((await rig.until(rig.session.command(armCommand()))).result).toBe('accepted');
});
