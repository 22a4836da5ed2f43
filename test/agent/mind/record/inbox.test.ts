import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { InboxTray } from '#agent/mind/inbox-tray.ts';
import type { PlanAnswer } from '#agent/mind/plan-port.ts';
import { decodeInbox, encodeInbox } from '#agent/mind/record/inbox.ts';
import { emptyInbox, type MindInbox } from '#agent/mind/state.ts';
import { emptyPilotStatus, encodePilotStatus } from '#protocols/channel/pilot-status.ts';
import { encodeRangeRing, RANGE_SECTORS } from '#protocols/channel/range-ring.ts';
import { encodeReceived } from '#protocols/channel/received-codec.ts';
import { Fault } from '#protocols/fault.ts';
import { PLAN_SOURCES } from '#protocols/trajectory.ts';
import { inboxBytes } from '../harness/inbox-bytes.ts';

const floats = fc.float32Array({ maxLength: 12 });

/** Whatever a planner may come up with: also lengths that do not fit and numbers that are none. */
const answer: fc.Arbitrary<PlanAnswer> = fc.record({
  requestId: fc.nat(),
  trajectory: fc.record({
    planId: fc.nat(),
    source: fc.constantFrom(...PLAN_SOURCES),
    startMs: fc.double(),
    stepMs: fc.double(),
    steps: fc.nat({ max: 64 }),
    tailSteps: fc.nat({ max: 64 }),
    velocityNedMps: floats,
    yawRad: floats,
    positionNedM: floats,
    sigmaM: floats,
  }),
  model: fc.string({ maxLength: 20 }),
  disagreement: fc.double(),
  threshold: fc.double(),
  tripped: fc.boolean(),
  reason: fc.string({ maxLength: 20 }),
  bestCost: fc.double(),
  rejected: fc.array(fc.record({ cost: fc.double(), positionNedM: floats }), { maxLength: 4 }),
  digest: fc.string({ maxLength: 64 }),
  planMs: fc.double(),
});

const look = fc.record({
  row: fc.nat({ max: 500 }),
  column: fc.nat({ max: 500 }),
  detected: fc.boolean(),
  northM: fc.double(),
  eastM: fc.double(),
});

const inbox: fc.Arbitrary<MindInbox> = fc.record({
  status: fc.option(
    fc.record({ reason: fc.string({ maxLength: 20 }), northM: fc.double() }).map((said) => {
      const status = emptyPilotStatus();
      status.values.northM = said.northM;
      return { ...status, reason: said.reason.replaceAll('\n', ' ').trim() };
    }),
  ),
  ring: fc.option(
    fc.nat({ max: 1e6 }).map((atMs) => {
      const rangesM = new Float32Array(RANGE_SECTORS).fill(atMs / 7);
      return { atMs, minM: 0.5, maxM: 20, rangesM };
    }),
  ),
  received: fc.constant([]),
  looks: fc.array(look, { maxLength: 5 }),
  payloadAlive: fc.boolean(),
  answer: fc.option(answer),
});

describe('the record of an inbox', () => {
  it('says all that the tick was given, bit for bit', () => {
    fc.assert(
      fc.property(inbox, (one) => {
        expect(decodeInbox(inboxBytes(one))).toEqual(one);
      }),
    );
  });

  it('spoiled, is a fault or another inbox, and never anything else', () => {
    fc.assert(
      fc.property(inbox, fc.nat(), fc.nat({ max: 255 }), (one, at, byte) => {
        const bytes = inboxBytes(one);
        bytes[at % bytes.length] = byte;
        try {
          expect(decodeInbox(bytes)).toHaveProperty('received');
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }),
    );
  });

  it('of another version is refused by name', () => {
    const bytes = encodeInbox({ ...emptyInbox(), status: null, ring: null, received: [] });
    bytes[0] = 0x86;
    expect(() => decodeInbox(bytes)).toThrow('another version of the record');
  });
});

const directive = (number: number) => ({
  topic: 'directive' as const,
  author: 1,
  bootEpoch: 1,
  sequence: number,
  sentMs: 0,
  receivedMs: 0,
  clockOffsetMs: 0,
  clockErrorMs: 0,
  payload: { kind: 'hold' as const, confirmed: false, number, targets: [] },
});

describe('the tray of a mind’s process', () => {
  it('gives what came, and the record of the very same', () => {
    const tray = new InboxTray();
    const status = { ...emptyPilotStatus(), reason: 'wind' };
    expect(tray.hearStatus(encodePilotStatus(status))).toBe(true);
    expect(tray.hearStatus(new Uint8Array(3))).toBe(false);
    const rangesM = new Float32Array(RANGE_SECTORS).fill(4);
    tray.hearRing(encodeRangeRing({ atMs: 5, minM: 1, maxM: 9, rangesM }));
    tray.hearReceived(encodeReceived(directive(7)));
    tray.look({ row: 1, column: 2, detected: true, northM: 3, eastM: 4 });
    const { inbox: heard, bytes } = tray.take();
    expect(heard).toMatchObject({ status: { reason: 'wind' }, ring: { atMs: 5 } });
    expect(heard.received).toEqual([directive(7)]);
    expect(decodeInbox(bytes)).toEqual(heard);
    expect(tray.take().inbox).toEqual(emptyInbox());
  });

  it('hands over an answer at once and alone; what waits stays for the next status', () => {
    const [planned] = fc.sample(answer, 1);
    const tray = new InboxTray();
    tray.payloadAlive();
    const alone = tray.takeAnswer(planned!);
    expect(alone.inbox).toEqual({ ...emptyInbox(), answer: planned });
    expect(decodeInbox(alone.bytes)).toEqual(alone.inbox);
    expect(tray.take().inbox.payloadAlive).toBe(true);
  });

  it('holds so many messages, the newest', () => {
    const tray = new InboxTray();
    for (let number = 0; number < 600; number += 1) {
      tray.hearReceived(encodeReceived(directive(number)));
    }
    const { inbox: heard, bytes } = tray.take();
    expect(heard.received).toHaveLength(512);
    expect(heard.received[0]).toMatchObject({ sequence: 88 });
    expect(decodeInbox(bytes).received).toEqual(heard.received);
  });
});
