import {
  MissionItemInt,
  type MavCmd,
  type MavFrame,
  type MavMissionType,
} from 'mavlink-mappings/dist/lib/common.js';
import type { Component } from './command.ts';

/** The three lists that a vehicle keeps, in order of MAV_MISSION_TYPE. */
export const PLAN_PARTS = ['mission', 'fence', 'rally'] as const;

export type PlanPart = (typeof PLAN_PARTS)[number];

/** MAV_MISSION_TYPE's number. */
export const planPartCodeOf = (part: PlanPart): MavMissionType =>
  PLAN_PARTS.indexOf(part) as MavMissionType;

/** MAV_FRAME: latitude and longitude, altitude above mean sea level. */
export const FRAME_AMSL = 0;
/** MAV_FRAME: latitude and longitude, altitude above home. */
export const FRAME_RELATIVE = 3;
/** MAV_FRAME: latitude and longitude, altitude above the ground beneath. */
export const FRAME_TERRAIN = 10;

/** One line of a mission, a fence or a list of rally points, as MISSION_ITEM_INT carries it. */
export interface MissionItem {
  /** MAV_CMD. */
  command: number;
  /**
   * MAV_FRAME without its INT variants, which mean the same in an item (mavlink.io, MAV_FRAME);
   * 2 (MISSION) for an item whose place does not matter, such as a change of speed.
   */
  frame: number;
  /** Parameters 1 to 4; NaN is "as the vehicle likes". */
  params: readonly [number, number, number, number];
  /** Latitude in degrees × 10⁷ in global frames, else parameter 5 as it is. A 32-bit integer. */
  x: number;
  /** Longitude in degrees × 10⁷ in global frames, else parameter 6 as it is. A 32-bit integer. */
  y: number;
  /** Altitude in m, or parameter 7. */
  z: number;
  /** Go on with the next item by itself. */
  autocontinue: boolean;
}

/** INT variants by what they mean. */
const PLAIN_FRAMES: ReadonlyMap<number, number> = new Map([
  [5, FRAME_AMSL],
  [6, FRAME_RELATIVE],
  [11, FRAME_TERRAIN],
]);

export const plainFrameOf = (frame: number): number => PLAIN_FRAMES.get(frame) ?? frame;

/** Whether x and y are latitude and longitude. */
export const isGlobalFrame = (frame: number): boolean =>
  [FRAME_AMSL, FRAME_RELATIVE, FRAME_TERRAIN].includes(plainFrameOf(frame));

const DEGREES_E7 = 1e7;

/** Degrees × 10⁷, rounded: 1 cm at the equator. */
export const e7FromDegrees = (degrees: number): number => Math.round(degrees * DEGREES_E7);

export const degreesFromE7 = (e7: number): number => e7 / DEGREES_E7;

/** What is wrong with an item, in words; undefined when it can be sent. */
export const itemProblem = (item: MissionItem): string | undefined => {
  const { command, frame, params, x, y, z } = item;
  if (!Number.isInteger(command) || command < 0 || command > 0xffff) return 'command out of range';
  if (!Number.isInteger(frame) || frame < 0 || frame > 0xff) return 'frame out of range';
  if (params.some((value) => Math.abs(value) === Number.POSITIVE_INFINITY)) {
    return 'a parameter is infinite';
  }
  if (!Number.isFinite(Math.fround(z))) return 'altitude is not a finite number';
  if (![x, y].every((value) => Number.isInteger(value) && Math.abs(value) <= 0x7fff_ffff)) {
    return 'a coordinate is no 32-bit integer';
  }
  if (!isGlobalFrame(frame)) return undefined;
  if (Math.abs(x) > 90 * DEGREES_E7) return `latitude ${degreesFromE7(x)} is beyond 90°`;
  return Math.abs(y) > 180 * DEGREES_E7
    ? `longitude ${degreesFromE7(y)} is beyond 180°`
    : undefined;
};

/** MISSION_ITEM_INT for the vehicle. Throws `mavlink-unencodable` when sent with {@link itemProblem}. */
export const missionItemMessage = (
  target: Component,
  part: PlanPart,
  seq: number,
  item: MissionItem,
): MissionItemInt => {
  const message = new MissionItemInt();
  message.targetSystem = target.sysid;
  message.targetComponent = target.compid;
  message.missionType = planPartCodeOf(part);
  message.seq = seq;
  message.frame = item.frame as MavFrame;
  message.command = item.command as MavCmd;
  message.current = part === 'mission' && seq === 0 ? 1 : 0;
  message.autocontinue = item.autocontinue ? 1 : 0;
  [message.param1, message.param2, message.param3, message.param4] = item.params;
  message.x = item.x;
  message.y = item.y;
  message.z = item.z;
  return message;
};

/** What a MISSION_ITEM_INT says. Hostile still: see {@link itemProblem}. */
export const missionItemOf = (message: MissionItemInt): MissionItem => ({
  command: message.command,
  frame: plainFrameOf(message.frame),
  params: [message.param1, message.param2, message.param3, message.param4],
  x: message.x,
  y: message.y,
  z: message.z,
  autocontinue: message.autocontinue !== 0,
});
