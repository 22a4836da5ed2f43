import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MissionAck,
  MissionCount,
  MissionItemInt,
  MissionRequestInt,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { fenceItems, rallyItems } from '#protocols/mavlink/geofence.ts';
import { MissionClient } from '#protocols/mavlink/mission-client.ts';
import { itemDifferences } from '#protocols/mavlink/mission-compare.ts';
import type { MissionItem } from '#protocols/mavlink/mission-item.ts';
import { seededRandom } from '#protocols/random.ts';
import { MissionRig, SELF, VEHICLE } from './mission-vehicle.ts';

const waypoint = (latDeg: number, lonDeg: number, z = 20): MissionItem => ({
  command: 16,
  frame: 3,
  params: [0, 2, 0, Number.NaN],
  x: Math.round(latDeg * 1e7),
  y: Math.round(lonDeg * 1e7),
  z,
  autocontinue: true,
});

const circle = { inclusion: false, center: { latDeg: 47.4, lonDeg: 8.5 }, radiusM: 15 };

const route = (count: number): MissionItem[] =>
  Array.from({ length: count }, (_, i) => waypoint(47.39 + i * 1e-4, 8.54, 20 + i));

describe('a plan', () => {
  test('goes up, comes down the same, and is cleared', () => {
    const rig = new MissionRig();
    rig.client.upload('mission', route(7));
    expect(rig.settle()).toMatchObject({ part: 'mission', result: 'uploaded', count: 7 });
    rig.client.download('mission');
    const down = rig.settle();
    expect(down?.result).toBe('downloaded');
    if (down?.result === 'downloaded') {
      expect(itemDifferences('mission', route(7), down.items)).toEqual([]);
    }
    rig.client.clear('mission');
    expect(rig.settle()).toMatchObject({ result: 'cleared' });
    rig.client.download('mission');
    expect(rig.settle()).toMatchObject({ result: 'downloaded', items: [] });
  });

  test('of three parts goes one after the other', () => {
    const rig = new MissionRig();
    rig.client.upload('mission', route(2));
    rig.client.upload('fence', fenceItems({ polygons: [], circles: [circle] }));
    rig.client.upload('rally', rallyItems([{ latDeg: 47, lonDeg: 8, altM: 30 }]));
    rig.settle();
    expect(rig.outcomes.map(({ part, result }) => `${part} ${result}`)).toEqual([
      'mission uploaded',
      'fence uploaded',
      'rally uploaded',
    ]);
    expect(rig.vehicle.plans.get(1)).toHaveLength(1);
  });

  test.each([0.1, 0.3])('survives %f of all packets lost, both ways', (share) => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const random = seededRandom(seed).fork('loss');
      const rig = new MissionRig();
      rig.vehicle.loses = () => random.uniform() < share;
      rig.client.upload('mission', route(12));
      expect(rig.settle()).toMatchObject({ result: 'uploaded' });
      rig.client.download('mission');
      const down = rig.settle();
      expect(down?.result).toBe('downloaded');
      if (down?.result === 'downloaded') {
        expect(itemDifferences('mission', route(12), down.items)).toEqual([]);
      }
    }
  });

  test('that is refused says which item, and why', () => {
    const rig = new MissionRig();
    rig.vehicle.unknown.add(999);
    const items = route(4);
    items[2] = { ...items[2]!, command: 999 };
    rig.client.upload('mission', items);
    expect(rig.settle()).toMatchObject({
      result: 'refused',
      seq: 2,
      refusal: { code: 3, name: 'unsupported', why: 'it does not know the command' },
    });
    expect(rig.vehicle.plans.size).toBe(0);
  });

  test('waits for a vehicle that is busy with an upload that somebody abandoned', () => {
    const rig = new MissionRig();
    const abandoned = new MissionCount();
    abandoned.count = 3;
    abandoned.missionType = 2;
    rig.vehicle.receive(abandoned, 0);
    rig.client.upload('mission', route(3));
    expect(rig.settle()).toMatchObject({ result: 'uploaded' });
    expect(rig.nowMs).toBeGreaterThan(5000);
  });

  test('to a silent vehicle ends in silence, and the next one has its turn', () => {
    const rig = new MissionRig();
    rig.vehicle.loses = () => true;
    rig.client.upload('mission', route(3));
    rig.client.download('fence');
    rig.client.clear('rally');
    rig.settle();
    expect(rig.outcomes.map(({ result }) => result)).toEqual(['silent', 'silent', 'silent']);
    expect(rig.nowMs).toBeLessThan(40_000);
  });

  test('of sixty thousand items is not taken from a vehicle', () => {
    const rig = new MissionRig();
    rig.client.download('mission');
    rig.client.tick(0);
    const count = new MissionCount();
    count.count = 60_000;
    count.missionType = 0;
    count.targetSystem = SELF.sysid;
    count.targetComponent = SELF.compid;
    rig.client.hear(count, VEHICLE);
    expect(rig.client.tick(20).outcomes).toMatchObject([{ result: 'refused' }]);
  });
});

test('arbitrary messages neither crash a transfer nor keep it for ever', () => {
  const kinds = fc.constantFrom('upload', 'download', 'clear');
  const message = fc
    .record({
      kind: fc.constantFrom(MissionCount, MissionItemInt, MissionRequestInt, MissionAck),
      seq: fc.integer({ min: 0, max: 5 }),
      count: fc.nat(0xffff),
      type: fc.nat(20),
      missionType: fc.nat(3),
      latitude: fc.integer(),
    })
    .map(({ kind, latitude, ...fields }) => {
      const made: MavLinkData = new kind();
      return Object.assign(made, {
        targetSystem: SELF.sysid,
        targetComponent: SELF.compid,
        x: latitude,
        ...fields,
      });
    });
  fc.assert(
    fc.property(kinds, fc.array(message, { maxLength: 300 }), (kind, messages) => {
      const client = new MissionClient(VEHICLE, SELF);
      if (kind === 'upload') client.upload('mission', route(3));
      else if (kind === 'download') client.download('mission');
      else client.clear('mission');
      let sent = 0;
      let outcomes = 0;
      // Messages for a while, then silence: within four minutes it is over.
      for (let nowMs = 0; nowMs < 240_000 && client.progress !== undefined; nowMs += 20) {
        const next = messages[nowMs / 20];
        if (next !== undefined) client.hear(next, VEHICLE);
        const tick = client.tick(nowMs);
        sent += tick.send.length;
        outcomes += tick.outcomes.length;
      }
      expect(outcomes).toBe(1);
      expect(sent).toBeLessThan(messages.length + 300);
    }),
    { numRuns: 150 },
  );
});

describe('comparing', () => {
  test('overlooks what PX4 changes on the way, and nothing else', () => {
    const [one] = route(1);
    const kept = { ...one!, frame: 6, x: one!.x + 1, params: [0, 2, 0, Number.NaN] as const };
    expect(itemDifferences('mission', [one!], [kept])).toEqual([]);
    const turned = { ...one!, params: [0, 2, 0, 350] as const };
    const same = { ...one!, params: [0, 2, 0, -10.000_01] as const };
    expect(itemDifferences('mission', [turned], [same])).toEqual([]);
    expect(itemDifferences('mission', [one!], [{ ...one!, z: 21 }])).toMatchObject([
      { field: 'z', wanted: 20, held: 21 },
    ]);
    expect(itemDifferences('mission', [one!], [])).toMatchObject([{ field: 'missing', seq: 0 }]);
    expect(itemDifferences('mission', [], [one!])).toMatchObject([{ field: 'surplus', seq: 0 }]);
  });
});
