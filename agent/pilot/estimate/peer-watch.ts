import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Frame } from '#protocols/mavlink/framer.ts';

/** PX4 sends its HEARTBEAT strictly once a second: more than this many in the window come from two. */
const WINDOW_MS = 5000;
const MOST_HEARTBEATS = 7;

/** By then eight heartbeats of two autopilots would have come, whatever their phases, and one more in doubt. */
const LISTEN_MS = 4500;

/** A word stays true for so long after what gave rise to it. */
const HEARD_MS = 5000;

/** Whether who speaks on the link is one PX4, and in words what is wrong when it is not. */
export class PeerWatch {
  readonly #sysid: number;
  readonly #heartbeatsMs: number[] = [];
  #firstMs: number | undefined;
  #strangeMs = Number.NEGATIVE_INFINITY;
  #strange: string | undefined;

  constructor(sysid: number) {
    this.#sysid = sysid;
  }

  /** Takes every frame of the link, the trusted and the others. */
  observe({ sysid, compid }: Frame, message: MavLinkData | undefined, nowMs: number): void {
    if (!(message instanceof Heartbeat) || sysid !== this.#sysid || compid !== 1) return;
    this.#firstMs ??= nowMs;
    if (message.autopilot === MavAutopilot.PX4) {
      this.#heartbeatsMs.push(nowMs);
      if (this.#heartbeatsMs.length > MOST_HEARTBEATS + 1) this.#heartbeatsMs.shift();
    } else {
      this.#strangeMs = nowMs;
      this.#strange =
        message.autopilot === MavAutopilot.ARDUPILOTMEGA
          ? 'ArduPilot: PX4 needed (its modes, OFFBOARD, failsafes are missing)'
          : `autopilot type ${message.autopilot} is not PX4`;
    }
  }

  /** Whether it has listened for long enough that silence of {@link trouble} means one autopilot. */
  hasListened(nowMs: number): boolean {
    return this.#firstMs !== undefined && nowMs - this.#firstMs >= LISTEN_MS;
  }

  /** Undefined while one PX4, or nobody, is heard. */
  trouble(nowMs: number): string | undefined {
    if (nowMs - this.#strangeMs < HEARD_MS) return this.#strange;
    const first = this.#heartbeatsMs[0] ?? Number.NEGATIVE_INFINITY;
    const many = this.#heartbeatsMs.length > MOST_HEARTBEATS && nowMs - first < WINDOW_MS;
    return many ? `two autopilots with system id ${this.#sysid}` : undefined;
  }
}
