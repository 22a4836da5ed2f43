import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MissionAck,
  MissionCount,
  MissionItemInt,
  MissionRequestInt,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { decode } from '#protocols/mavlink/codec.ts';
import { fenceItems, fenceOfItems, rallyItems, rallyOfItems } from '#protocols/mavlink/geofence.ts';
import { MissionClient } from '#protocols/mavlink/mission-client.ts';
import { itemDifferences } from '#protocols/mavlink/mission-compare.ts';
import { itemProblem, missionItemOf, type MissionItem } from '#protocols/mavlink/mission-item.ts';
import { seededRandom } from '#protocols/random.ts';
import { MissionRig, SELF, VEHICLE } from './mission-vehicle.ts';
import { hasRecordings, recordingOf } from './tlog-packets.ts';

const waypoint = (latDeg: number, lonDeg: number, z = 20): MissionItem => ({
  command: 16,
  frame: 3,
  params: [0, 2, 0, Number.NaN],
  x: Math.round(latDeg * 1e7),
  y: Math.round(lonDeg * 1e7),
  z,
  autocontinue: true,
});

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

const circle = { inclusion: false, center: { latDeg: 47.4, lonDeg: 8.5 }, radiusM: 15 };

const degrees = (most: number) =>
  fc.integer({ min: -most * 1e7, max: most * 1e7 }).map((e7) => e7 / 1e7);
const point = fc.record({ latDeg: degrees(90), lonDeg: degrees(180) });
const radius = fc.float({ min: 1, max: 10_000, noNaN: true });

describe('a fence', () => {
  test('is the same after it was items', () => {
    const polygon = fc.record({
      inclusion: fc.boolean(),
      corners: fc.array(point, { minLength: 3, maxLength: 20 }),
    });
    const circles = fc.record({ inclusion: fc.boolean(), center: point, radiusM: radius });
    const fence = fc.record({
      polygons: fc.array(polygon, { maxLength: 5 }),
      circles: fc.array(circles, { maxLength: 5 }),
    });
    fc.assert(
      fc.property(fence, (one) => {
        const items = fenceItems(one);
        expect(items.map(itemProblem).filter((problem) => problem !== undefined)).toEqual([]);
        expect(fenceOfItems(items)).toEqual(one);
      }),
    );
  });

  test('of items that make none is refused in words', () => {
    const whole = fenceItems({
      polygons: [{ inclusion: true, corners: [0, 1, 2].map((i) => ({ latDeg: i, lonDeg: 0 })) }],
      circles: [],
    });
    expect(fenceOfItems(whole.slice(0, 2))).toBe('the polygon that begins at item 0 is not whole');
    expect(fenceOfItems(route(1))).toContain('is no fence');
    expect(
      fenceOfItems(fenceItems({ polygons: [], circles: [{ ...circle, radiusM: 0 }] })),
    ).toContain('radius 0');
  });

  test('rally points are the same after they were items', () => {
    const rally = fc.array(fc.record({ latDeg: degrees(90), lonDeg: degrees(180), altM: radius }));
    fc.assert(
      fc.property(rally, (points) => {
        expect(rallyOfItems(rallyItems(points))).toEqual(points);
      }),
    );
  });
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

describe.skipIf(!hasRecordings)('against what the real PX4 said', () => {
  const MISSION_IDS = new Set([40, 43, 44, 45, 47, 51, 73]);

  /**
   * Plays the recording from one of its client's messages on: our client must say the same thing as
   * the recorded one did, and hears what PX4 answered to it, until it has nothing more to say.
   */
  const play = (client: MissionClient, firstClientMessage: number) => {
    const { vehicle, client: asked } = recordingOf('mission-fence');
    const said = asked.filter(({ frame }) => MISSION_IDS.has(frame.msgid));
    const heard = vehicle.filter(({ frame }) => MISSION_IDS.has(frame.msgid));
    let at = firstClientMessage;
    let nowMs = said[at]!.atMs;
    const outcomes = [];
    while (client.progress !== undefined && at < said.length) {
      const tick = client.tick(nowMs);
      outcomes.push(...tick.outcomes);
      for (const message of tick.send) {
        const recorded = said[at]!;
        expect(Object.entries(message).toSorted()).toEqual(
          Object.entries(decode(recorded.frame)!).toSorted(),
        );
        at += 1;
        nowMs = Math.max(nowMs, recorded.atMs);
        const untilMs = said[at]?.atMs ?? Number.POSITIVE_INFINITY;
        for (const { atMs, frame } of heard) {
          if (atMs < recorded.atMs || atMs >= untilMs) continue;
          client.hear(decode(frame)!, frame);
        }
      }
      nowMs += 20;
    }
    return outcomes;
  };

  const recordedItems = (part: number, from: number, count: number): MissionItem[] => {
    const { client: asked } = recordingOf('mission-fence');
    return asked
      .map(({ frame }) => decode(frame))
      .filter((message) => message instanceof MissionItemInt && message.missionType === part)
      .slice(from, from + count)
      .map((message) => {
        const sent = message as MissionItemInt;
        return { ...missionItemOf(sent), frame: sent.frame };
      });
  };

  test('asks for three empty lists, uploads six items and reads them back unchanged', () => {
    const client = new MissionClient(VEHICLE, SELF);
    const items = recordedItems(0, 0, 6);
    client.download('mission');
    client.download('fence');
    client.download('rally');
    client.upload('mission', items);
    client.download('mission');
    const outcomes = play(client, 0);
    expect(outcomes.map(({ part, result }) => `${part} ${result}`)).toEqual([
      'mission downloaded',
      'fence downloaded',
      'rally downloaded',
      'mission uploaded',
      'mission downloaded',
    ]);
    const last = outcomes.at(-1);
    expect(last?.result === 'downloaded' && itemDifferences('mission', items, last.items)).toEqual(
      [],
    );
  });

  test('a command that PX4 does not know is refused by name', () => {
    const { client: asked } = recordingOf('mission-fence');
    const said = asked.filter(({ frame }) => MISSION_IDS.has(frame.msgid));
    const at = said.findIndex(({ frame }) => {
      const message = decode(frame);
      return message instanceof MissionItemInt && Number(message.command) === 999;
    });
    const client = new MissionClient(VEHICLE, SELF);
    const bad = decode(said[at]!.frame) as MissionItemInt;
    client.upload('mission', [{ ...missionItemOf(bad), frame: bad.frame }]);
    expect(play(client, at - 1)).toMatchObject([
      { result: 'refused', seq: 0, refusal: { name: 'unsupported' } },
    ]);
  });

  test('a fence comes back in another frame, and counts as the same', () => {
    const { client: asked } = recordingOf('mission-fence');
    const said = asked.filter(({ frame }) => MISSION_IDS.has(frame.msgid));
    const at = said.findIndex(({ frame }) => {
      const message = decode(frame);
      return message instanceof MissionCount && message.missionType === 1;
    });
    const items = recordedItems(1, 0, 4);
    const client = new MissionClient(VEHICLE, SELF);
    client.upload('fence', items);
    client.download('fence');
    const [up, down] = play(client, at);
    expect(up).toMatchObject({ result: 'uploaded', count: 4 });
    expect(down?.result === 'downloaded' && itemDifferences('fence', items, down.items)).toEqual(
      [],
    );
    const fence = down?.result === 'downloaded' ? fenceOfItems(down.items) : '';
    expect(fence).toMatchObject({ polygons: [{ inclusion: true }], circles: [] });
  });
});
