import {
  frameBytes,
  FrameSplitter,
  putFrame,
  type ChannelFrame,
} from '#protocols/channel/frame.ts';
import { Fault } from '#protocols/fault.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';

/** What came since the last tick, in the order of its arrival on each side. */
export interface PilotInbox {
  /** From the autopilot. */
  packets: readonly Frame[];
  /** From mind and mesh. */
  frames: readonly ChannelFrame[];
}

/** What a tick wants done. */
export interface PilotOutbox {
  /** MAVLink packets for the autopilot, in order. */
  packets: Uint8Array[];
  /** For everyone on the pilot's socket. */
  frames: ChannelFrame[];
  /** What an earlier pilot process leaves to the next (memory.ts), when it has changed. */
  memory: Uint8Array | undefined;
}

const LENGTH_BYTES = 4;

const put = (into: Uint8Array, at: number, bytes: Uint8Array): number => {
  into.set(bytes, at);
  return at + bytes.length;
};

const putLength = (into: Uint8Array, at: number, length: number): number => {
  for (let byte = 0; byte < LENGTH_BYTES; byte += 1) into[at + byte] = length >>> (8 * byte);
  return at + LENGTH_BYTES;
};

const framesBytes = (frames: readonly ChannelFrame[]): number =>
  frames.reduce((sum, frame) => sum + frameBytes(frame), 0);

/** u32 length and MAVLink packets one after the other, then channel frames as on a socket. */
export const encodePilotInbox = ({ packets, frames }: PilotInbox): Uint8Array => {
  const packetBytes = packets.reduce((sum, packet) => sum + packet.bytes.length, 0);
  // One array, filled once: this runs in every tick.
  const bytes = new Uint8Array(LENGTH_BYTES + packetBytes + framesBytes(frames));
  let at = putLength(bytes, 0, packetBytes);
  for (const packet of packets) at = put(bytes, at, packet.bytes);
  for (const frame of frames) at = putFrame(bytes, at, frame);
  return bytes;
};

/**
 * Inverse of {@link encodePilotInbox}. Throws on a broken record the Faults 'channel-frame-oversize' and
 * 'log-tick-malformed'.
 */
export const decodePilotInbox = (bytes: Uint8Array): PilotInbox => {
  const { packets, end } = leadingPackets(bytes);
  return { packets, frames: new FrameSplitter().push(bytes.subarray(end)) };
};

/** What a recorded outbox sent to the autopilot, in order. Throws Fault 'log-tick-malformed'. */
export const sentPackets = (outbox: Uint8Array): Frame[] => leadingPackets(outbox).packets;

const leadingPackets = (bytes: Uint8Array): { packets: Frame[]; end: number } => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length < 4 ? Infinity : 4 + view.getUint32(0, true);
  if (end > bytes.length) {
    throw new Fault('log-tick-malformed', `${bytes.length} bytes are too few for their packets`, {
      data: { bytes: bytes.length },
    });
  }
  const framer = new Framer(Math.max(end, 1));
  framer.push(bytes.subarray(4, end));
  framer.endDatagram();
  const packets: Frame[] = [];
  for (let frame = framer.next(); frame !== undefined; frame = framer.next()) packets.push(frame);
  return { packets, end };
};

/** u32 length and packets, u32 length and channel frames, then the memory if there is one. */
export const encodePilotOutbox = ({ packets, frames, memory }: PilotOutbox): Uint8Array => {
  const packetBytes = packets.reduce((sum, packet) => sum + packet.length, 0);
  const channelBytes = framesBytes(frames);
  const memoryBytes = memory?.length ?? 0;
  const bytes = new Uint8Array(2 * LENGTH_BYTES + packetBytes + channelBytes + memoryBytes);
  let at = putLength(bytes, 0, packetBytes);
  for (const packet of packets) at = put(bytes, at, packet);
  at = putLength(bytes, at, channelBytes);
  for (const frame of frames) at = putFrame(bytes, at, frame);
  if (memory !== undefined) put(bytes, at, memory);
  return bytes;
};
