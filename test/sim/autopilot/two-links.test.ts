import {
  Attitude,
  CommandAck,
  CommandLong,
  LocalPositionNed,
  ParamRequestRead,
  ParamSet,
  ParamValue,
  StatusText,
  VfrHud,
} from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat, MavType } from 'mavlink-mappings/dist/lib/minimal.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { describe, expect, it } from 'vitest';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import type { LinkKind } from '#sim/autopilot/telemetry/stream-catalogue.ts';
import { scenarioSchema, type ScenarioInput } from '#sim/scenario.ts';
import { STEP_MS, Vehicle } from '#sim/vehicle.ts';

interface Heard {
  message: MavLinkData | undefined;
  frame: Frame;
}

/** One end of one of a vehicle's links. */
class End {
  readonly heard: Heard[] = [];
  readonly #encoder: Encoder;
  readonly #in = new Framer();
  readonly #out = new Framer();
  readonly #deliver: (frames: Frame[]) => void;

  constructor(sysid: number, compid: number, deliver: (frames: Frame[]) => void) {
    this.#encoder = new Encoder(sysid, compid);
    this.#deliver = deliver;
  }

  send(message: MavLinkData): void {
    this.#out.push(this.#encoder.encode(message));
    this.#deliver([this.#out.next()!]);
  }

  hear(datagrams: readonly Uint8Array[]): void {
    for (const datagram of datagrams) this.#in.push(datagram);
    for (let frame = this.#in.next(); frame !== undefined; frame = this.#in.next()) {
      this.heard.push({ message: decode(frame), frame });
    }
  }

  all<T extends MavLinkData>(kind: new () => T): T[] {
    return this.heard
      .map(({ message }) => message)
      .filter((message): message is T => message instanceof kind);
  }
}

class Pair {
  readonly vehicle: Vehicle;
  readonly companion: End;
  readonly station: End;

  constructor(scenario: Partial<ScenarioInput> = {}) {
    const parsed = scenarioSchema.parse({
      origin: { latDeg: 47, lonDeg: 8, altAmslM: 400 },
      groundLink: {},
      vehicles: [{ sysid: 3, homeNorthM: 0, homeEastM: 0 }],
      ...scenario,
    });
    this.vehicle = new Vehicle(parsed, parsed.vehicles[0]!);
    const end = (sysid: number, compid: number, kind: LinkKind): End =>
      new End(sysid, compid, (frames) => this.vehicle.receive(frames, kind));
    this.companion = end(3, 191, 'onboard');
    this.station = end(255, 190, 'ground');
  }

  run(seconds: number): void {
    for (let step = 0; step < (seconds * 1000) / STEP_MS; step += 1) {
      this.companion.hear(this.vehicle.step());
      this.station.hear(this.vehicle.toGround);
    }
  }
}

const heartbeat = (type: MavType): Heartbeat => {
  const message = new Heartbeat();
  message.type = type;
  message.autopilot = 8;
  return message;
};

const commandTo3 = (command: number, one: number, two = 0): CommandLong => {
  const message = new CommandLong();
  message.command = command;
  message.targetSystem = 3;
  message.targetComponent = 1;
  message._param1 = one;
  message._param2 = two;
  return message;
};

const rateOf = (end: End, kind: new () => MavLinkData, seconds: number): number =>
  end.all(kind).length / seconds;

