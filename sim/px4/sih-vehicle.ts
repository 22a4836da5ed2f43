import { HilStateQuaternion } from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat, MavAutopilot, MavState } from 'mavlink-mappings/dist/lib/minimal.js';
import { nedFromGeodetic, type Origin } from '#protocols/frames.ts';
import { decode } from '#protocols/mavlink/codec.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { flightModeOf, isArmed, type FlightMode } from '#protocols/mavlink/modes.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { ObservedVehicle } from '../observed-vehicle.ts';

/** Lower than this above where it first stood, a vehicle stands; SIH's ground is flat. */
const ON_GROUND_M = 0.15;

/**
 * The truth of a PX4 whose built-in simulator (SIH) flies it, as its display link tells it:
 * HIL_STATE_QUATERNION at 25 Hz and a HEARTBEAT a second, UDP 19410 + N (px4-rc.mavlink). Its
 * setpoints and battery are not to be seen there.
 */
export class SihVehicle implements ObservedVehicle {
  readonly sysid: number;
  readonly positionNed: Vector3 = vector3(0, 0, 0);
  readonly batteryRemaining = null;
  readonly setpointAgeMs = null;
  touchdownSpeedMps: number | null = null;
  onGround = true;
  mode: FlightMode | undefined;
  armed = false;
  failsafe = false;
  /** A state has come. */
  heard = false;
  readonly #origin: Origin;
  #groundDownM = 0;

  /** @param origin the mission's. */
  constructor(sysid: number, origin: Origin) {
    this.sysid = sysid;
    this.#origin = origin;
  }

  /** Takes what came on the display link; frames of other systems are ignored. */
  receive(frames: readonly Frame[]): void {
    for (const frame of frames) {
      if (frame.sysid !== this.sysid) continue;
      const message = decode(frame);
      if (message instanceof HilStateQuaternion) this.#state(message);
      else if (message instanceof Heartbeat && message.autopilot === MavAutopilot.PX4) {
        this.mode = flightModeOf(message.customMode);
        this.armed = isArmed(message.baseMode);
        this.failsafe = message.systemStatus >= MavState.CRITICAL;
      }
    }
  }

  #state(message: HilStateQuaternion): void {
    const place = {
      latDeg: message.lat / 1e7,
      lonDeg: message.lon / 1e7,
      altAmslM: message.alt / 1000,
    };
    const ned = nedFromGeodetic(this.#origin, place);
    this.positionNed.x = ned.x;
    this.positionNed.y = ned.y;
    this.positionNed.z = ned.z;
    if (!this.heard) this.#groundDownM = ned.z;
    this.heard = true;
    const onGround = this.#groundDownM - ned.z < ON_GROUND_M;
    if (onGround && !this.onGround) this.touchdownSpeedMps = Math.max(0, message.vz / 100);
    this.onGround = onGround;
  }
}
