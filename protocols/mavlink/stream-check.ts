import { MavCmd, MessageInterval } from 'mavlink-mappings/dist/lib/common.js';
import { intervalRequest, type StreamRates } from './stream-request.ts';
import type { VehicleSession } from './vehicle-session.ts';

export interface StreamFinding {
  msgid: number;
  wantedHz: number;
  /** What the vehicle says (MESSAGE_INTERVAL): 0 off; undefined when it did not say. */
  saidHz: number | undefined;
  /** What came. */
  seenHz: number;
  /** Seen at 80 % of what is wanted at least. */
  fine: boolean;
}

/** A stream that comes slower than this share of what was asked for is not what was asked for. */
const LEAST_SHARE = 0.8;
const DEFAULT_WINDOW_MS = 3000;

/**
 * Asks for streams, and checks that they come: by what the vehicle says of each and by counting.
 * PX4 scales all streams down when a link is too slow for them, without a word.
 */
export const checkStreams = async (
  session: VehicleSession,
  wanted: StreamRates,
  windowMs = DEFAULT_WINDOW_MS,
): Promise<StreamFinding[]> => {
  const said = new Map<number, number | undefined>();
  for (const [msgid, rateHz] of wanted) {
    await session.command(intervalRequest(msgid, rateHz));
    said.set(msgid, await intervalOf(session, msgid));
  }
  const seen = await session.measure(windowMs);
  return [...wanted].map(([msgid, wantedHz]) => {
    const seenHz = seen.rateHz(msgid, windowMs);
    const fine = wantedHz === 0 ? seenHz === 0 : seenHz >= LEAST_SHARE * wantedHz;
    return { msgid, wantedHz, saidHz: said.get(msgid), seenHz, fine };
  });
};

/** GET_MESSAGE_INTERVAL. */
const intervalOf = async (session: VehicleSession, msgid: number): Promise<number | undefined> => {
  const answer = session.next(MessageInterval);
  const { result } = await session.command({
    command: MavCmd.GET_MESSAGE_INTERVAL,
    params: [msgid],
  });
  if (result !== 'accepted') return undefined;
  const interval = await answer;
  if (interval?.messageId !== msgid) return undefined;
  return interval.intervalUs > 0 ? 1e6 / interval.intervalUs : 0;
};
