import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { EventClient } from '#protocols/mavlink/events/event-client.ts';
import { eventErrorOf, type VehicleEvent } from '#protocols/mavlink/events/event-message.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { COMMANDER_EVENTS } from '#sim/autopilot/events/event-kinds.ts';
import { EventLog, EVENTS_KEPT } from '#sim/autopilot/events/event-log.ts';
import type { Profile } from '#sim/autopilot/parameters.ts';
import { Events } from '#sim/autopilot/services/events.ts';
import type { ServiceContext } from '#sim/autopilot/services/message-service.ts';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';

const VEHICLE = { sysid: 7, compid: 1 };
const STEP_MS = 20;

const framesOf = (encoder: Encoder, message: MavLinkData): Frame[] => {
  const framer = new Framer();
  framer.push(encoder.encode(message));
  return [framer.next()!];
};

/** A vehicle's events on one link, and a client at the other end of a line that loses packets. */
class Line {
  readonly log: EventLog;
  readonly events: Events;
  readonly client = new EventClient(VEHICLE);
  readonly heard: VehicleEvent[] = [];
  readonly sent: Frame[] = [];
  lost = 0;
  nowMs = 0;
  /** Whether the next packet, either way, gets through. */
  passes: () => boolean = () => true;
  readonly #vehicle = new Encoder(VEHICLE.sysid, VEHICLE.compid);
  readonly #station = new Encoder(245, 191);

  constructor(profile: Profile = '1.15') {
    this.log = new EventLog(profile);
    const context: Pick<ServiceContext, 'sysid' | 'events' | 'send'> = {
      sysid: VEHICLE.sysid,
      events: this.log,
      send: (message) => this.#toClient(message),
    };
    this.events = new Events(context as ServiceContext);
    this.step();
  }

  happen(count = 1): void {
    for (let number = 0; number < count; number += 1) {
      this.log.add(COMMANDER_EVENTS.armed(4), this.nowMs);
    }
  }

  step(steps = 1): void {
    for (let number = 0; number < steps; number += 1) {
      this.nowMs += STEP_MS;
      this.events.step(this.nowMs);
      const { send, events, lost } = this.client.tick(this.nowMs);
      this.heard.push(...events);
      this.lost += lost;
      for (const message of send) this.ask(message);
    }
  }

  ask(message: MavLinkData): void {
    if (!this.passes()) return;
    for (const frame of framesOf(this.#station, message)) this.events.receive(undefined, frame);
  }

  request(first: number, last: number, sysid = VEHICLE.sysid): Frame[] {
    const payload = Buffer.alloc(6);
    payload.writeUInt16LE(first, 0);
    payload.writeUInt16LE(last, 2);
    payload.set([sysid, 1], 4);
    const before = this.sent.length;
    const frame = { msgid: 412, payload, sysid: 245, compid: 191 };
    this.events.receive(undefined, frame as unknown as Frame);
    return this.sent.slice(before);
  }

  #toClient(message: MavLinkData): void {
    for (const frame of framesOf(this.#vehicle, message)) {
      this.sent.push(frame);
      if (this.passes()) this.client.hear(frame);
    }
  }
}

const sequencesOf = (events: readonly VehicleEvent[]): number[] =>
  events.map(({ sequence }) => sequence);

const following = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => (first + index) & 0xffff);

describe('the sequence of events', () => {
  it('begins where PX4 begins, and v1.15 soon passes the end of its sixteen bits', () => {
    const old = new Line('1.15');
    const young = new Line('1.18');
    for (const line of [old, young]) {
      line.happen(15);
      line.step();
    }
    expect(sequencesOf(old.heard)).toEqual(following(65_526, 15));
    expect(sequencesOf(old.heard).at(-1)).toBe(4);
    expect(sequencesOf(young.heard)).toEqual(following(1, 15));
  });

  it('is told before the first event, with a reset, and every three seconds', () => {
    const line = new Line('1.18');
    line.happen(2);
    line.step(450);
    const told = line.sent.filter(({ msgid }) => msgid === 411);
    expect(line.sent[0]!.msgid).toBe(411);
    expect(told.map(({ payload }) => [...payload])).toEqual([[0, 0, 1], [2], [2]]);
  });

  it('lets a client notice that the last one was lost', () => {
    const line = new Line();
    line.happen();
    line.step();
    line.passes = () => false;
    line.happen();
    line.step();
    line.passes = () => true;
    line.step(200);
    expect(sequencesOf(line.heard)).toEqual(following(65_526, 2));
    expect(line.lost).toBe(0);
  });
});

describe('a request for events', () => {
  it('is answered with those that are kept, and with what is the oldest for those that are gone', () => {
    const line = new Line('1.18');
    line.happen(EVENTS_KEPT + 3);
    const answers = line.request(2, 5);
    expect(answers.map(({ msgid }) => msgid)).toEqual([413, 413, 410, 410]);
    const gone = answers.map(eventErrorOf).filter((error) => error !== undefined);
    const target = { sysid: 245, compid: 191 };
    expect(gone).toEqual([
      { sequence: 2, oldest: 4, target },
      { sequence: 3, oldest: 4, target },
    ]);
  });

  it('to somebody else is left to him', () => {
    const line = new Line('1.18');
    line.happen();
    expect(line.request(1, 1, 9)).toEqual([]);
  });

  it('never costs more than a few answers, whatever it asks for', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.nat(0xffff), fc.nat(100), (first, last, happened) => {
        const line = new Line('1.15');
        line.happen(happened);
        expect(line.request(first, last).length).toBeLessThanOrEqual(4 * EVENTS_KEPT);
      }),
    );
  });
});

describe('over a line that loses packets', () => {
  it('every event arrives once and in order, or is known to be lost', () => {
    const bursts = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        bursts,
        fc.infiniteStream(fc.nat(99)),
        fc.nat(60),
        (counts, dice, lossPercent) => {
          const line = new Line();
          line.happen();
          line.step();
          line.passes = () => dice.next().value >= lossPercent;
          let total = 1;
          for (const count of counts) {
            line.happen(count);
            total += count;
            line.step(15);
          }
          line.passes = () => true;
          line.step(500);
          const sequences = sequencesOf(line.heard);
          const places = sequences.map((sequence) => (sequence - 65_526) & 0xffff);
          expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b));
          expect(places.length + line.lost).toBe(total);
          if (lossPercent === 0) expect(line.lost).toBe(0);
        },
      ),
    );
  });

  it('nothing is lost when the line comes back while the events are kept', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: EVENTS_KEPT }), fc.nat(400), (missed, silentSteps) => {
        const line = new Line();
        line.happen();
        line.step();
        line.passes = () => false;
        line.happen(missed);
        line.step(silentSteps);
        line.passes = () => true;
        line.step(400);
        expect(sequencesOf(line.heard)).toEqual(following(65_526, missed + 1));
        expect(line.lost).toBe(0);
      }),
    );
  });
});
