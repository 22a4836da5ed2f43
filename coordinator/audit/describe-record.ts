import { decodePilotStatus } from '#protocols/channel/pilot-status.ts';
import { decodePayload } from '#protocols/gossip/codec.ts';
import { decodeEnvelope } from '#protocols/gossip/envelope.ts';
import { CHANNELS, type NumberedRecord } from '#protocols/log/record.ts';
import { unpackRecord } from '#protocols/log/record-pack.ts';
import { decodeTickRecord } from '#protocols/log/tick-record.ts';

/** What a record holds, as plain data for people and jq; undefined where its bytes say nothing. */
export const recordContent = ({ channel, payload }: NumberedRecord): unknown => {
  try {
    return plain(decoded(channel, payload));
  } catch {
    return undefined;
  }
};

const decoded = (channel: NumberedRecord['channel'], payload: Uint8Array): unknown => {
  const { encoding } = CHANNELS[channel];
  if (encoding === 'json') return JSON.parse(new TextDecoder().decode(payload));
  if (encoding === 'msgpack') return unpackRecord(payload);
  switch (channel) {
    case 'pilot/tick':
    case 'mind/tick': {
      const { tick, nowMs, inbox, outbox } = decodeTickRecord(payload);
      return { tick, nowMs, inboxBytes: inbox.length, outboxBytes: outbox.length };
    }
    case 'pilot/status':
      return decodePilotStatus(payload);
    case 'mesh/in':
    case 'mesh/out':
      return envelopeContent(payload);
    default:
      return undefined;
  }
};

const envelopeContent = (bytes: Uint8Array): unknown => {
  const envelope = decodeEnvelope(bytes);
  if (envelope === undefined) return undefined;
  const { topic, author, bootEpoch, sequence, sentMs } = envelope;
  const content = decodePayload(topic, envelope.payload);
  const payload = content.ok ? content.payload : undefined;
  return { topic, author, bootEpoch, sequence, sentMs, payload };
};

/** JSON knows neither bytes, typed arrays, big integers nor NaN. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as unknown as ArrayLike<number | bigint>, plain);
  }
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
};
