import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Instruments } from './instruments.ts';
import {
  altitudeMessage,
  attitudeMessage,
  attitudeQuaternionMessage,
  attitudeTargetMessage,
  globalPositionMessage,
  localPositionMessage,
  positionTargetMessage,
  vfrHudMessage,
} from './motion-messages.ts';
import {
  globalOriginMessage,
  gpsMessage,
  homeMessage,
  obstacleMessage,
  servoMessage,
  versionMessage,
} from './place-messages.ts';
import {
  batteryMessage,
  currentModeMessage,
  estimatorMessage,
  extendedStateMessage,
  heartbeatMessage,
  sysStatusMessage,
  systemTimeMessage,
  timesyncMessage,
} from './status-messages.ts';

type Maker = () => MavLinkData | undefined;

interface StreamDeclaration {
  readonly msgid: number;
  /** Rate on PX4's onboard link; 0 = only on request. */
  readonly defaultHz: number;
  /** PX4 is silent about these before the estimator has aligned. */
  readonly needsAlignment: boolean;
  readonly maker: (instruments: Instruments) => Maker;
}

const stream = (
  msgid: number,
  defaultHz: number,
  maker: (instruments: Instruments) => Maker,
  needsAlignment = false,
): StreamDeclaration => ({ msgid, defaultHz, needsAlignment, maker });

/** Messages that this stand-in can send, with PX4's onboard rates (330 is our range sensor's). */
const DECLARATIONS: readonly StreamDeclaration[] = [
  stream(0, 1, heartbeatMessage),
  stream(1, 5, sysStatusMessage),
  stream(2, 1, systemTimeMessage),
  stream(24, 8, gpsMessage),
  stream(30, 100, attitudeMessage, true),
  stream(31, 50, attitudeQuaternionMessage, true),
  stream(32, 30, localPositionMessage),
  stream(33, 50, globalPositionMessage, true),
  stream(36, 10, servoMessage),
  stream(49, 0, globalOriginMessage),
  stream(74, 10, vfrHudMessage),
  stream(83, 10, attitudeTargetMessage),
  stream(85, 10, positionTargetMessage),
  stream(111, 10, timesyncMessage),
  stream(141, 10, altitudeMessage),
  stream(147, 0.5, batteryMessage),
  stream(148, 0, versionMessage),
  stream(230, 1, estimatorMessage),
  stream(242, 0.5, homeMessage),
  stream(245, 5, extendedStateMessage),
  stream(330, 10, obstacleMessage),
  stream(436, 0.5, currentModeMessage),
];

/** Greatest rate that a request gets, as PX4's own limit. */
const RATE_MAX_HZ = 250;

interface Stream {
  readonly msgid: number;
  readonly defaultHz: number;
  readonly needsAlignment: boolean;
  readonly make: Maker;
  hz: number;
  dueMs: number;
}

/** Which messages go out when. Rates as requested by SET_MESSAGE_INTERVAL; times since boot. */
export class Streams {
  readonly #streams: readonly Stream[];
  readonly #byId: ReadonlyMap<number, Stream>;
  readonly #instruments: Instruments;

  /** @param rates overrides of the default rates by message id, Hz. */
  constructor(instruments: Instruments, rates: Readonly<Record<number, number>> = {}) {
    this.#instruments = instruments;
    this.#streams = DECLARATIONS.map(({ msgid, defaultHz, needsAlignment, maker }) => ({
      msgid,
      defaultHz: rates[msgid] ?? defaultHz,
      needsAlignment,
      make: maker(instruments),
      hz: rates[msgid] ?? defaultHz,
      dueMs: 0,
    }));
    this.#byId = new Map(this.#streams.map((entry) => [entry.msgid, entry]));
  }

  /** Hands every message that is due to `send`. */
  step(nowMs: number, send: (message: MavLinkData) => void): void {
    const { aligned } = this.#instruments.autopilot.situation;
    for (const entry of this.#streams) {
      if (entry.hz <= 0 || nowMs < entry.dueMs) continue;
      const periodMs = 1000 / entry.hz;
      entry.dueMs = Math.max(entry.dueMs + periodMs, nowMs + periodMs / 2);
      if (entry.needsAlignment && !aligned) continue;
      const message = entry.make();
      if (message !== undefined) send(message);
    }
  }

  /** One message now; undefined when it is unknown or has nothing to say yet. */
  once(msgid: number): MavLinkData | undefined {
    return this.#byId.get(msgid)?.make();
  }

  knows(msgid: number): boolean {
    return this.#byId.has(msgid);
  }

  /** SET_MESSAGE_INTERVAL: µs between two, −1 off, 0 the default. False for an unknown message. */
  setMessageInterval(msgid: number, intervalUs: number): boolean {
    const entry = this.#byId.get(msgid);
    if (entry === undefined || !Number.isFinite(intervalUs)) return false;
    if (intervalUs < 0) entry.hz = 0;
    else if (intervalUs === 0) entry.hz = entry.defaultHz;
    else entry.hz = Math.min(RATE_MAX_HZ, 1e6 / intervalUs);
    entry.dueMs = 0;
    return true;
  }

  /** MESSAGE_INTERVAL's answer: µs, −1 when off, 0 when unknown. */
  intervalUs(msgid: number): number {
    const entry = this.#byId.get(msgid);
    if (entry === undefined) return 0;
    return entry.hz > 0 ? Math.round(1e6 / entry.hz) : -1;
  }
}