describe('a vehicle with a link to its companion and one to the ground station', () => {
  it('streams on each at PX4’s rates for that kind of link', () => {
    const pair = new Pair();
    pair.run(8);
    pair.companion.heard.length = 0;
    pair.station.heard.length = 0;
    pair.run(10);
    expect(rateOf(pair.companion, Attitude, 10)).toBeCloseTo(100, -1);
    expect(rateOf(pair.station, Attitude, 10)).toBeCloseTo(50, -1);
    expect(rateOf(pair.companion, LocalPositionNed, 10)).toBeCloseTo(30, -1);
    expect(rateOf(pair.station, LocalPositionNed, 10)).toBeCloseTo(50, -1);
    expect(rateOf(pair.companion, VfrHud, 10)).toBeCloseTo(10, 0);
    expect(rateOf(pair.station, VfrHud, 10)).toBeCloseTo(4, 0);
  });

  it('numbers the packets of each link by itself, without a gap', () => {
    const pair = new Pair();
    pair.run(3);
    for (const { heard } of [pair.companion, pair.station]) {
      const sequences = heard.map(({ frame }) => frame.sequence);
      expect(sequences.length).toBeGreaterThan(300);
      expect(sequences).toEqual(sequences.map((_, index) => index & 0xff));
    }
  });

  it('keeps intervals, acks and answers to the link that asked', () => {
    const pair = new Pair();
    pair.run(8);
    pair.station.send(commandTo3(511, 30, -1));
    pair.run(0.1);
    pair.companion.heard.length = 0;
    pair.run(1);
    expect(pair.station.all(CommandAck)).toHaveLength(1);
    expect(pair.companion.all(CommandAck)).toEqual([]);
    expect(pair.companion.all(Attitude).length).toBeGreaterThan(90);
    const before = pair.station.all(Attitude).length;
    pair.run(1);
    expect(pair.station.all(Attitude)).toHaveLength(before);
    const read = new ParamRequestRead();
    Object.assign(read, { targetSystem: 3, targetComponent: 1, paramIndex: 0 });
    pair.companion.send(read);
    pair.run(0.1);
    expect(pair.companion.all(ParamValue)).toHaveLength(1);
    expect(pair.station.all(ParamValue)).toEqual([]);
  });

  it('tells both of a changed parameter', () => {
    const pair = new Pair();
    const set = new ParamSet();
    Object.assign(set, { targetSystem: 3, targetComponent: 1, paramId: 'MIS_TAKEOFF_ALT' });
    set.paramValue = 8;
    set.paramType = 9;
    pair.station.send(set);
    pair.run(0.2);
    expect(pair.companion.all(ParamValue).map(({ paramValue }) => paramValue)).toEqual([8]);
    expect(pair.station.all(ParamValue).map(({ paramValue }) => paramValue)).toEqual([8, 8]);
  });

  it('hands heartbeats on from link to link, and no command that is for itself', () => {
    const pair = new Pair();
    pair.companion.send(heartbeat(MavType.ONBOARD_CONTROLLER));
    pair.station.send(heartbeat(MavType.GCS));
    pair.station.send(commandTo3(511, 30, -1));
    pair.run(0.1);
    const senders = (end: End): string[] =>
      end.heard
        .filter(({ frame }) => frame.compid !== 1)
        .map(({ frame }) => `${frame.msgid} of ${frame.sysid}/${frame.compid}`);
    expect(senders(pair.companion)).toEqual(['0 of 255/190']);
    // The companion speaks with the vehicle's own system id.
    expect(senders(pair.station)).toEqual(['0 of 3/191']);
  });

  it('sends text only where a ground station is heard', () => {
    const pair = new Pair();
    pair.run(8);
    pair.station.send(heartbeat(MavType.GCS));
    pair.station.send(commandTo3(400, 1));
    pair.run(1);
    const heard = pair.station.all(StatusText).length;
    expect(heard).toBeGreaterThan(0);
    expect(pair.companion.all(StatusText)).toEqual([]);
    // Silent since three seconds: nobody is told of the disarming.
    pair.run(2);
    pair.station.send(commandTo3(400, 0));
    pair.run(1);
    expect(pair.station.all(StatusText)).toHaveLength(heard);
  });

  it('has none to the ground unless the scenario opens it', () => {
    const pair = new Pair({ groundLink: undefined });
    pair.station.send(heartbeat(MavType.GCS));
    pair.run(2);
    expect(pair.station.heard).toEqual([]);
    expect(pair.companion.heard.length).toBeGreaterThan(100);
  });
});
