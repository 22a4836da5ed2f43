import { unpack } from 'msgpackr';
import { scanMsgpack } from '../gossip/scan.ts';
import { MAX_RECORD_BYTES } from './record.ts';

/** A plan holds some hundred costs, a mesh status a dozen peers. */
const MAX_DEPTH = 8;
const MAX_ELEMENTS = 16_384;

/**
 * What a record on a msgpack channel holds; undefined for bytes that no process of ours wrote. A log may come
 * from anywhere, so its tokens are counted before anything is built of them.
 */
export const unpackRecord = (payload: Uint8Array): unknown => {
  const limits = { maxBytes: MAX_RECORD_BYTES, maxDepth: MAX_DEPTH, maxElements: MAX_ELEMENTS };
  const fault = scanMsgpack(payload, { ...limits, anyNumber: true });
  return fault === undefined ? unpack(payload) : undefined;
};
