import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { decodePayload, encodePayload } from '../gossip/codec.ts';
import { topicFromId, TOPICS } from '../gossip/topic.ts';
import type { Received } from './mesh-messages.ts';

const writer = new ByteWriter();

/**
 * An admitted message on its way from the mesh to the mind: u8 topic, u16 author, then as f64 boot epoch,
 * sequence, sent and received (ms), clock offset and its error (ms), then the payload as it travels on the
 * mesh. `payload`: those bytes, when they are at hand.
 */
export const encodeReceived = (received: Received, payload?: Uint8Array): Uint8Array => {
  writer.reset();
  writer.u8(TOPICS[received.topic].id);
  writer.u16(received.author);
  writer.f64(received.bootEpoch);
  writer.f64(received.sequence);
  writer.f64(received.sentMs);
  writer.f64(received.receivedMs);
  writer.f64(received.clockOffsetMs);
  writer.f64(received.clockErrorMs);
  writer.bytes(payload ?? encodePayload(received.topic, received.payload));
  return writer.written().slice();
};

/** Throws Fault 'bytes-malformed', also for a payload that no mesh process would have let in. */
export const decodeReceived = (bytes: Uint8Array): Received => {
  const reader = new ByteReader(bytes);
  const topic = topicFromId(reader.u8());
  if (topic === undefined) throw reader.malformed('a topic');
  const header = {
    topic,
    author: reader.u16(),
    bootEpoch: reader.f64(),
    sequence: reader.f64(),
    sentMs: reader.f64(),
    receivedMs: reader.f64(),
    clockOffsetMs: reader.f64(),
    clockErrorMs: reader.f64(),
  };
  const decoded = decodePayload(topic, reader.bytes());
  if (!decoded.ok) throw reader.malformed(`a ${topic}: ${decoded.code} ${decoded.detail}`);
  reader.end();
  return { ...header, payload: decoded.payload } as Received;
};
