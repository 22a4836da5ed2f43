import { Fault } from '../fault.ts';

/**
 * Frames between the processes of one drone: u32 little-endian length of what follows, u8 type, payload.
 * The cap bounds what a broken or hostile peer can make the reader hold.
 */
export const FRAME_CAP_BYTES = 1 << 20;

const HEADER_BYTES = 5;

export interface ChannelFrame {
  type: number;
  payload: Uint8Array;
}

export const frameBytes = ({ payload }: ChannelFrame): number => HEADER_BYTES + payload.length;

/** Writes a frame into an array that has room for it; says where the next one goes. */
export const putFrame = (into: Uint8Array, at: number, { type, payload }: ChannelFrame): number => {
  const length = payload.length + 1;
  for (let byte = 0; byte < 4; byte += 1) into[at + byte] = length >>> (8 * byte);
  into[at + 4] = type;
  into.set(payload, at + HEADER_BYTES);
  return at + HEADER_BYTES + payload.length;
};

export const encodeFrame = (type: number, payload: Uint8Array): Uint8Array => {
  const frame = { type, payload };
  const bytes = new Uint8Array(frameBytes(frame));
  putFrame(bytes, 0, frame);
  return bytes;
};

/** Splits one stream into frames; does no I/O. Throws Fault 'channel-frame-oversize' past the cap. */
export class FrameSplitter {
  #buffer: Uint8Array = new Uint8Array(0);

  /** The frames that `chunk` completes, in order; their payloads own their memory. */
  push(chunk: Uint8Array): ChannelFrame[] {
    const joined = new Uint8Array(this.#buffer.length + chunk.length);
    joined.set(this.#buffer);
    joined.set(chunk, this.#buffer.length);
    const view = new DataView(joined.buffer);
    const frames: ChannelFrame[] = [];
    let offset = 0;
    while (joined.length - offset >= HEADER_BYTES) {
      const length = view.getUint32(offset, true);
      if (length < 1 || length > FRAME_CAP_BYTES) {
        throw new Fault('channel-frame-oversize', `a channel frame claims ${length} bytes`, {
          data: { length, cap: FRAME_CAP_BYTES },
        });
      }
      const end = offset + 4 + length;
      if (end > joined.length) break;
      frames.push({
        type: view.getUint8(offset + 4),
        payload: joined.slice(offset + HEADER_BYTES, end),
      });
      offset = end;
    }
    this.#buffer = joined.slice(offset);
    return frames;
  }
}
