import {
  MissionAck,
  MissionCount,
  type MissionItem,
  type MissionItemInt,
  MissionRequest,
  MissionRequestInt,
  type MavMissionResult,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { messageOf, type PlanItem } from './plan-item.ts';

/** MAV_COMP_ID_MISSIONPLANNER, which PX4 answers for too. */
const MISSION_PLANNER = 190;

/** Missions are never for everybody: the system must be named, the component may be 0. */
export const isAddressedTo = (
  message: MavLinkData & { targetSystem?: number; targetComponent?: number },
  sysid: number,
  compid: number,
): boolean => {
  const { targetSystem, targetComponent = -1 } = message;
  return targetSystem === sysid && [compid, MISSION_PLANNER, 0].includes(targetComponent);
};

/** The system and component at the other end of a transfer. */
export interface Partner {
  sysid: number;
  compid: number;
}

const addressed = <T extends { targetSystem: number; targetComponent: number }>(
  message: T,
  to: Partner,
): T => {
  message.targetSystem = to.sysid;
  message.targetComponent = to.compid;
  return message;
};

/** @param type MAV_MISSION_TYPE, echoed even where it means nothing. */
export const ackMessage = (
  to: Partner,
  result: MavMissionResult,
  type: number,
  opaqueId = 0,
): MissionAck => {
  const ack = addressed(new MissionAck(), to);
  ack.type = result;
  ack.missionType = type;
  ack.opaqueId = opaqueId;
  return ack;
};

export const countMessage = (
  to: Partner,
  count: number,
  type: number,
  opaqueId: number,
): MissionCount => {
  const message = addressed(new MissionCount(), to);
  message.count = count;
  message.missionType = type;
  message.opaqueId = opaqueId;
  return message;
};

export const requestMessage = (
  to: Partner,
  seq: number,
  type: number,
  integers: boolean,
): MissionRequest | MissionRequestInt => {
  const message = addressed(integers ? new MissionRequestInt() : new MissionRequest(), to);
  message.seq = seq;
  message.missionType = type;
  return message;
};

export const itemMessage = (
  to: Partner,
  item: PlanItem,
  place: { seq: number; type: number; current: boolean; integers: boolean },
): MissionItem | MissionItemInt => {
  const message = addressed(messageOf(item, place.integers), to);
  message.seq = place.seq;
  message.missionType = place.type;
  message.current = place.current ? 1 : 0;
  return message;
};
