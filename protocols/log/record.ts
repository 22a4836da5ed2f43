import { Fault } from '../fault.ts';

/** json and msgpack as MCAP names them; x-skein: a fixed layout of this project's own. */
type Encoding = 'json' | 'msgpack' | 'x-skein';

interface ChannelSpec {
  /** Number in batches and in MCAP files: never reuse one. */
  readonly id: number;
  readonly encoding: Encoding;
  readonly meaning: string;
}

/** Every channel of a flight's log. A record on a channel that is not here is refused. */
export const CHANNELS = {
  'log/mark': { id: 0, encoding: 'x-skein', meaning: "running hash; the log writer's own" },
  'log/lost': {
    id: 1,
    encoding: 'json',
    meaning: 'records that a sender dropped since its start: { records }',
  },
  config: { id: 2, encoding: 'json', meaning: 'configuration that a process runs with' },
  versions: { id: 3, encoding: 'json', meaning: 'code, model and mission versions in force' },
  'process/event': { id: 4, encoding: 'json', meaning: 'supervisor: started, died, restarted' },
  'pilot/start': { id: 16, encoding: 'x-skein', meaning: 'what the pilot was created with' },
  'pilot/tick': {
    id: 17,
    encoding: 'x-skein',
    meaning: 'inbox and outbox of a tick: tick-record.ts',
  },
  'pilot/status': { id: 18, encoding: 'x-skein', meaning: 'channel/pilot-status.ts' },
  'mind/start': { id: 32, encoding: 'x-skein', meaning: 'what the mind was created with' },
  'mind/tick': {
    id: 33,
    encoding: 'x-skein',
    meaning: 'inbox and outbox of a tick: tick-record.ts',
  },
  'mind/inference': { id: 34, encoding: 'msgpack', meaning: 'request digest and its answer' },
  'mind/plan': { id: 35, encoding: 'msgpack', meaning: 'chosen and rejected rollouts, threshold' },
  'mind/belief': { id: 36, encoding: 'msgpack', meaning: 'snapshot of the belief' },
  'mesh/in': { id: 48, encoding: 'x-skein', meaning: 'an accepted envelope, as it travelled' },
  'mesh/out': { id: 49, encoding: 'x-skein', meaning: 'an envelope of our own, as it travelled' },
  'mesh/status': { id: 50, encoding: 'msgpack', meaning: 'peers, refusals, bytes' },
} as const satisfies Record<string, ChannelSpec>;

export type ChannelName = keyof typeof CHANNELS;

/** The channel of the writer's running hash; no sender may write it. */
export const MARK_CHANNEL = 'log/mark';

/** One thing that a process saw, decided or sent. Its encoding is its channel's. */
export interface LogRecord {
  channel: ChannelName;
  /** CLOCK_MONOTONIC of the drone, ms; the log keeps it to the nanosecond. */
  monotonicMs: number;
  /** Unix time, µs: for people only. */
  logTimeUs: bigint;
  payload: Uint8Array;
}

/** A record as it stands in a log. */
export interface NumberedRecord extends LogRecord {
  /** Place in the flight, from 0, without gaps. */
  number: number;
}

/** Twice this fits into one channel frame, so a batch always holds at least one record. */
export const MAX_RECORD_BYTES = 1 << 19;

/** MCAP keeps nanoseconds in 64 bits. */
const MAX_TIME_US = (2n ** 64n - 1n) / 1000n;
const MAX_MONOTONIC_MS = 2 ** 63 / 1e6;

const namesById = new Map<number, ChannelName>(
  (Object.keys(CHANNELS) as ChannelName[]).map((name) => [CHANNELS[name].id, name]),
);

/** Undefined for a number that no channel has. */
export const channelNameOf = (id: number): ChannelName | undefined => namesById.get(id);

/** Throws Fault 'log-record-invalid' on a payload too long or a time that the log cannot hold. */
export const checkRecord = (record: LogRecord): void => {
  const { monotonicMs, logTimeUs, payload } = record;
  const timesFit =
    monotonicMs >= 0 &&
    monotonicMs < MAX_MONOTONIC_MS &&
    logTimeUs >= 0n &&
    logTimeUs <= MAX_TIME_US;
  if (timesFit && payload.length <= MAX_RECORD_BYTES) return;
  throw new Fault('log-record-invalid', `a record on ${record.channel} does not fit the log`, {
    data: {
      channel: record.channel,
      bytes: payload.length,
      maxBytes: MAX_RECORD_BYTES,
      monotonicMs,
      logTimeUs: String(logTimeUs),
    },
  });
};
