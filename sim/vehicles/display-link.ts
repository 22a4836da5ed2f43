import { HilStateQuaternion } from 'mavlink-mappings/dist/lib/common.js';
import {
  Heartbeat,
  MavAutopilot,
  type MavModeFlag,
  MavState,
  MavType,
} from 'mavlink-mappings/dist/lib/minimal.js';
import { geodeticFromNed, type Origin } from '#protocols/frames.ts';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { baseModeOf, customModeOf } from '#protocols/mavlink/modes.ts';
import type { Vehicle } from '../vehicle.ts';

/** Steps of 4 ms to one state: 25 Hz, as PX4's own simulator. */
const STATE_DIVIDER = 10;
const HEARTBEAT_DIVIDER = 250;

const COMPID = 1;

/**
 * What PX4's own simulator (SIH) sends to a display, UDP 19410 + N: the true state and the mode. Nobody
 * may fly by it; it is for whoever draws or judges a simulated flight.
 */
export class DisplayLink {
  readonly #vehicle: Vehicle;
  readonly #origin: Origin;
  readonly #encoder: Encoder;
  #steps = 0;

  constructor(vehicle: Vehicle, origin: Origin) {
    this.#vehicle = vehicle;
    this.#origin = origin;
    this.#encoder = new Encoder(vehicle.sysid, COMPID);
  }

  /** Packets to send after this step of 4 ms. */
  step(): Uint8Array[] {
    this.#steps += 1;
    const packets: Uint8Array[] = [];
    if (this.#steps % HEARTBEAT_DIVIDER === 0)
      packets.push(this.#encoder.encode(this.#heartbeat()));
    if (this.#steps % STATE_DIVIDER === 0) packets.push(this.#encoder.encode(this.#state()));
    return packets;
  }

  #heartbeat(): Heartbeat {
    const { mode, armed, failsafeActive } = this.#vehicle.autopilot.commander;
    const message = new Heartbeat();
    message.type = MavType.QUADROTOR;
    message.autopilot = MavAutopilot.PX4;
    message.baseMode = baseModeOf(mode, { armed, offboardStream: true }) as MavModeFlag;
    message.customMode = customModeOf(mode);
    const calm = armed ? MavState.ACTIVE : MavState.STANDBY;
    message.systemStatus = failsafeActive ? MavState.CRITICAL : calm;
    message.mavlinkVersion = 3;
    return message;
  }

  #state(): HilStateQuaternion {
    const { positionNed, velocityNed, attitude, ratesFrd } = this.#vehicle.quadrotor;
    const place = geodeticFromNed(this.#origin, positionNed);
    const message = new HilStateQuaternion();
    message.timeUsec = BigInt(Math.round(this.#vehicle.timeMs() * 1000));
    message.attitudeQuaternion = [attitude.w, attitude.x, attitude.y, attitude.z];
    message.rollspeed = ratesFrd.x;
    message.pitchspeed = ratesFrd.y;
    message.yawspeed = ratesFrd.z;
    message.lat = Math.round(place.latDeg * 1e7);
    message.lon = Math.round(place.lonDeg * 1e7);
    message.alt = Math.round(place.altAmslM * 1000);
    message.vx = Math.round(velocityNed.x * 100);
    message.vy = Math.round(velocityNed.y * 100);
    message.vz = Math.round(velocityNed.z * 100);
    return message;
  }
}
