import { describe, expect, it } from 'vitest';

import { decodeRecordBatch, encodeAcknowledgement } from '#protocols/log/batch.ts';
import { RecordSender } from '#protocols/log/sender.ts';

interface Bench {
  sender: RecordSender;
  /** Batches that went out: number and the first byte of every record. */
  sent: [number, number[]][];
  /** The channel takes this many more batches. */
  room: { batches: number };
}

const bench = (): Bench => {
  const sent: Bench['sent'] = [];
  const room = { batches: Infinity };
  const sender = new RecordSender({
    senderStartMs: 5,
    send: (bytes) => {
      if (room.batches <= 0) return false;
      room.batches -= 1;
      const batch = decodeRecordBatch(bytes);
      sent.push([batch.number, batch.records.map((record) => record.payload[0]!)]);
      return true;
    },
  });
  return { sender, sent, room };
};

const add = (sender: RecordSender, byte: number, length = 1): void =>
  sender.add('pilot/tick', byte, BigInt(byte), new Uint8Array(length).fill(byte));

describe('a process’s side of its log', () => {
  it('sends what gathered since the last flush, as one batch', () => {
    const { sender, sent } = bench();
    add(sender, 1);
    add(sender, 2);
    sender.flush();
    sender.flush();
    add(sender, 3);
    sender.flush();
    expect(sent).toEqual([
      [1, [1, 2]],
      [2, [3]],
    ]);
  });

  it('sends again, in order, what the recorder had not acknowledged when it went away', () => {
    const { sender, sent, room } = bench();
    for (const byte of [1, 2, 3]) {
      add(sender, byte);
      sender.flush();
    }
    sender.acknowledge(encodeAcknowledgement(1));
    room.batches = 0;
    add(sender, 4);
    sender.flush();
    sent.length = 0;
    room.batches = Infinity;
    sender.reconnected();
    expect(sent).toEqual([
      [2, [2]],
      [3, [3]],
      [4, [4]],
    ]);
    sender.acknowledge(encodeAcknowledgement(4));
    sent.length = 0;
    sender.reconnected();
    expect(sent).toEqual([]);
  });

  it('waits for a channel that takes no more, and then goes on where it stopped', () => {
    const { sender, sent, room } = bench();
    room.batches = 1;
    for (const byte of [1, 2, 3]) {
      add(sender, byte);
      sender.flush();
    }
    expect(sent).toEqual([[1, [1]]]);
    room.batches = Infinity;
    sender.flush();
    expect(sent.map(([number]) => number)).toEqual([1, 2, 3]);
  });

  it('splits what is too large for one batch and ignores a malformed acknowledgement', () => {
    const { sender, sent } = bench();
    for (let byte = 1; byte <= 4; byte += 1) add(sender, byte, 500_000);
    sender.flush();
    expect(sent.flatMap(([, bytes]) => bytes)).toEqual([1, 2, 3, 4]);
    sender.acknowledge(new Uint8Array(9));
    sent.length = 0;
    sender.reconnected();
    expect(sent.flatMap(([, bytes]) => bytes)).toEqual([1, 2, 3, 4]);
  });

  it('stays bounded while nobody listens, and says in the log how much was lost', () => {
    const batches: ReturnType<typeof decodeRecordBatch>[] = [];
    let listening = false;
    const sender = new RecordSender({
      senderStartMs: 5,
      send: (bytes) => {
        if (listening) batches.push(decodeRecordBatch(bytes));
        return listening;
      },
    });
    for (let index = 0; index < 300; index += 1) add(sender, index % 256, 50_000);
    sender.flush();
    listening = true;
    sender.reconnected();
    add(sender, 0, 50_000);
    sender.flush();
    const records = batches.flatMap((batch) => batch.records);
    const kept = records.filter((record) => record.channel === 'pilot/tick').length;
    const notices = records.filter((record) => record.channel === 'log/lost');
    const last = JSON.parse(Buffer.from(notices.at(-1)!.payload).toString());
    expect(kept).toBeGreaterThan(60);
    expect(kept).toBeLessThan(100);
    // Reports of loss that were lost count as records too.
    expect(last.records).toBeGreaterThanOrEqual(301 - kept);
    expect(last.records).toBeLessThanOrEqual(2 * (301 - kept));
  });
});
