import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { modeMessages } from './identity-messages.ts';
import type { Instruments } from './instruments.ts';
import { LinkTraffic } from './link-traffic.ts';
import { SILENT_STREAMS, STREAMS, type LinkKind } from './stream-catalogue.ts';

const AVAILABLE_MODES = 435;

/** Greatest rate that a request gets, as PX4's own limit. */
const RATE_MAX_HZ = 250;

interface Stream {
  readonly msgid: number;
  readonly defaultHz: number;
  readonly needsAlignment: boolean;
  readonly onlyNews: boolean;
  /** What the last one said, of those that are only sent as news. */
  said: string;
  readonly make: () => MavLinkData | undefined;
  hz: number;
  dueMs: number;
}

/** Remembers what is said; the time of saying it is no news. */
const isNews = (entry: Stream, message: MavLinkData): boolean => {
  const says = JSON.stringify({ ...message, timeUsec: 0 });
  if (says === entry.said) return false;
  entry.said = says;
  return true;
};

export interface StreamsOptions {
  kind: LinkKind;
  /** Overrides of the default rates by message id, Hz. */
  rates?: Readonly<Record<number, number>>;
}

/**
 * Which messages go out on one link, and when. Rates as requested by SET_MESSAGE_INTERVAL; times since
 * boot. As in PX4 a stream's first message comes after its first interval.
 */
export class Streams {
  /** What the link has carried; the link counts, LINK_NODE_STATUS tells. */
  readonly traffic = new LinkTraffic();
  readonly #streams: readonly Stream[];
  readonly #byId: ReadonlyMap<number, Stream>;
  /** Those with a rate, in the same order: agents ask for few. */
  #running: readonly Stream[];
  readonly #instruments: Instruments;
  /** No stream is due before. */
  #nextMs = 0;

  constructor(instruments: Instruments, { kind, rates = {} }: StreamsOptions) {
    this.#instruments = instruments;
    const { profile } = instruments.autopilot.situation;
    this.#streams = STREAMS.filter(({ profiles }) => profiles.includes(profile)).map(
      ({ msgid, defaultHz, needsAlignment, onlyNews, maker }) => {
        const hz = rates[msgid] ?? defaultHz[kind];
        return {
          msgid,
          defaultHz: hz,
          needsAlignment,
          onlyNews,
          said: '',
          make: maker(instruments, this.traffic),
          hz,
          dueMs: hz > 0 ? 1000 / hz : 0,
        };
      },
    );
    this.#running = this.#streams.filter(({ hz }) => hz > 0);
    this.#byId = new Map(this.#streams.map((entry) => [entry.msgid, entry]));
  }

  /** Hands every message that is due to `send`. */
  step(nowMs: number, send: (message: MavLinkData) => void): void {
    if (nowMs < this.#nextMs) return;
    const { aligned } = this.#instruments.autopilot.situation;
    let nextMs = Number.POSITIVE_INFINITY;
    this.#nextMs = nextMs;
    for (let index = 0; index < this.#running.length; index += 1) {
      const entry = this.#running[index]!;
      if (nowMs < entry.dueMs) {
        if (entry.dueMs < nextMs) nextMs = entry.dueMs;
        continue;
      }
      const periodMs = 1000 / entry.hz;
      entry.dueMs = Math.max(entry.dueMs + periodMs, nowMs + periodMs / 2);
      if (entry.dueMs < nextMs) nextMs = entry.dueMs;
      if (entry.needsAlignment && !aligned) continue;
      const message = entry.make();
      if (message === undefined || (entry.onlyNews && !isNews(entry, message))) continue;
      send(message);
    }
    this.#nextMs = nextMs;
  }

  /**
   * REQUEST_MESSAGE: hands what there is to say now to `send`, which may be nothing. False for a
   * message that PX4 does not send. `index` is the command's second parameter.
   */
  request(msgid: number, index: number, send: (message: MavLinkData) => void): boolean {
    if (msgid === AVAILABLE_MODES) {
      const modes = modeMessages(this.#instruments.autopilot.situation.profile, index);
      for (const message of modes) send(message);
      return modes.length > 0;
    }
    const entry = this.#byId.get(msgid);
    if (entry === undefined) return SILENT_STREAMS.has(msgid);
    const message = entry.make();
    if (message !== undefined) send(message);
    return true;
  }

  /** SET_MESSAGE_INTERVAL: µs between two, −1 off, 0 the default. False for an unknown message. */
  setMessageInterval(msgid: number, intervalUs: number): boolean {
    const entry = this.#byId.get(msgid);
    if (!Number.isFinite(intervalUs)) return false;
    if (entry === undefined) return msgid === AVAILABLE_MODES || SILENT_STREAMS.has(msgid);
    if (intervalUs < 0) entry.hz = 0;
    else if (intervalUs === 0) entry.hz = entry.defaultHz;
    else entry.hz = Math.min(RATE_MAX_HZ, 1e6 / intervalUs);
    entry.dueMs = 0;
    this.#nextMs = 0;
    this.#running = this.#streams.filter(({ hz }) => hz > 0);
    return true;
  }

  /** MESSAGE_INTERVAL's answer: µs, −1 when off, 0 when unknown. */
  intervalUs(msgid: number): number {
    const entry = this.#byId.get(msgid);
    if (entry === undefined) return 0;
    return entry.hz > 0 ? Math.round(1e6 / entry.hz) : -1;
  }
}
