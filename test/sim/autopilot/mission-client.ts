import {
  MissionAck,
  MissionClearAll,
  MissionCount,
  MissionItemInt,
  MissionRequest,
  MissionRequestInt,
  MissionRequestList,
  type MavMissionType,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';

const SYSID = 7;

/** One item as a client writes it: command, parameters 1–4, place in 1e-7 degrees, altitude. */
export interface ItemSketch {
  command: number;
  frame?: number;
  params?: [number, number, number, number];
  x?: number;
  y?: number;
  z?: number;
  current?: boolean;
}

export const itemMessage = (seq: number, type: number, sketch: ItemSketch): MissionItemInt => {
  const message = new MissionItemInt();
  const [one, two, three, four] = sketch.params ?? [0, 0, 0, Number.NaN];
  Object.assign(message, {
    targetSystem: SYSID,
    targetComponent: 1,
    seq,
    missionType: type,
    command: sketch.command,
    frame: sketch.frame ?? 6,
    param1: one,
    param2: two,
    param3: three,
    param4: four,
    x: sketch.x ?? 0,
    y: sketch.y ?? 0,
    z: sketch.z ?? 0,
    current: (sketch.current ?? seq === 0) ? 1 : 0,
    autocontinue: 1,
  });
  return message;
};

const addressed = <T extends MavLinkData & { targetSystem: number; targetComponent: number }>(
  message: T,
): T => Object.assign(message, { targetSystem: SYSID, targetComponent: 1 });

export const countMessage = (count: number, missionType: MavMissionType): MissionCount =>
  Object.assign(addressed(new MissionCount()), { count, missionType });

export const listMessage = (missionType: MavMissionType): MissionRequestList =>
  Object.assign(addressed(new MissionRequestList()), { missionType });

export const clearMessage = (missionType: MavMissionType): MissionClearAll =>
  Object.assign(addressed(new MissionClearAll()), { missionType });

export const requestMessage = (seq: number, missionType: MavMissionType): MissionRequestInt =>
  Object.assign(addressed(new MissionRequestInt()), { seq, missionType });

export const ackMessage = (type: number, missionType: MavMissionType): MissionAck =>
  Object.assign(addressed(new MissionAck()), { type, missionType });

/** A client that answers every request for an item at once: what it sends to each message. */
export const answerUpload = (
  message: MavLinkData,
  items: readonly ItemSketch[],
): MissionItemInt | undefined => {
  if (!(message instanceof MissionRequest || message instanceof MissionRequestInt))
    return undefined;
  const sketch = items[message.seq];
  return sketch && itemMessage(message.seq, message.missionType, sketch);
};
