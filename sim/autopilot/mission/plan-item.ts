import {
  MavCmd,
  MavFrame,
  MavMissionResult,
  MissionItem,
  MissionItemInt,
} from 'mavlink-mappings/dist/lib/common.js';
import { degreesFromRadians, radiansFromDegrees } from '#protocols/units.ts';

/** What one item of a mission, fence or rally plan keeps of the message that brought it. */
export interface PlanItem {
  /** MAV_FRAME: 0, 3, 5, 6 with a place, 2 without. */
  frame: number;
  command: number;
  autocontinue: boolean;
  /** Parameters 1–4, 5 and 6 (latitude and longitude in degrees where there is a place), 7 (altitude). */
  params: readonly [number, number, number, number, number, number, number];
}

/** MAV_MISSION_RESULT for an item that PX4 does not take. */
type Refusal =
  | MavMissionResult.UNSUPPORTED
  | MavMissionResult.UNSUPPORTED_FRAME
  | MavMissionResult.INVALID_PARAM1;

/** The parameters (1–4) that PX4 keeps of each command with a place; the others come back as 0. */
const KEPT: ReadonlyMap<number, readonly number[]> = new Map([
  [MavCmd.NAV_WAYPOINT, [1, 2, 4]],
  [MavCmd.NAV_LOITER_UNLIM, [3, 4]],
  [MavCmd.NAV_LOITER_TIME, [1, 2, 3, 4]],
  [MavCmd.NAV_LAND, [2, 4]],
  [MavCmd.NAV_TAKEOFF, [4]],
  [MavCmd.NAV_LOITER_TO_ALT, [1, 2, 4]],
  [MavCmd.NAV_VTOL_TAKEOFF, [4]],
  [MavCmd.NAV_VTOL_LAND, [4]],
  [MavCmd.NAV_ROI, [1]],
  [MavCmd.DO_SET_ROI, [1]],
  [MavCmd.DO_SET_ROI_LOCATION, []],
  [MavCmd.CONDITION_GATE, []],
  [MavCmd.NAV_FENCE_RETURN_POINT, []],
  [MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION, [1]],
  [MavCmd.NAV_FENCE_POLYGON_VERTEX_EXCLUSION, [1]],
  [MavCmd.NAV_FENCE_CIRCLE_INCLUSION, [1]],
  [MavCmd.NAV_FENCE_CIRCLE_EXCLUSION, [1]],
  [MavCmd.NAV_RALLY_POINT, []],
]);

/** Commands whose fourth parameter is a heading, which PX4 brings into 0..360°. */
const WITH_HEADING: ReadonlySet<number> = new Set([
  MavCmd.NAV_WAYPOINT,
  MavCmd.NAV_LOITER_UNLIM,
  MavCmd.NAV_LAND,
  MavCmd.NAV_TAKEOFF,
  MavCmd.NAV_VTOL_TAKEOFF,
  MavCmd.NAV_VTOL_LAND,
]);

/** Commands without a place, which come in MAV_FRAME_MISSION with all their parameters. */
const PLACELESS: ReadonlySet<number> = new Set([
  MavCmd.NAV_RETURN_TO_LAUNCH,
  MavCmd.NAV_ROI,
  MavCmd.NAV_DELAY,
  MavCmd.CONDITION_DELAY,
  MavCmd.CONDITION_DISTANCE,
  MavCmd.DO_JUMP,
  MavCmd.DO_CHANGE_SPEED,
  MavCmd.DO_SET_HOME,
  MavCmd.DO_SET_ACTUATOR,
  MavCmd.DO_LAND_START,
  MavCmd.DO_SET_ROI_WPNEXT_OFFSET,
  MavCmd.DO_SET_ROI_NONE,
  MavCmd.DO_CONTROL_VIDEO,
  MavCmd.DO_SET_ROI,
  MavCmd.DO_DIGICAM_CONTROL,
  MavCmd.DO_MOUNT_CONFIGURE,
  MavCmd.DO_MOUNT_CONTROL,
  MavCmd.DO_SET_CAM_TRIGG_DIST,
  MavCmd.DO_GRIPPER,
  MavCmd.DO_SET_CAM_TRIGG_INTERVAL,
  MavCmd.OBLIQUE_SURVEY,
  MavCmd.COMPONENT_ARM_DISARM,
  MavCmd.SET_CAMERA_MODE,
  MavCmd.SET_CAMERA_ZOOM,
  MavCmd.SET_CAMERA_FOCUS,
  MavCmd.DO_GIMBAL_MANAGER_PITCHYAW,
  MavCmd.DO_GIMBAL_MANAGER_CONFIGURE,
  MavCmd.IMAGE_START_CAPTURE,
  MavCmd.IMAGE_STOP_CAPTURE,
  MavCmd.DO_TRIGGER_CONTROL,
  MavCmd.VIDEO_START_CAPTURE,
  MavCmd.VIDEO_STOP_CAPTURE,
  MavCmd.DO_VTOL_TRANSITION,
  MavCmd.DO_WINCH,
]);

