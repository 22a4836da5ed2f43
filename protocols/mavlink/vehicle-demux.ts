import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import { decode } from './codec.ts';
import { Framer, type Frame } from './framer.ts';
import { newLinkCounts, type LinkCounts } from './link.ts';
import { StrangerTable } from './stranger-table.ts';

/** MAV_COMP_ID_AUTOPILOT1. */
const AUTOPILOT_COMPID = 1;

const HEARTBEAT_MSGID = 0;

/** More sources than any fleet on one port has. */
const CAPACITY_SOURCES = 256;

const DEFAULT_CAPACITY_FRAMES = 1024;

export interface Source {
  address: string;
  port: number;
}

/** What one vehicle's user sees of the shared port. */
export interface VehicleLane {
  readonly sysid: number;
  readonly counts: LinkCounts;
  readonly rivals: StrangerTable;
  /** Where its autopilot's first heartbeat came from; kept from then on. */
  source: Source | undefined;
  frames: Frame[];
  /** Somebody reads it; nothing is kept for the others. */
  open: boolean;
}

interface Sender {
  framer: Framer;
  /** Of the framer's counts, those already told to its vehicles. */
  skipped: number;
  damaged: number;
}

/**
 * Sorts what comes in on one port by vehicle: each source has a framer of its own, each system id
 * belongs to the source of its autopilot's first heartbeat (MAV_COMP_ID 1, a real MAV_AUTOPILOT), and
 * frames of that system id from anywhere else are counted as a rival's and never handed over: a
 * spoofer, or a second vehicle with the same MAV_SYS_ID. Ground stations' and companions' packets that PX4
 * forwards claim nothing. Pure and bounded.
 */
export class VehicleDemux {
  readonly #senders = new Map<string, Sender>();
  readonly #lanes = new Map<number, VehicleLane>();
  readonly #capacityFrames: number;
  /** Datagrams from sources beyond the number that is tracked. */
  sourcesRefused = 0;

  constructor(capacityFrames = DEFAULT_CAPACITY_FRAMES) {
    this.#capacityFrames = capacityFrames;
  }

  /** System ids whose autopilots have been heard, in order of their first heartbeat. */
  get sysids(): number[] {
    return [...this.#lanes.values()]
      .filter(({ source }) => source !== undefined)
      .map(({ sysid }) => sysid);
  }

  lane(sysid: number): VehicleLane {
    let lane = this.#lanes.get(sysid);
    if (lane === undefined) {
      const rivals = new StrangerTable();
      const counts = newLinkCounts();
      lane = { sysid, counts, rivals, source: undefined, frames: [], open: false };
      this.#lanes.set(sysid, lane);
    }
    return lane;
  }

  accept(datagram: Uint8Array, source: Source): void {
    const sender = this.#senderOf(source);
    if (sender === undefined) return;
    const { framer } = sender;
    framer.push(datagram);
    framer.endDatagram();
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
      this.#sort(frame, datagram, source);
    }
    this.#tellDamage(sender, source, datagram.length);
  }

  /** The frames kept for a vehicle since the last call, oldest first. */
  take(lane: VehicleLane): Frame[] {
    const frames = lane.frames.slice(-this.#capacityFrames);
    lane.counts.framesDropped += lane.frames.length - frames.length;
    lane.frames = [];
    return frames;
  }

  #sort(frame: Frame, datagram: Uint8Array, source: Source): void {
    const known = this.#lanes.get(frame.sysid);
    if (known?.source === undefined) {
      if (!isAutopilotHeartbeat(frame)) return;
      const lane = this.lane(frame.sysid);
      lane.source = { address: source.address, port: source.port };
      this.#keep(lane, frame);
    } else if (isSame(known.source, source)) {
      this.#keep(known, frame);
    } else if (frame.compid === AUTOPILOT_COMPID) {
      known.counts.datagramsForeign += 1;
      known.rivals.note(datagram, source);
    } else {
      known.counts.framesForeign += 1;
    }
  }

  #keep(lane: VehicleLane, frame: Frame): void {
    if (!lane.open) return;
    lane.counts.framesGood += 1;
    lane.frames.push(frame);
    if (lane.frames.length < 2 * this.#capacityFrames) return;
    lane.counts.framesDropped += lane.frames.length - this.#capacityFrames;
    lane.frames = lane.frames.slice(-this.#capacityFrames);
  }

  /** Damage is told to every vehicle behind the source: nobody can say whose packets were lost. */
  #tellDamage(sender: Sender, source: Source, bytes: number): void {
    const { counts } = sender.framer;
    const skipped = counts.bytesSkipped - sender.skipped;
    const damaged = counts.crcErrors - sender.damaged;
    sender.skipped = counts.bytesSkipped;
    sender.damaged = counts.crcErrors;
    for (const lane of this.#lanes.values()) {
      if (lane.source === undefined || !isSame(lane.source, source)) continue;
      lane.counts.bytesReceived += bytes;
      lane.counts.bytesSkipped += skipped;
      lane.counts.crcErrors += damaged;
      lane.counts.mavlink1Packets = counts.mavlink1Packets;
      lane.counts.unknownMessages = counts.unknownMessages;
    }
  }

  #senderOf(source: Source): Sender | undefined {
    const key = `${source.address} ${source.port}`;
    const known = this.#senders.get(key);
    if (known !== undefined) return known;
    if (this.#senders.size >= CAPACITY_SOURCES && !this.#forgetIdle()) {
      this.sourcesRefused += 1;
      return undefined;
    }
    const sender = { framer: new Framer(), skipped: 0, damaged: 0 };
    this.#senders.set(key, sender);
    return sender;
  }

  /** Makes room among those that own no vehicle: strangers cannot crowd out a fleet. */
  #forgetIdle(): boolean {
    const owners = new Set(
      [...this.#lanes.values()].flatMap(({ source }) =>
        source === undefined ? [] : [`${source.address} ${source.port}`],
      ),
    );
    for (const key of this.#senders.keys()) {
      if (!owners.has(key)) return this.#senders.delete(key);
    }
    return false;
  }
}

const isSame = (one: Source, other: Source): boolean =>
  one.port === other.port && one.address === other.address;

const isAutopilotHeartbeat = (frame: Frame): boolean => {
  if (frame.msgid !== HEARTBEAT_MSGID || frame.compid !== AUTOPILOT_COMPID) return false;
  const message = decode(frame);
  return message instanceof Heartbeat && message.autopilot !== MavAutopilot.INVALID;
};
