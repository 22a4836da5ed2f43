import {
  MavCmd,
  MavMissionResult,
  MavMissionType,
  MissionRequest,
  MissionRequestInt,
  MissionRequestPartialList,
  MissionSetCurrent,
  type MissionAck,
} from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import {
  ackMessage,
  clearMessage,
  countMessage,
  itemMessage,
  listMessage,
  requestMessage,
  type ItemSketch,
} from './mission-client.ts';
import { Link, OTHER, waypoint } from './mission-link.ts';

const { MISSION, FENCE, RALLY, ALL } = MavMissionType;

describe('the mission protocol, vehicle side', () => {
  it('asks with MISSION_REQUEST until a client has shown that it sends integers', () => {
    const link = new Link();
    link.tell(countMessage(2, MISSION));
    expect(link.take()).toEqual([expect.any(MissionRequest)]);
    link.tell(itemMessage(0, MISSION, waypoint(10)));
    expect(link.take()).toEqual([expect.any(MissionRequestInt)]);
    link.tell(itemMessage(1, MISSION, waypoint(12)));
    const [ack] = link.take() as [MissionAck];
    expect(ack).toMatchObject({ type: MavMissionResult.ACCEPTED, missionType: MISSION });
    expect(ack.opaqueId).toBe(link.plans.mission.id);
    expect(link.download(MISSION).map(({ z }) => z)).toEqual([10, 12]);
  });

  it('asks again every 0.26 s and gives up without a word after five seconds', () => {
    const link = new Link();
    link.tell(countMessage(3, MISSION));
    link.take();
    link.pass(1100);
    expect(link.take()).toHaveLength(4);
    link.tell(listMessage(MISSION));
    link.tell(clearMessage(MISSION));
    expect(link.take()).toEqual([]);
    link.pass(5000);
    expect(link.take().every((message) => message instanceof MissionRequest)).toBe(true);
    expect(link.plans.uploading).toBe(false);
    expect(link.notices.take().at(-1)?.text?.text.trim()).toBe('Operation timeout');
    link.pass(2000);
    expect(link.take()).toEqual([]);
  });

  it('refuses what PX4 refuses and keeps what it had', () => {
    const link = new Link();
    link.upload([waypoint(10)], MISSION);
    const kept = link.plans.mission;
    const result = (type: MavMissionType, ...items: ItemSketch[]): MavMissionResult =>
      link.upload(items, type).type;
    expect(result(MISSION, { command: 999 })).toBe(MavMissionResult.UNSUPPORTED);
    expect(result(MISSION, { ...waypoint(1), frame: 1 })).toBe(MavMissionResult.UNSUPPORTED_FRAME);
    const roi = { command: MavCmd.DO_SET_ROI, params: [4, 0, 0, 0] } as ItemSketch;
    expect(result(MISSION, roi)).toBe(MavMissionResult.INVALID_PARAM1);
    expect(result(MISSION, { command: MavCmd.NAV_RALLY_POINT })).toBe(MavMissionResult.ERROR);
    const line = { command: MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION, params: [2, 0, 0, 0] };
    expect(result(FENCE, line as ItemSketch)).toBe(MavMissionResult.ERROR);
    link.tell(countMessage(65, FENCE));
    expect(link.take()).toMatchObject([{ type: MavMissionResult.NO_SPACE, missionType: FENCE }]);
    link.tell(countMessage(1, 9 as MavMissionType));
    expect(link.take()).toMatchObject([{ type: MavMissionResult.NO_SPACE, missionType: 9 }]);
    expect(link.plans.mission).toBe(kept);
    expect(link.plans.uploading).toBe(false);
  });

  it('gives fence points back in frame 5, rally points in theirs, and the present item marked', () => {
    const link = new Link();
    const circle = { command: MavCmd.NAV_FENCE_CIRCLE_EXCLUSION, frame: 0, params: [15, 1, 2, 3] };
    link.upload([circle as ItemSketch], FENCE);
    link.upload([{ command: MavCmd.NAV_RALLY_POINT, z: 10 }], RALLY);
    link.upload([waypoint(5), waypoint(6), { ...waypoint(7), current: true }], MISSION);
    expect(link.download(FENCE)).toMatchObject([
      { frame: 5, autocontinue: 0, param1: 15, param2: 0, param3: 0 },
    ]);
    expect(link.download(RALLY)).toMatchObject([{ frame: 6, autocontinue: 1, z: 10 }]);
    expect(link.download(MISSION).map(({ current }) => current)).toEqual([0, 0, 1]);
  });

  it('has one partner at a time, and one upload over all links', () => {
    const link = new Link();
    const elsewhere = new Link(link.plans);
    link.tell(countMessage(2, MISSION));
    link.take();
    link.tell(countMessage(1, MISSION), OTHER);
    expect(link.take()).toMatchObject([{ type: MavMissionResult.ERROR, targetSystem: 255 }]);
    elsewhere.tell(countMessage(1, MISSION));
    expect(elsewhere.take()).toMatchObject([{ type: MavMissionResult.ERROR }]);
    link.tell(itemMessage(0, MISSION, waypoint(1)), OTHER);
    expect(link.take()).toEqual([]);
    link.tell(ackMessage(MavMissionResult.OPERATION_CANCELLED, MISSION));
    elsewhere.tell(countMessage(1, MISSION));
    expect(elsewhere.take()).toEqual([expect.any(MissionRequest)]);
  });

  it('acknowledges a last item that comes again, and no other', () => {
    const link = new Link();
    const { opaqueId } = link.upload([waypoint(1), waypoint(2)], MISSION);
    link.tell(itemMessage(1, MISSION, waypoint(2)));
    expect(link.take()).toMatchObject([{ type: MavMissionResult.ACCEPTED, opaqueId }]);
    link.tell(itemMessage(0, MISSION, waypoint(1)));
    expect(link.take()).toMatchObject([{ type: MavMissionResult.ERROR, opaqueId: 0 }]);
  });

  it('hands out each item twice if asked, but never out of order', () => {
    const link = new Link();
    link.upload([waypoint(1), waypoint(2), waypoint(3)], MISSION);
    link.tell(listMessage(MISSION));
    link.tell(requestMessage(0, MISSION));
    link.tell(requestMessage(0, MISSION));
    expect(link.take().map((message) => message.constructor.name)).toEqual([
      'MissionCount',
      'MissionItemInt',
      'MissionItemInt',
    ]);
    link.tell(requestMessage(2, MISSION));
    expect(link.take()).toMatchObject([{ type: MavMissionResult.ERROR }]);
    link.tell(requestMessage(1, MISSION));
    expect(link.take()).toEqual([]);
  });

  it('clears one plan, or all, and says which', () => {
    const link = new Link();
    link.upload([waypoint(1)], MISSION);
    link.upload([{ command: MavCmd.NAV_RALLY_POINT }], RALLY);
    link.tell(clearMessage(RALLY));
    expect(link.take()).toMatchObject([{ type: 0, missionType: RALLY, opaqueId: 0 }]);
    expect(link.plans.mission.items).toHaveLength(1);
    link.tell(clearMessage(ALL));
    expect(link.take()).toMatchObject([{ type: 0, missionType: ALL }]);
    expect(link.plans.mission).toMatchObject({ items: [], id: 0 });
    link.tell(Object.assign(new MissionRequestPartialList(), { targetSystem: 7 }));
    expect(link.take()).toEqual([]);
  });

  it('goes to an item only if there is one, and not during a transfer', () => {
    const link = new Link();
    link.upload([waypoint(1), waypoint(2), waypoint(3)], MISSION);
    const goTo = (seq: number): void =>
      link.tell(
        Object.assign(new MissionSetCurrent(), { targetSystem: 7, targetComponent: 1, seq }),
      );
    goTo(2);
    expect(link.plans.currentSeq).toBe(2);
    goTo(3);
    expect(link.plans.currentSeq).toBe(2);
    link.tell(countMessage(2, RALLY));
    goTo(1);
    expect(link.plans.currentSeq).toBe(2);
  });
});
