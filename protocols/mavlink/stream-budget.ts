import { Fault } from '../fault.ts';
import { messageShape } from './codec.ts';
import { USUAL_BAUDS } from './connection-string.ts';
import type { StreamRates } from './stream-request.ts';

/** Start byte to checksum, without the payload. */
const OVERHEAD_BYTES = 12;

/** A signature besides. */
const SIGNATURE_BYTES = 13;

/** Start, eight data and stop bit. */
const BITS_PER_BYTE = 10;

/** Left for acks, parameters, events and heartbeats, and because a full line delays everything. */
const USABLE_SHARE = 0.8;

/** HEARTBEAT (0): always, and at this rate. */
const UNASKED: StreamRates = new Map([[0, 1]]);

const LARGEST_PAYLOAD_BYTES = 255;

export interface StreamLoad {
  msgid: number;
  rateHz: number;
  bytesPerS: number;
}

export interface StreamBudget {
  /** What the line can carry in one direction, bytes/s. */
  capacityBytesPerS: number;
  /** What may be used of it. */
  usableBytesPerS: number;
  neededBytesPerS: number;
  fits: boolean;
  /** The largest first. */
  streams: StreamLoad[];
}

interface BudgetOptions {
  signed?: boolean;
}

/**
 * Whether streams at these rates fit through a serial line, 8N1, in one direction. Counts every payload
 * at its full length, though trailing zeros are cut off on the wire; a message that is not known here
 * counts as the longest there is.
 */
export const streamBudget = (
  rates: StreamRates,
  baud: number,
  { signed = false }: BudgetOptions = {},
): StreamBudget => {
  const streams = [...new Map([...rates, ...UNASKED])]
    .map(([msgid, rateHz]) => {
      const payload = messageShape(msgid)?.payloadBytes ?? LARGEST_PAYLOAD_BYTES;
      const bytes = payload + OVERHEAD_BYTES + (signed ? SIGNATURE_BYTES : 0);
      return { msgid, rateHz, bytesPerS: bytes * Math.max(0, rateHz) };
    })
    .toSorted((one, other) => other.bytesPerS - one.bytesPerS);
  const neededBytesPerS = streams.reduce((sum, { bytesPerS }) => sum + bytesPerS, 0);
  const capacityBytesPerS = baud / BITS_PER_BYTE;
  const usableBytesPerS = capacityBytesPerS * USABLE_SHARE;
  const fits = neededBytesPerS <= usableBytesPerS;
  return { capacityBytesPerS, usableBytesPerS, neededBytesPerS, fits, streams };
};

/**
 * Throws the Fault `link-too-slow` (exit refused), which names the largest streams, when the streams do
 * not fit through the line.
 */
export const assertStreamsFit = (
  rates: StreamRates,
  baud: number,
  options: BudgetOptions = {},
): void => {
  const budget = streamBudget(rates, baud, options);
  if (budget.fits) return;
  const { neededBytesPerS, usableBytesPerS, streams } = budget;
  const largest = streams
    .slice(0, 3)
    .map(
      ({ msgid, rateHz, bytesPerS }) =>
        `${messageShape(msgid)?.name ?? `message ${msgid}`} at ${rateHz} Hz takes ${Math.round(bytesPerS)}`,
    )
    .join(', ');
  const needed = Math.round(neededBytesPerS);
  throw new Fault(
    'link-too-slow',
    `the streams need ${needed} bytes/s, and ${baud} baud leaves ${Math.round(usableBytesPerS)}: ${largest}`,
    {
      exit: 'refused',
      data: { baud, neededBytesPerS: needed, usableBytesPerS },
      remedy: `Raise the baud rate at both ends (SER_TEL1_BAUD and the like) to ${fastEnough(neededBytesPerS)} or more.`,
    },
  );
};

const fastEnough = (bytesPerS: number): number => {
  const least = (bytesPerS * BITS_PER_BYTE) / USABLE_SHARE;
  return USUAL_BAUDS.find((rate) => rate >= least) ?? Math.ceil(least);
};
