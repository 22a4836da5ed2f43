import {
  Attitude,
  LocalPositionNed,
  SetPositionTargetLocalNed,
  StatusText,
  SysStatus,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import { GlobalPositionInt } from 'mavlink-mappings/dist/lib/standard.js';
import { decode } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { flightModeOf, isArmed } from '#protocols/mavlink/modes.ts';
import type { TlogRecord } from '#protocols/mavlink/tlog.ts';
import {
  known,
  locationMessage,
  stateMessages,
  textMessage,
  type ModeValue,
  type SetpointValue,
  type StateValue,
  type TrackMessage,
} from './track.ts';

const AUTOPILOT_COMPID = 1;

/** Bits of POSITION_TARGET_TYPEMASK that say "ignore". */
const IGNORE = { x: 1, y: 2, z: 4, vx: 8, vy: 16, vz: 32, yaw: 1024, yawRate: 2048 } as const;

/** One vehicle's telemetry log, packet by packet, as a track in its own EKF's frame. */
export class TlogTrack {
  readonly sysid: number;
  /** Packets of other vehicles, which were left out. */
  packetsForeign = 0;
  /** Packets that could not be framed: damaged, MAVLink 1, or of an unknown dialect. */
  packetsUnread = 0;
  readonly #state: StateValue = { frame: 'ekf' };
  readonly #framer = new Framer();
  #lastMode = '';

  constructor(sysid: number) {
    this.sysid = sysid;
  }

  /** Messages of one record of the log. */
  take({ unixUs, packet }: TlogRecord): TrackMessage[] {
    this.#framer.push(packet);
    this.#framer.endDatagram();
    const frame = this.#framer.next();
    if (frame === undefined) {
      this.packetsUnread += 1;
      return [];
    }
    const message = decode(frame);
    if (message instanceof SetPositionTargetLocalNed) {
      return message.targetSystem === this.sysid ? [setpointMessage(unixUs, message)] : [];
    }
    if (frame.sysid !== this.sysid) {
      this.packetsForeign += 1;
      return [];
    }
    return message === undefined || frame.compid !== AUTOPILOT_COMPID
      ? []
      : this.#ofVehicle(unixUs, message);
  }

  #ofVehicle(timeUs: bigint, message: MavLinkData): TrackMessage[] {
    if (message instanceof LocalPositionNed) {
      const { x: northM, y: eastM, z: downM, vx, vy, vz } = message;
      Object.assign(this.#state, { northM, eastM, downM });
      Object.assign(this.#state, {
        velocityNorthMps: vx,
        velocityEastMps: vy,
        velocityDownMps: vz,
      });
      return stateMessages(timeUs, { ...this.#state });
    }
    if (message instanceof Attitude) {
      const { roll: rollRad, pitch: pitchRad, yaw: yawRad } = message;
      Object.assign(this.#state, { rollRad, pitchRad, yawRad });
      return [];
    }
    if (message instanceof GlobalPositionInt) {
      const { lat, lon, alt } = message;
      const place = { latDeg: lat / 1e7, lonDeg: lon / 1e7, altAmslM: alt / 1000 };
      return [locationMessage(timeUs, place)];
    }
    if (message instanceof StatusText) return [textMessage(timeUs, message.severity, message.text)];
    if (message instanceof SysStatus) return [batteryMessage(timeUs, message)];
    return message instanceof Heartbeat ? this.#mode(timeUs, message) : [];
  }

  #mode(timeUs: bigint, heartbeat: Heartbeat): TrackMessage[] {
    if (heartbeat.autopilot !== MavAutopilot.PX4) return [];
    const mode = flightModeOf(heartbeat.customMode);
    const value: ModeValue = {
      ...(mode === undefined ? {} : { mode }),
      armed: isArmed(heartbeat.baseMode),
    };
    const text = JSON.stringify(value);
    if (text === this.#lastMode) return [];
    this.#lastMode = text;
    return [{ topic: '/vehicle/mode', timeUs, value }];
  }
}

const setpointMessage = (timeUs: bigint, message: SetPositionTargetLocalNed): TrackMessage => {
  const wanted = (field: keyof typeof IGNORE): number =>
    (message.typeMask & IGNORE[field]) === 0 ? message[field] : Number.NaN;
  const value: SetpointValue = known({
    northM: wanted('x'),
    eastM: wanted('y'),
    downM: wanted('z'),
    velocityNorthMps: wanted('vx'),
    velocityEastMps: wanted('vy'),
    velocityDownMps: wanted('vz'),
    yawRad: wanted('yaw'),
    yawRateRadps: wanted('yawRate'),
  });
  return { topic: '/vehicle/setpoint', timeUs, value };
};

/** UINT16_MAX, −1: MAVLink's "not known". */
const batteryMessage = (timeUs: bigint, message: SysStatus): TrackMessage => {
  const { voltageBattery: mv, currentBattery: ca, batteryRemaining: percent } = message;
  const value = known({
    voltageV: mv === 65_535 ? Number.NaN : mv / 1000,
    currentA: ca < 0 ? Number.NaN : ca / 100,
    remaining: percent < 0 ? Number.NaN : percent / 100,
  });
  return { topic: '/vehicle/battery', timeUs, value };
};
