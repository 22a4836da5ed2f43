import type { Connection, Libp2p, Stream } from '@libp2p/interface';

import type { NodeDefences } from './node-defences.ts';
import { MAX_REPAIR_BYTES } from './repair.ts';

export const REPAIR_PROTOCOL = '/skein/repair/1';

const TIMEOUT_MS = 5000;
const MAX_STREAMS = 8;

/** One message a stream: what is lost with its stream is asked for again by the next round. */
export const sendDirect = async (connection: Connection, bytes: Uint8Array): Promise<void> => {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const stream = await connection.newStream(REPAIR_PROTOCOL, {
    signal,
    maxOutboundStreams: MAX_STREAMS,
  });
  try {
    if (!stream.send(bytes)) await stream.onDrain({ signal });
    await stream.close({ signal });
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)));
  }
};

const readMessage = async (stream: Stream): Promise<Uint8Array | undefined> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.byteLength;
    if (length > MAX_REPAIR_BYTES) {
      stream.abort(new Error('message of repair over its cap'));
      return undefined;
    }
    chunks.push(chunk.subarray());
  }
  const message = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    message.set(chunk, offset);
    offset += chunk.length;
  }
  return message;
};

/** Hands every complete message of a member to `onMessage`. */
export const handleDirect = (
  node: Libp2p,
  { repairTimeoutMs, maxRepairStreams }: NodeDefences,
  onMessage: (peerId: string, bytes: Uint8Array) => void,
): Promise<void> =>
  node.handle(
    REPAIR_PROTOCOL,
    async (stream, connection) => {
      const timeout = setTimeout(() => stream.abort(new Error('timeout')), repairTimeoutMs);
      try {
        const message = await readMessage(stream);
        if (message !== undefined) onMessage(connection.remotePeer.toString(), message);
        await stream.close();
      } catch {
        // A stream that broke off carried nothing whole: the next round of repair makes up for it.
        stream.abort(new Error('broken off'));
      } finally {
        clearTimeout(timeout);
      }
    },
    { maxInboundStreams: maxRepairStreams, maxOutboundStreams: MAX_STREAMS },
  );
