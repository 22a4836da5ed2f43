import { StatusText } from 'mavlink-mappings/dist/lib/common.js';
import type { Text } from '../notice-board.ts';

const CHUNK_BYTES = 50;
const IDS = 65_536;

/** Announcements as STATUSTEXT on one link: numbered, a long one in chunks of one number. */
export class StatusTexts {
  #nextId = 0;

  *of({ severity, text }: Text): Generator<StatusText> {
    const bytes = Buffer.from(text);
    const id = this.#nextId;
    this.#nextId = (id + 1) % IDS;
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      const message = new StatusText();
      message.severity = severity;
      message.text = bytes.toString('latin1', at, at + CHUNK_BYTES);
      message.id = id;
      message.chunkSeq = at / CHUNK_BYTES;
      yield message;
    }
  }
}
