import { MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import {
  degreesFromE7,
  FRAME_AMSL,
  FRAME_RELATIVE,
  FRAME_TERRAIN,
  isGlobalFrame,
  plainFrameOf,
  type MissionItem,
} from '../mission-item.ts';
import type { Plan } from './plan.ts';

const PX4 = 12;
const QUADROTOR = 2;

/** QGroundControl's AltitudeMode by MAV_FRAME. */
const ALTITUDE_MODES: ReadonlyMap<number, number> = new Map([
  [FRAME_RELATIVE, 1],
  [FRAME_AMSL, 2],
  [FRAME_TERRAIN, 4],
]);
const RELATIVE_MODE = 1;

/** A `.plan` file that QGroundControl opens: its keys in its own order, two blanks of indent. */
export const planFileText = (plan: Plan): string => {
  const { plannedHome, fence, rally } = plan;
  const file = {
    fileType: 'Plan',
    geoFence: {
      circles: fence.circles.map(({ inclusion, center, radiusM }) => ({
        circle: { center: [center.latDeg, center.lonDeg], radius: radiusM },
        inclusion,
        version: 1,
      })),
      polygons: fence.polygons.map(({ inclusion, corners }) => ({
        inclusion,
        polygon: corners.map(({ latDeg, lonDeg }) => [latDeg, lonDeg]),
        version: 1,
      })),
      version: 2,
    },
    groundStation: 'Skein',
    mission: {
      cruiseSpeed: plan.cruiseSpeedMps,
      firmwareType: PX4,
      globalPlanAltitudeMode: RELATIVE_MODE,
      hoverSpeed: plan.hoverSpeedMps,
      items: plan.mission.map(itemJson),
      plannedHomePosition: [plannedHome.latDeg, plannedHome.lonDeg, plannedHome.altM],
      vehicleType: QUADROTOR,
      version: 2,
    },
    rallyPoints: {
      points: rally.map(({ latDeg, lonDeg, altM }) => [latDeg, lonDeg, altM]),
      version: 2,
    },
    version: 1,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
};

/** JSON.stringify writes NaN as null, which is what QGroundControl reads as NaN. */
const itemJson = (item: MissionItem, seq: number): object => {
  const frame = plainFrameOf(item.frame);
  const isGlobal = isGlobalFrame(frame);
  const [one, two, three, four] = item.params;
  const first = item.command === MavCmd.DO_JUMP ? one + 1 : one;
  const altitude = isGlobal
    ? {
        AMSLAltAboveTerrain: null,
        Altitude: item.z,
        AltitudeMode: ALTITUDE_MODES.get(frame) ?? RELATIVE_MODE,
      }
    : {};
  return {
    ...altitude,
    autoContinue: item.autocontinue,
    command: item.command,
    doJumpId: seq + 1,
    frame,
    params: [
      first,
      two,
      three,
      four,
      isGlobal ? degreesFromE7(item.x) : item.x,
      isGlobal ? degreesFromE7(item.y) : item.y,
      item.z,
    ],
    type: 'SimpleItem',
  };
};
