import {
  Heartbeat,
  MavAutopilot,
  type MavModeFlag,
  MavState,
  MavType,
} from 'mavlink-mappings/dist/lib/minimal.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Frame } from './framer.ts';
import { flightModeOf, isArmed } from './modes.ts';
import type { FlightMode } from './modes.ts';

/** MAVLink's heartbeat period (mavlink.io/en/services/heartbeat.html), for ours and PX4's. */
export const HEARTBEAT_INTERVAL_MS = 1000;

/** Three periods and a half: three heartbeats in a row must be missing. */
const DEFAULT_LOST_AFTER_MS = 3500;

/** MAV_COMP_ID_AUTOPILOT1: PX4 forwards other components' heartbeats on the same link. */
const AUTOPILOT_COMPID = 1;

/** Packets after which the older half of the loss record fades: about 2.5 s of PX4's traffic. */
const QUALITY_WINDOW_PACKETS = 1024;

/**
 * The companion's own heartbeat: an onboard controller that is no autopilot. Not a ground station,
 * or PX4 would take the companion's death for the loss of the ground station.
 */
export const companionHeartbeat = (): Heartbeat => {
  const heartbeat = new Heartbeat();
  heartbeat.type = MavType.ONBOARD_CONTROLLER;
  heartbeat.autopilot = MavAutopilot.INVALID;
  heartbeat.baseMode = 0 as MavModeFlag;
  heartbeat.customMode = 0;
  heartbeat.systemStatus = MavState.ACTIVE;
  heartbeat.mavlinkVersion = 3;
  return heartbeat;
};

export interface AutopilotStatus {
  /** A heartbeat came no longer ago than the limit. */
  connected: boolean;
  /** Undefined before the first heartbeat, and for a mode without a name here. */
  mode: FlightMode | undefined;
  customMode: number;
  armed: boolean;
  /** MAV_STATE: on PX4 3 ready, 4 armed, 5 failsafe, 8 terminated. */
  systemStatus: number;
  /** Since the last heartbeat; infinite before the first. */
  heartbeatAgeMs: number;
  /** Since any packet of the autopilot; infinite before the first. */
  packetAgeMs: number;
  /** Share of the autopilot's recent packets that arrived, by their sequence numbers; 1 when none. */
  linkQuality: number;
}

/**
 * What the autopilot says of itself: only component 1 of one system, only MAV_AUTOPILOT_PX4.
 * PX4 sends heartbeats strictly at 1 Hz and none on a change, so a mode here is up to 1 s old.
 */
export class AutopilotTracker {
  readonly #sysid: number;
  readonly #lostAfterMs: number;
  #heartbeat: Heartbeat | undefined;
  #heartbeatMs = Number.NEGATIVE_INFINITY;
  #packetMs = Number.NEGATIVE_INFINITY;
  #sequence: number | undefined;
  #received = 0;
  #missing = 0;

  constructor(sysid: number, lostAfterMs = DEFAULT_LOST_AFTER_MS) {
    this.#sysid = sysid;
    this.#lostAfterMs = lostAfterMs;
  }

  /**
   * Takes every frame of the link with its decoded message, if it could be decoded.
   * Says whether the frame is the autopilot's own: what anyone else sends deserves no trust.
   */
  observe(frame: Frame, message: MavLinkData | undefined, nowMs: number): boolean {
    if (frame.sysid !== this.#sysid || frame.compid !== AUTOPILOT_COMPID) return false;
    this.#packetMs = nowMs;
    this.#countSequence(frame.sequence);
    if (message instanceof Heartbeat && message.autopilot === MavAutopilot.PX4) {
      this.#heartbeat = message;
      this.#heartbeatMs = nowMs;
    }
    return true;
  }

  status(nowMs: number): AutopilotStatus {
    const heartbeat = this.#heartbeat;
    const customMode = heartbeat?.customMode ?? 0;
    const total = this.#received + this.#missing;
    return {
      connected: nowMs - this.#heartbeatMs <= this.#lostAfterMs,
      mode: flightModeOf(customMode),
      customMode,
      armed: heartbeat !== undefined && isArmed(heartbeat.baseMode),
      systemStatus: heartbeat?.systemStatus ?? MavState.UNINIT,
      heartbeatAgeMs: nowMs - this.#heartbeatMs,
      packetAgeMs: nowMs - this.#packetMs,
      linkQuality: total === 0 ? 1 : this.#received / total,
    };
  }

  #countSequence(sequence: number): void {
    const step = this.#sequence === undefined ? 1 : (sequence - this.#sequence) & 0xff;
    this.#received += 1;
    // A step beyond half the circle is an old packet that was overtaken, or a repeated one.
    if (step > 0 && step < 128) {
      this.#missing += step - 1;
      this.#sequence = sequence;
    } else if (step >= 128 && this.#missing > 0) {
      this.#missing -= 1;
    }
    if (this.#received + this.#missing > QUALITY_WINDOW_PACKETS) {
      this.#received /= 2;
      this.#missing /= 2;
    }
  }
}
