import { Fault } from '../fault.ts';

/** The last signing time accepted from one sender on one of its links. */
export interface SignedStream {
  sysid: number;
  compid: number;
  linkId: number;
  /** 10 µs units since 2015-01-01, 48 bits. */
  timestamp: number;
}

/** What must survive a restart, or recorded packets could be played again. */
export interface SigningState {
  timestamp: number;
  streams: readonly SignedStream[];
}

const VERSION = 1;
const CAPACITY_STREAMS = 64;

/** @param key which key it belongs to: `signingKeyName`. */
export const signingStateText = (state: SigningState, key: string): string =>
  `${JSON.stringify({ version: VERSION, key, ...state })}\n`;

/**
 * Reads what {@link signingStateText} wrote; undefined when it belongs to another key, with which no packet
 * that is believed now was signed. Throws the Fault `signing-state-invalid`: starting with
 * an empty state instead would let recorded packets in again without a word.
 */
export const parseSigningState = (
  text: string,
  file: string,
  key: string,
): SigningState | undefined => {
  const invalid = (field: string): never => {
    throw new Fault(
      'signing-state-invalid',
      `${file}: ${field} is not what a signing state holds`,
      {
        exit: 'refused',
        data: { file, field },
        remedy:
          'Restore the file. Deleting it is possible too, but lets packets in that were recorded in the last minute.',
      },
    );
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return invalid('the text');
  }
  if (!isRecord(value) || value['version'] !== VERSION) return invalid('version');
  const { timestamp, streams, key: of } = value;
  if (typeof of !== 'string') return invalid('key');
  if (of !== key) return undefined;
  if (!isWhole(timestamp, 2 ** 48 - 1)) return invalid('timestamp');
  if (!Array.isArray(streams) || streams.length > CAPACITY_STREAMS) return invalid('streams');
  return {
    timestamp,
    streams: streams.map((stream: unknown, index) =>
      isStream(stream) ? stream : invalid(`streams[${index}]`),
    ),
  };
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isWhole = (value: unknown, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;

const isStream = (value: unknown): value is SignedStream =>
  isRecord(value) &&
  isWhole(value['sysid'], 255) &&
  isWhole(value['compid'], 255) &&
  isWhole(value['linkId'], 255) &&
  isWhole(value['timestamp'], 2 ** 48 - 1);
