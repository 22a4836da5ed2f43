import { Fault } from '#protocols/fault.ts';
import { encodeFrame, FrameSplitter, type ChannelFrame } from '#protocols/channel/frame.ts';
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

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
};

const withLength = (bytes: Uint8Array): Uint8Array => {
  const framed = new Uint8Array(4 + bytes.length);
  new DataView(framed.buffer).setUint32(0, bytes.length, true);
  framed.set(bytes, 4);
  return framed;
};

const framesBytes = (frames: readonly ChannelFrame[]): Uint8Array =>
  joined(frames.map(({ type, payload }) => encodeFrame(type, payload)));

/** u32 length and MAVLink packets one after the other, then channel frames as on a socket. */
export const encodePilotInbox = ({ packets, frames }: PilotInbox): Uint8Array =>
  joined([withLength(joined(packets.map((packet) => packet.bytes))), framesBytes(frames)]);

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
export const encodePilotOutbox = ({ packets, frames, memory }: PilotOutbox): Uint8Array =>
  joined([
    withLength(joined(packets)),
    withLength(framesBytes(frames)),
    memory ?? new Uint8Array(0),
  ]);
