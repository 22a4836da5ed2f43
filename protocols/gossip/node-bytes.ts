import type { Connection, Stream } from '@libp2p/interface';

export interface ByteCount {
  bytesIn: number;
  bytesOut: number;
}

/**
 * Counts what streams carry, gossip's copies and upkeep included, transport headers not. libp2p offers
 * no hook that sees every stream (its middleware list grows with each incoming one), so streams are
 * found by looking: call this about once a second; what a new stream says before is not counted.
 */
export const countStreams = (
  connections: readonly Connection[],
  seen: WeakSet<Stream>,
  count: ByteCount,
  onReceived: (peerId: string, bytes: number) => void,
): void => {
  const streams = connections.flatMap((connection) =>
    connection.streams.map((stream) => ({ stream, peerId: connection.remotePeer.toString() })),
  );
  for (const { stream, peerId } of streams) {
    if (seen.has(stream)) continue;
    seen.add(stream);
    stream.addEventListener('message', (event) => {
      count.bytesIn += event.data.byteLength;
      onReceived(peerId, event.data.byteLength);
    });
    const send = stream.send.bind(stream);
    stream.send = (data) => {
      count.bytesOut += data.byteLength;
      return send(data);
    };
  }
};
