import { decodePilotInbox, sentPackets } from '#agent/pilot/inbox.ts';
import type { NumberedRecord } from '#protocols/log/record.ts';
import { decodeTickRecord } from '#protocols/log/tick-record.ts';
import { encodeTlogRecord } from '#protocols/mavlink/tlog.ts';

export interface TlogPart {
  bytes: Uint8Array;
  fromVehicle: number;
  toVehicle: number;
}

/**
 * What passed between pilot and autopilot, both ways, as a telemetry log: each tick's packets with
 * the tick's time, those that came first. Throws the Fault 'log-tick-malformed'.
 */
export async function* tlogOfFlight(
  records: AsyncIterable<NumberedRecord>,
): AsyncGenerator<TlogPart, void, void> {
  for await (const { channel, payload, logTimeUs: unixUs } of records) {
    if (channel !== 'pilot/tick') continue;
    const { inbox, outbox } = decodeTickRecord(payload);
    const heard = decodePilotInbox(inbox).packets;
    const sent = sentPackets(outbox);
    if (heard.length + sent.length === 0) continue;
    const parts = [...heard, ...sent].map(({ bytes }) =>
      encodeTlogRecord({ unixUs, packet: bytes }),
    );
    yield {
      bytes: Buffer.concat(parts),
      fromVehicle: heard.length,
      toVehicle: sent.length,
    };
  }
}
