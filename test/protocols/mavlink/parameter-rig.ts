import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import {
  ParameterClient,
  type ParameterLimits,
  type ParameterOutcome,
  type ParameterListOutcome,
} from '#protocols/mavlink/parameter-client.ts';

export const VEHICLE = { sysid: 3, compid: 1 };

/** The frame that a message makes on the wire, from the vehicle unless told otherwise. */
export const frameOf = (message: MavLinkData, from = VEHICLE): Frame => {
  const framer = new Framer();
  framer.push(new Encoder(from.sysid, from.compid).encode(message));
  return framer.next()!;
};

type ParameterFrame = Pick<Frame, 'sysid' | 'compid' | 'msgid' | 'payload'>;

interface Held {
  type: 'int32' | 'float';
  value: number;
}

/**
 * A vehicle's parameter side written from the protocol's page alone, with a wire that loses
 * packets when told to: the client is not tried against its own ideas.
 */
export class ParameterVehicle {
  readonly parameters: Map<string, Held>;
  /** Names that keep their value whatever is asked, as in a vehicle that refuses. */
  readonly stubborn = new Set<string>();
  /** Says of each packet, to or from the vehicle, whether it gets lost. */
  loses: () => boolean = () => false;
  /** What came to the vehicle. */
  readonly heard: MavLinkData[] = [];
  #out: ParameterFrame[] = [];

  constructor(parameters: Record<string, Held>) {
    this.parameters = new Map(Object.entries(parameters));
  }

  receive(message: MavLinkData): void {
    if (this.loses()) return;
    const frame = frameOf(message, { sysid: 245, compid: 191 });
    const read = decode(frame)! as unknown as Record<string, unknown>;
    this.heard.push(read as unknown as MavLinkData);
    const names = [...this.parameters.keys()];
    if (frame.msgid === 21) {
      this.#out.push(this.#value('_HASH_CHECK', 65_535, { type: 'int32', value: 77 }));
      for (const name of names) this.#answer(name);
    } else if (frame.msgid === 20) {
      const index = read['paramIndex'] as number;
      this.#answer(index >= 0 ? names[index] : (read['paramId'] as string));
    } else if (frame.msgid === 23) this.#set(frame, read['paramId'] as string);
  }

  /** What it sends until now, and gets through. */
  take(): ParameterFrame[] {
    const out = this.#out.filter(() => !this.loses());
    this.#out = [];
    return out;
  }

  #set(frame: Frame, name: string): void {
    const held = this.parameters.get(name);
    if (held === undefined) return;
    const payload = Buffer.alloc(23);
    payload.set(frame.payload);
    const isRight = payload[22] === (held.type === 'int32' ? 6 : 9);
    if (isRight && !this.stubborn.has(name)) {
      held.value = held.type === 'int32' ? payload.readInt32LE(0) : payload.readFloatLE(0);
    }
    this.#answer(name);
  }

  #answer(name: string | undefined): void {
    const held = name === undefined ? undefined : this.parameters.get(name);
    if (held === undefined) return;
    this.#out.push(this.#value(name!, [...this.parameters.keys()].indexOf(name!), held));
  }

  /** Bytewise: through a float of JavaScript some integers would not come out as they went in. */
  #value(name: string, index: number, held: Held): ParameterFrame {
    const payload = Buffer.alloc(25);
    if (held.type === 'int32') payload.writeInt32LE(held.value, 0);
    else payload.writeFloatLE(held.value, 0);
    payload.writeUInt16LE(this.parameters.size, 4);
    payload.writeUInt16LE(index, 6);
    payload.write(name, 8, 'latin1');
    payload[24] = held.type === 'int32' ? 6 : 9;
    return { ...VEHICLE, msgid: 22, payload };
  }
}

/** A client and a vehicle that hear each other every 20 ms. */
export class ParameterRig {
  readonly client: ParameterClient;
  readonly vehicle: ParameterVehicle;
  readonly outcomes: ParameterOutcome[] = [];
  readonly lists: ParameterListOutcome[] = [];
  nowMs = 0;

  constructor(vehicle: ParameterVehicle, limits: Partial<ParameterLimits> = {}) {
    this.vehicle = vehicle;
    this.client = new ParameterClient(VEHICLE, limits);
  }

  /** Until nothing is under way, at most `limitS` of made time. */
  settle(limitS = 60): this {
    const endMs = this.nowMs + limitS * 1000;
    do {
      const { send, outcomes, lists } = this.client.tick(this.nowMs);
      this.outcomes.push(...outcomes);
      this.lists.push(...lists);
      for (const message of send) this.vehicle.receive(message);
      for (const frame of this.vehicle.take()) this.client.hear(frame, this.nowMs);
      this.nowMs += 20;
    } while (this.client.busy && this.nowMs < endMs);
    return this;
  }
}
