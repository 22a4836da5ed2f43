import type { StreamRates } from '#protocols/mavlink/stream-request.ts';

/** Answers, and what PX4 says unasked: ids of mavlink/common. */
const ANSWERS: readonly number[] = [
  0, // HEARTBEAT
  2, // SYSTEM_TIME
  22, // PARAM_VALUE
  49, // GPS_GLOBAL_ORIGIN
  77, // COMMAND_ACK
  111, // TIMESYNC
  148, // AUTOPILOT_VERSION
  246, // ADSB_VEHICLE
  253, // STATUSTEXT
  345, // PARAM_ERROR
  410, // EVENT
  411, // CURRENT_EVENT_SEQUENCE
  413, // RESPONSE_EVENT_ERROR
];

/**
 * Every message that the pilot reads. Others are dropped at its door, before anything decodes them:
 * what nobody asked for can neither confuse it nor fill its record.
 */
export const heardMessages = (streams: StreamRates): ReadonlySet<number> =>
  new Set([...ANSWERS, ...streams.keys()]);
