import type { ChannelName, LogRecord, NumberedRecord } from '#protocols/log/record.ts';
import { readFlight } from '#protocols/log/reader.ts';
import type { Disk } from '#protocols/log/disk-port.ts';
import type { FlightInfo } from '#protocols/log/segment-meta.ts';
import { FlightWriter, type LogTime } from '#protocols/log/writer.ts';

import { CrashingDisk } from '#sim/machine/crashing-disk.ts';

export const flight: FlightInfo = {
  flight: 'search-7',
  sysid: 3,
  bootEpoch: 12,
  versions: { skein: '0.1.0', model: 'quad-1' },
};

export const timeAt = (monotonicMs: number): LogTime => ({
  monotonicMs,
  unixUs: 1_790_000_000_000_000n + BigInt(Math.round(monotonicMs * 1000)),
});

const channels: ChannelName[] = ['pilot/tick', 'mind/plan', 'mesh/in', 'versions'];

export const recordAt = (index: number): LogRecord => ({
  channel: channels[index % channels.length]!,
  ...(({ monotonicMs, unixUs }) => ({ monotonicMs, logTimeUs: unixUs }))(timeAt(20 * index)),
  payload: new TextEncoder().encode(`record ${index} `.repeat(1 + (index % 3))),
});

/** Records `from` … `to` − 1 as one commit. */
export const commitRecords = async (
  writer: FlightWriter,
  from: number,
  to: number,
  atMs = 20 * to,
): ReturnType<FlightWriter['commit']> => {
  for (let index = from; index < to; index += 1) writer.append(recordAt(index));
  return writer.commit(timeAt(atMs));
};

/** Two closed segments and a clean end: 12 records. */
export const smallFlight = async (info: FlightInfo = flight): Promise<CrashingDisk> => {
  const disk = new CrashingDisk();
  const writer = await FlightWriter.open(disk, info, timeAt(0), { segmentMs: 100 });
  await commitRecords(writer, 0, 4, 50);
  await commitRecords(writer, 4, 7, 150);
  await commitRecords(writer, 7, 10, 200);
  for (let index = 10; index < 12; index += 1) writer.append(recordAt(index));
  await writer.close(timeAt(240));
  return disk;
};

export const readAll = async (disk: Disk): Promise<NumberedRecord[]> => {
  const records: NumberedRecord[] = [];
  for await (const record of readFlight(disk)) records.push(record);
  return records;
};

export const expectedRecords = (count: number): NumberedRecord[] =>
  Array.from({ length: count }, (_, number) => ({ number, ...recordAt(number) }));
