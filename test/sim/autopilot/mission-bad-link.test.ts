import fc from 'fast-check';
import { MavMissionResult, MavMissionType, MissionAck } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { describe, expect, it } from 'vitest';
import {
  ackMessage,
  answerUpload,
  clearMessage,
  countMessage,
  itemMessage,
  listMessage,
  requestMessage,
} from './mission-client.ts';
import { CLIENT, Link, OTHER, waypoint } from './mission-link.ts';

const { MISSION } = MavMissionType;

/** Either side's messages on a bad link: lost, doubled, or late. */
const fate = fc.constantFrom('arrives', 'arrives', 'arrives', 'lost', 'doubled', 'late');

describe('the mission protocol over a bad link', () => {
  it('always ends, with the whole plan or the one before', () => {
    const story = fc.record({
      heights: fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 12 }),
      fates: fc.infiniteStream(fate),
    });
    fc.assert(
      fc.property(story, ({ heights, fates }) => {
        const link = new Link();
        link.upload([waypoint(1000)], MISSION);
        const items = heights.map(waypoint);
        const late: MavLinkData[] = [];
        const deliver = (message: MavLinkData, to: (message: MavLinkData) => void): void => {
          const [{ value }] = [fates.next()];
          if (value === 'late') late.push(message);
          else if (value !== 'lost') to(message);
          if (value === 'doubled') to(message);
        };
        const toVehicle = (message: MavLinkData): void => link.tell(message);
        const acks: MissionAck[] = [];
        const toClient = (message: MavLinkData): void => {
          if (message instanceof MissionAck) acks.push(message);
          const answer = answerUpload(message, items);
          if (answer !== undefined) deliver(answer, toVehicle);
        };
        deliver(countMessage(items.length, MISSION), toVehicle);
        for (let turn = 0; turn < 60; turn += 1) {
          for (const message of link.take()) deliver(message, toClient);
          if (late.length > 0 && turn % 3 === 0) toVehicle(late.shift()!);
          link.pass(100);
        }
        // Silence from here on.
        link.pass(6000);
        link.take();
        link.pass(6000);
        expect(link.take()).toEqual([]);
        expect(link.plans.uploading).toBe(false);
        const stored = link.plans.mission.items.map(({ params }) => params[6]);
        if (acks.some(({ type }) => type === MavMissionResult.ACCEPTED)) {
          expect(stored).toEqual(heights);
        }
        expect([[1000], heights]).toContainEqual(stored);
      }),
      { numRuns: 150 },
    );
  });

  it('survives any messages in any order from anyone, within its bounds', () => {
    const type = fc.integer({ min: 0, max: 255 });
    const seq = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 65_535 }));
    const float = fc.float();
    const item = fc
      .record({
        seq,
        missionType: fc.oneof(fc.integer({ min: 0, max: 2 }), type),
        command: fc.oneof(fc.constantFrom(16, 22, 177, 195, 5001, 5003, 5100), seq),
        frame: fc.oneof(fc.constantFrom(0, 2, 3, 5, 6), type),
        param1: float,
        param2: float,
        param3: float,
        param4: float,
        x: fc.integer(),
        y: fc.integer(),
        z: float,
        current: type,
        autocontinue: type,
      })
      .map((fields) => Object.assign(itemMessage(0, MISSION, waypoint(1)), fields));
    const anything = fc.oneof(
      item,
      fc.tuple(seq, type).map(([count, kind]) => countMessage(count, kind)),
      type.map((kind) => listMessage(kind)),
      type.map((kind) => clearMessage(kind)),
      fc.tuple(seq, type).map(([wanted, kind]) => requestMessage(wanted, kind)),
      fc.tuple(type, type).map(([result, kind]) => ackMessage(result, kind)),
    );
    const mail = fc.tuple(anything, fc.boolean(), fc.integer({ min: 0, max: 3000 }));
    fc.assert(
      fc.property(fc.array(mail, { maxLength: 40 }), (letters) => {
        const link = new Link();
        for (const [message, fromOther, ms] of letters) {
          link.tell(message, fromOther ? OTHER : CLIENT);
          link.nowMs += ms;
          link.transfer.step(link.nowMs);
          expect(link.take().length).toBeLessThanOrEqual(3);
        }
        link.pass(11_000);
        link.take();
        link.pass(1000);
        expect(link.take()).toEqual([]);
        expect(link.plans.uploading).toBe(false);
        expect(link.plans.fence.items.length).toBeLessThanOrEqual(64);
        expect(link.plans.rally.items.length).toBeLessThanOrEqual(32);
      }),
      { numRuns: 300 },
    );
  });
});
