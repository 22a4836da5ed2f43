import { z } from 'zod';

/** More than PX4 stores; a file beyond that is a mistake. */
const MAX_ITEMS = 5000;

const latitude = z.number().min(-90).max(90);
const longitude = z.number().min(-180).max(180);
const metres = z.number().min(-20_000).max(100_000);
const point = z.tuple([latitude, longitude]);

/** JSON has no NaN: QGroundControl writes null for it. */
const parameter = z.number().nullable();

const simpleItem = z.looseObject({
  type: z.literal('SimpleItem'),
  autoContinue: z.boolean(),
  command: z.int().min(0).max(0xffff),
  doJumpId: z.int().min(0).max(0xffff).optional(),
  frame: z.int().min(0).max(0xff),
  /** Seven, or four and a coordinate in files of before 2018. */
  params: z.array(parameter).min(4).max(7),
  coordinate: z.tuple([parameter, parameter, parameter]).optional(),
});

export type SimpleItemJson = z.infer<typeof simpleItem>;

const complexItem = z.looseObject({
  type: z.literal('ComplexItem'),
  complexItemType: z.string(),
  /** Surveys and corridors carry what they come to, item by item. */
  TransectStyleComplexItem: z
    .looseObject({ Items: z.array(simpleItem).max(MAX_ITEMS).optional() })
    .optional(),
});

const mission = z.looseObject({
  version: z.literal(2),
  items: z.array(z.discriminatedUnion('type', [simpleItem, complexItem])).max(MAX_ITEMS),
  plannedHomePosition: z.tuple([latitude, longitude, metres.nullable()]),
  cruiseSpeed: z.number().min(0).max(200).default(15),
  hoverSpeed: z.number().min(0).max(200).default(5),
  /** MAV_AUTOPILOT; 12 is PX4. */
  firmwareType: z.int().default(12),
});

const geoFence = z.looseObject({
  version: z.literal(2),
  polygons: z
    .array(z.looseObject({ inclusion: z.boolean(), polygon: z.array(point).min(3).max(MAX_ITEMS) }))
    .max(MAX_ITEMS)
    .default([]),
  circles: z
    .array(
      z.looseObject({
        inclusion: z.boolean(),
        circle: z.looseObject({ center: point, radius: z.number().positive().max(1e6) }),
      }),
    )
    .max(MAX_ITEMS)
    .default([]),
});

const rallyPoints = z.looseObject({
  version: z.literal(2),
  points: z.array(z.tuple([latitude, longitude, metres])).max(MAX_ITEMS),
});

/**
 * QGroundControl's `.plan` file (docs.qgroundcontrol.com, "Plan File Format"): what a vehicle needs
 * of it is checked, the rest is let through.
 */
export const planFileSchema = z.looseObject({
  fileType: z.literal('Plan'),
  version: z.literal(1),
  mission,
  geoFence: geoFence.optional(),
  rallyPoints: rallyPoints.optional(),
});

export type PlanFileJson = z.infer<typeof planFileSchema>;
