import type { AdmissionState } from './admit.ts';
import { topicFromId, TOPICS } from './topic.ts';

/**
 * How far each author had come in what ages, as bytes for a file: without it whoever recorded the swarm
 * could play it to a drone that has just restarted. Little-endian: u32 FNV-1a over the rest, then per
 * author and topic u16 author, u8 topic, u32 boot epoch, u32 sequence.
 */
const ROW_BYTES = 11;
const HASH_BYTES = 4;

const fnv1a = (bytes: Uint8Array): number => {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
};

export const encodeFreshness = ({ newest }: AdmissionState): Uint8Array => {
  const rows = [...newest].flatMap(([author, topics]) =>
    [...topics].map(([topic, place]) => ({ author, topic, ...place })),
  );
  const bytes = new Uint8Array(HASH_BYTES + ROW_BYTES * rows.length);
  const view = new DataView(bytes.buffer);
  for (const [index, row] of rows.entries()) {
    const at = HASH_BYTES + ROW_BYTES * index;
    view.setUint16(at, row.author, true);
    view.setUint8(at + 2, TOPICS[row.topic].id);
    view.setUint32(at + 3, row.bootEpoch, true);
    view.setUint32(at + 7, row.sequence, true);
  }
  view.setUint32(0, fnv1a(bytes.subarray(HASH_BYTES)), true);
  return bytes;
};

/** Takes it back for members that still belong; nothing of a file that was damaged: it could silence somebody. */
export const restoreFreshness = (state: AdmissionState, bytes: Uint8Array): void => {
  if ((bytes.length - HASH_BYTES) % ROW_BYTES !== 0) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== fnv1a(bytes.subarray(HASH_BYTES))) return;
  for (let at = HASH_BYTES; at < bytes.length; at += ROW_BYTES) {
    const author = view.getUint16(at, true);
    const topic = topicFromId(view.getUint8(at + 2));
    if (topic === undefined || !state.members.has(author)) continue;
    const topics = state.newest.get(author) ?? new Map();
    const place = {
      bootEpoch: view.getUint32(at + 3, true),
      sequence: view.getUint32(at + 7, true),
    };
    topics.set(topic, place);
    state.newest.set(author, topics);
  }
};
