import { MSG_ID_MAGIC_NUMBER } from 'mavlink-mappings/dist/lib/magic-numbers.js';

/**
 * CRC extras of messages that PX4 v1.15–v1.18 sends and mavlink-mappings does not define.
 * Each was recovered from recorded packets of PX4 SITL: the one byte that makes every checksum right.
 */
const RECOVERED: Readonly<Record<number, number>> = {
  8: 117,
  290: 251,
  291: 10,
  345: 209,
  380: 232,
  410: 160,
  411: 106,
  514: 197,
};

const CRC_EXTRAS: ReadonlyMap<number, number> = new Map(
  [...Object.entries(MSG_ID_MAGIC_NUMBER), ...Object.entries(RECOVERED)].map(([msgid, extra]) => [
    Number(msgid),
    extra,
  ]),
);

/** The CRC extra of a message, undefined for a message id that nobody here knows. */
export const crcExtraOf = (msgid: number): number | undefined => CRC_EXTRAS.get(msgid);
