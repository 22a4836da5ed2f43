import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '#protocols/fault.ts';
import type { MissionItem } from '#protocols/mavlink/mission-item.ts';
import type { Plan } from '#protocols/mavlink/plan-file/plan.ts';
import { readPlanFile } from '#protocols/mavlink/plan-file/read.ts';
import { planFileText } from '#protocols/mavlink/plan-file/write.ts';

/** In the shape of a file that QGroundControl saves: take-off, a survey, a change of speed, a jump. */
const FILE = {
  fileType: 'Plan',
  geoFence: {
    circles: [
      { circle: { center: [47.3975, 8.5452], radius: 30.5 }, inclusion: false, version: 1 },
    ],
    polygons: [
      {
        inclusion: true,
        polygon: [
          [47.399, 8.543],
          [47.399, 8.548],
          [47.396, 8.548],
        ],
        version: 1,
      },
    ],
    version: 2,
  },
  groundStation: 'QGroundControl',
  mission: {
    cruiseSpeed: 15,
    firmwareType: 12,
    globalPlanAltitudeMode: 1,
    hoverSpeed: 4,
    items: [
      {
        AMSLAltAboveTerrain: null,
        Altitude: 25,
        AltitudeMode: 1,
        autoContinue: true,
        command: 22,
        doJumpId: 1,
        frame: 3,
        params: [0, 0, 0, null, 47.3977, 8.5456, 25],
        type: 'SimpleItem',
      },
      {
        TransectStyleComplexItem: {
          CameraCalc: { CameraName: 'Manual (no camera specs)', version: 2 },
          Items: [
            {
              autoContinue: true,
              command: 16,
              doJumpId: 2,
              frame: 3,
              params: [0, 0, 0, null, 47.398, 8.545, 50],
              type: 'SimpleItem',
            },
            {
              autoContinue: true,
              command: 206,
              doJumpId: 3,
              frame: 2,
              params: [25, 0, 1, 0, 0, 0, 0],
              type: 'SimpleItem',
            },
          ],
          VisualTransectPoints: [[47.398, 8.545]],
          version: 1,
        },
        angle: 0,
        complexItemType: 'survey',
        type: 'ComplexItem',
        version: 5,
      },
      {
        autoContinue: true,
        command: 177,
        doJumpId: 4,
        frame: 2,
        params: [2, 3, 0, 0, 0, 0, 0],
        type: 'SimpleItem',
      },
      {
        autoContinue: true,
        command: 16,
        coordinate: [47.397, 8.546, 30],
        doJumpId: 5,
        frame: 3,
        params: [0, 0, 0, null],
        type: 'SimpleItem',
      },
    ],
    plannedHomePosition: [47.3977, 8.5456, 488],
    vehicleType: 2,
    version: 2,
  },
  rallyPoints: { points: [[47.3971, 8.5449, 35]], version: 2 },
  version: 1,
};

/** The file with something else in it; `path` leads to the place. */
const changed = (path: readonly (string | number)[], value: unknown): string => {
  const copy: unknown = structuredClone(FILE);
  let part = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) part = part[key] as Record<string | number, unknown>;
  part[path.at(-1)!] = value;
  return JSON.stringify(copy);
};