const INT_FRAMES: ReadonlySet<number> = new Set([
  MavFrame.GLOBAL_INT,
  MavFrame.GLOBAL_RELATIVE_ALT_INT,
]);
const FLOAT_FRAMES: ReadonlySet<number> = new Set([MavFrame.GLOBAL, MavFrame.GLOBAL_RELATIVE_ALT]);

/** Whether an item's altitude counts from home; otherwise it is above mean sea level. */
export const isRelative = ({ frame }: PlanItem): boolean =>
  frame === MavFrame.GLOBAL_RELATIVE_ALT || frame === MavFrame.GLOBAL_RELATIVE_ALT_INT;

export const hasPlace = ({ frame }: PlanItem): boolean => frame !== MavFrame.MISSION;

/** PX4's way from degrees to 0..2π and back, in single precision. */
const wrappedHeading = (degrees: number): number => {
  if (!Number.isFinite(degrees)) return Number.NaN;
  const turn = 2 * Math.PI;
  const radians = radiansFromDegrees(degrees) % turn;
  return Math.fround(degreesFromRadians(radians < 0 ? radians + turn : radians));
};

const numbersOf = (message: MissionItem | MissionItemInt): [number, number, number, number] => [
  message.param1,
  message.param2,
  message.param3,
  message.param4,
];

const withPlace = (message: MissionItem | MissionItemInt): PlanItem | Refusal => {
  const { frame, command, autocontinue, z } = message;
  const kept = KEPT.get(command);
  if (kept === undefined) return MavMissionResult.UNSUPPORTED;
  const roi = command === MavCmd.NAV_ROI || command === MavCmd.DO_SET_ROI;
  // Of the regions of interest with a place only "none" (0) and "location" (3) are known.
  if (roi && Math.trunc(message.param1) !== 0 && Math.trunc(message.param1) !== 3) {
    return MavMissionResult.INVALID_PARAM1;
  }
  const all = numbersOf(message);
  const [one, two, three, four] = all.map((value, index) =>
    kept.includes(index + 1) ? value : 0,
  ) as typeof all;
  const heading = WITH_HEADING.has(command) ? wrappedHeading(four) : four;
  const scale = message instanceof MissionItemInt ? 1e-7 : 1;
  const [lat, lon] = [message.x * scale, message.y * scale];
  return {
    frame,
    command,
    autocontinue: autocontinue !== 0,
    params: [one, two, three, heading, lat, lon, z],
  };
};

const withoutPlace = (message: MissionItem | MissionItemInt): PlanItem | Refusal => {
  const { command, autocontinue, param1, x, y, z } = message;
  if (!PLACELESS.has(command)) return MavMissionResult.UNSUPPORTED;
  const roi = command === MavCmd.NAV_ROI || command === MavCmd.DO_SET_ROI;
  if (roi && ![0, 1, 2].includes(Math.trunc(param1))) return MavMissionResult.INVALID_PARAM1;
  return {
    frame: MavFrame.MISSION,
    command,
    autocontinue: autocontinue !== 0,
    params: [...numbersOf(message), x, y, z],
  };
};

/**
 * The item in a message as PX4 stores it, or the MAV_MISSION_RESULT that refuses it. Any value of
 * any field may come in.
 */
export const planItemOf = (message: MissionItem | MissionItemInt): PlanItem | Refusal => {
  const { frame } = message;
  const integers = message instanceof MissionItemInt;
  if (FLOAT_FRAMES.has(frame) || (integers && INT_FRAMES.has(frame))) return withPlace(message);
  if (frame === MavFrame.MISSION) return withoutPlace(message);
  return MavMissionResult.UNSUPPORTED_FRAME;
};

const int32 = (value: number): number =>
  Number.isFinite(value) ? Math.min(2_147_483_647, Math.max(-2_147_483_648, Math.round(value))) : 0;

/** The message that gives an item back; target, seq, current and mission_type are the caller's. */
export const messageOf = (item: PlanItem, integers: boolean): MissionItem | MissionItemInt => {
  const message = integers ? new MissionItemInt() : new MissionItem();
  const [one, two, three, four, five, six, seven] = item.params;
  message.command = item.command;
  message.autocontinue = item.autocontinue ? 1 : 0;
  message.param1 = one;
  message.param2 = two;
  message.param3 = three;
  message.param4 = four;
  message.z = seven;
  if (hasPlace(item)) {
    const scale = integers ? 1e7 : 1;
    const frames = integers
      ? [MavFrame.GLOBAL_INT, MavFrame.GLOBAL_RELATIVE_ALT_INT]
      : [MavFrame.GLOBAL, MavFrame.GLOBAL_RELATIVE_ALT];
    message.frame = frames[isRelative(item) ? 1 : 0]!;
    message.x = five * scale;
    message.y = six * scale;
  } else {
    message.frame = MavFrame.MISSION;
    message.x = five;
    message.y = six;
  }
  if (integers) {
    message.x = int32(message.x);
    message.y = int32(message.y);
  }
  return message;
};
