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

export const encodeFrame = (type: number, payload: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, payload.length + 1, true);
  view.setUint8(4, type);
  bytes.set(payload, HEADER_BYTES);
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