const faultOf = (text: string): Fault => {
  try {
    readPlanFile(text, 'field.plan');
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('was read');
};

describe('a .plan file', () => {
  const plan = readPlanFile(JSON.stringify(FILE), 'field.plan');

  test('is read with its survey expanded and its jump by place', () => {
    expect(plan.mission.map(({ command }) => command)).toEqual([22, 16, 206, 177, 16]);
    expect(plan.mission[0]).toEqual({
      command: 22,
      frame: 3,
      params: [0, 0, 0, Number.NaN],
      x: 473_977_000,
      y: 85_456_000,
      z: 25,
      autocontinue: true,
    });
    expect(plan.mission[3]?.params).toEqual([1, 3, 0, 0]);
    expect(plan.mission[4]).toMatchObject({ x: 473_970_000, y: 85_460_000, z: 30 });
    expect(plan).toMatchObject({
      plannedHome: { latDeg: 47.3977, lonDeg: 8.5456, altM: 488 },
      hoverSpeedMps: 4,
      rally: [{ latDeg: 47.3971, lonDeg: 8.5449, altM: 35 }],
    });
    expect(plan.fence.polygons[0]?.corners).toHaveLength(3);
    expect(plan.fence.circles).toEqual([
      { inclusion: false, center: { latDeg: 47.3975, lonDeg: 8.5452 }, radiusM: 30.5 },
    ]);
  });

  test('is written with the keys and types that QGroundControl wants', () => {
    const written: unknown = JSON.parse(planFileText(plan));
    expect(written).toMatchObject({
      fileType: 'Plan',
      version: 1,
      groundStation: expect.any(String),
      geoFence: { ...FILE.geoFence },
      rallyPoints: FILE.rallyPoints,
      mission: {
        version: 2,
        firmwareType: 12,
        vehicleType: 2,
        globalPlanAltitudeMode: 1,
        cruiseSpeed: 15,
        hoverSpeed: 4,
        plannedHomePosition: [47.3977, 8.5456, 488],
      },
    });
    const { items } = (written as { mission: { items: unknown[] } }).mission;
    expect(items[0]).toEqual(FILE.mission.items[0]);
    expect(items[3]).toEqual(FILE.mission.items[2]);
    expect(items).toHaveLength(5);
  });

  test.each([
    [['fileType'], 'Mission', 'fileType: "Mission"'],
    [['version'], 2, 'version: 2'],
    [['mission', 'version'], 1, 'mission.version: 1'],
    [['mission', 'items', 0, 'params'], [1, 2], 'mission.items[0].params'],
    [['mission', 'items', 0, 'params', 4], 95, 'latitude 95 is beyond 90°'],
    [['mission', 'items', 0, 'params', 4], null, 'mission.items[0].params[4]: null'],
    [['mission', 'items', 0, 'params', 6], null, 'mission.items[0].params[6]: null'],
    [['mission', 'items', 3, 'coordinate'], [null, null, null], 'mission.items[3].coordinate'],
    [['mission', 'items', 0, 'command'], 'takeoff', 'mission.items[0].command: "takeoff"'],
    [['mission', 'items', 2, 'params', 0], 9, 'no item of the plan has this doJumpId'],
    [['mission', 'firmwareType'], 3, 'is another autopilot than PX4'],
    [['geoFence', 'polygons', 0, 'polygon'], [[1, 2]], 'geoFence.polygons[0].polygon'],
    [['geoFence', 'circles', 0, 'circle', 'radius'], -1, 'geoFence.circles[0].circle.radius: -1'],
    [['rallyPoints', 'points', 0], [1, 2], 'rallyPoints.points[0]'],
    [['mission', 'plannedHomePosition'], null, 'mission.plannedHomePosition: null'],
  ])('with %j = %j is refused by name', (path, value, problem) => {
    const fault = faultOf(changed(path, value));
    expect(fault).toMatchObject({ code: 'plan-file-invalid', exit: 'usage' });
    expect(fault.message).toContain('field.plan');
    expect(fault.message).toContain(problem);
    expect(fault.remedy).toBeTruthy();
  });

  test('with an item that only QGroundControl can expand says how to get there', () => {
    const scan = { type: 'ComplexItem', complexItemType: 'StructureScan', version: 3 };
    const fault = faultOf(changed(['mission', 'items', 1], scan));
    expect(fault.message).toContain('StructureScan');
    expect(fault.remedy).toContain('plan download');
  });

  test('with a value that nests a million deep is refused as any other', () => {
    const deep = '['.repeat(1e6) + ']'.repeat(1e6);
    expect(faultOf(`{"fileType":"Plan","version":${deep}}`).message).toContain('version: a list');
  });

  test('that is no JSON is refused with the place', () => {
    expect(faultOf('{"fileType": Plan}').message).toContain('is no JSON');
  });

  test('of arbitrary JSON is read or refused, never a crash', () => {
    const odd = fc.oneof(fc.json(), fc.string());
    const place = fc.constantFrom(
      ['mission'],
      ['mission', 'items'],
      ['mission', 'items', 0],
      ['mission', 'items', 0, 'params'],
      ['mission', 'items', 1, 'TransectStyleComplexItem'],
      ['geoFence'],
      ['geoFence', 'polygons'],
      ['rallyPoints', 'points'],
    );
    const harmed = fc.tuple(place, fc.jsonValue()).map(([path, value]) => changed(path, value));
    fc.assert(
      fc.property(fc.oneof(odd, harmed), (text) => {
        try {
          readPlanFile(text, 'f');
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }),
      { numRuns: 400 },
    );
  });
});

test('whatever a plan holds, it is the same after it was a file', () => {
  const degrees = (most: number) =>
    fc.integer({ min: -most * 1e7, max: most * 1e7 }).map((e7) => e7 / 1e7);
  const point = fc.record({ latDeg: degrees(90), lonDeg: degrees(180) });
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0);
  const metres = fc.double({ min: -500, max: 9000, noNaN: true }).map((value) => value + 0);
  const parameter = fc.oneof(number, fc.constant(Number.NaN));
  const params = fc.tuple(parameter, parameter, parameter, parameter);
  const flying = fc.record({
    command: fc.constantFrom(16, 19, 21, 22),
    frame: fc.constantFrom(0, 3, 10),
    params,
    x: fc.integer({ min: -900_000_000, max: 900_000_000 }),
    y: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
    z: metres,
    autocontinue: fc.boolean(),
  });
  const doing = fc.record({
    command: fc.constantFrom(178, 206, 20),
    frame: fc.constant(2),
    params,
    x: fc.integer({ min: -1000, max: 1000 }),
    y: fc.integer({ min: -1000, max: 1000 }),
    z: metres,
    autocontinue: fc.boolean(),
  });
  const items: fc.Arbitrary<MissionItem[]> = fc.array(fc.oneof(flying, doing), { maxLength: 30 });
  const withJump = items.map((list): MissionItem[] =>
    list.length === 0
      ? []
      : [
          ...list,
          { ...list[0]!, command: 177, frame: 2, params: [list.length - 1, 2, 0, 0], x: 0, y: 0 },
        ],
  );
  const plan: fc.Arbitrary<Plan> = fc.record({
    mission: fc.oneof(items, withJump),
    fence: fc.record({
      polygons: fc.array(
        fc.record({ inclusion: fc.boolean(), corners: fc.array(point, { minLength: 3 }) }),
        { maxLength: 3 },
      ),
      circles: fc.array(
        fc.record({
          inclusion: fc.boolean(),
          center: point,
          radiusM: fc.double({ min: 0.1, max: 1e5, noNaN: true }),
        }),
        { maxLength: 3 },
      ),
    }),
    rally: fc.array(fc.record({ latDeg: degrees(90), lonDeg: degrees(180), altM: metres })),
    plannedHome: fc.record({ latDeg: degrees(90), lonDeg: degrees(180), altM: metres }),
    hoverSpeedMps: fc.double({ min: 0, max: 50, noNaN: true }),
    cruiseSpeedMps: fc.double({ min: 0, max: 50, noNaN: true }),
  });
  fc.assert(
    fc.property(plan, (one) => {
      expect(readPlanFile(planFileText(one), 'f')).toEqual(one);
    }),
    { numRuns: 200 },
  );
});
