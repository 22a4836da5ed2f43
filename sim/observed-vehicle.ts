import type { FlightMode } from '#protocols/mavlink/modes.ts';
import type { Vector3 } from '#protocols/vector.ts';
import type { Vehicle } from './vehicle.ts';

/** A simulated vehicle as it truly is, whoever simulates it. Null: not to be seen there. */
export interface ObservedVehicle {
  readonly sysid: number;
  /** Mission NED, m. */
  readonly positionNed: Readonly<Vector3>;
  readonly onGround: boolean;
  readonly touchdownSpeedMps: number | null;
  /** 0..1. */
  readonly batteryRemaining: number | null;
  /** Undefined until known. */
  readonly mode: FlightMode | undefined;
  readonly armed: boolean;
  readonly failsafe: boolean;
  /** Since the last setpoint that counts; infinite before the first. */
  readonly setpointAgeMs: number | null;
}

/** The truth of one of our own stand-ins. */
export class ObservedStandIn implements ObservedVehicle {
  readonly #vehicle: Vehicle;

  constructor(vehicle: Vehicle) {
    this.#vehicle = vehicle;
  }

  get sysid(): number {
    return this.#vehicle.sysid;
  }

  get positionNed(): Readonly<Vector3> {
    return this.#vehicle.quadrotor.positionNed;
  }

  get onGround(): boolean {
    return this.#vehicle.quadrotor.onGround;
  }

  get touchdownSpeedMps(): number {
    return this.#vehicle.quadrotor.touchdownSpeedMps;
  }

  get batteryRemaining(): number {
    return this.#vehicle.battery.remaining();
  }

  get mode(): FlightMode {
    return this.#vehicle.autopilot.commander.mode;
  }

  get armed(): boolean {
    return this.#vehicle.autopilot.commander.armed;
  }

  get failsafe(): boolean {
    return this.#vehicle.autopilot.commander.failsafeActive;
  }

  get setpointAgeMs(): number {
    const { stream, situation } = this.#vehicle.autopilot;
    return stream.ageS(situation.timeS) * 1000;
  }
}
