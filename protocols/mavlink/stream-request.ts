import { MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import type { CommandRequest } from './command.ts';

/** Message id → rate in Hz; 0 turns the stream off. */
export type StreamRates = ReadonlyMap<number, number>;

/** SET_MESSAGE_INTERVAL's "off". */
const INTERVAL_OFF_US = -1;

/**
 * Message ids that PX4 v1.15 and v1.18 SITL stream on the onboard link unasked, as recorded.
 * HEARTBEAT (0) is left out: it must never be turned off.
 */
const PX4_ONBOARD_STREAMS: readonly number[] = [
  1, 2, 4, 8, 24, 29, 30, 31, 32, 33, 36, 74, 83, 85, 87, 105, 111, 132, 141, 147, 230, 241, 242,
  245, 290, 291, 331, 380, 436, 441, 514, 12901, 12904,
];

/**
 * One SET_MESSAGE_INTERVAL command for each stream: those wanted at their rates first, then those
 * that PX4 would send unasked turned off, which saves about two thirds of its 408 packets/s.
 * PX4 answers `failed` for a stream it does not have; that is no reason to stop.
 */
export const streamRequests = (wanted: StreamRates): CommandRequest[] => [
  ...[...wanted].map(([msgid, rateHz]) => intervalRequest(msgid, rateHz)),
  ...PX4_ONBOARD_STREAMS.filter((msgid) => !wanted.has(msgid)).map((msgid) =>
    intervalRequest(msgid, 0),
  ),
];

/** SET_MESSAGE_INTERVAL for one message; 0 Hz turns it off. */
export const intervalRequest = (msgid: number, rateHz: number): CommandRequest => ({
  command: MavCmd.SET_MESSAGE_INTERVAL,
  params: [msgid, rateHz > 0 ? 1e6 / rateHz : INTERVAL_OFF_US],
});
