import { geodeticFromNed, nedFromGeodetic, type Geodetic } from '#protocols/frames.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { radiansFromDegrees } from '#protocols/units.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { seededRandom } from '#protocols/random.ts';
import { Autopilot } from './autopilot/autopilot.ts';
import { MavlinkEndpoint } from './autopilot/mavlink-endpoint.ts';
import { Parameters } from './autopilot/parameters.ts';
import type { Instruments } from './autopilot/telemetry/instruments.ts';
import { overlay } from './overlay.ts';
import { Battery, defaultBatteryParameters } from './physics/battery.ts';
import { Quadrotor } from './physics/quadrotor.ts';
import { defaultVehicleParameters } from './physics/vehicle-parameters.ts';
import { calmAir, Wind } from './physics/wind.ts';
import type { Scenario, ScenarioVehicle } from './scenario.ts';
import { Gnss } from './sensors/gnss.ts';
import { RangeRing } from './sensors/range-ring.ts';
import { defaultEstimateErrors, StateEstimate } from './sensors/state-estimate.ts';

/** 250 Hz, as PX4's SIH. */
export const STEP_MS = 4;
const STEP_S = STEP_MS / 1000;
/** Steps of 4 ms to one of the slow parts: air, battery and drift at 50 Hz, ring 10 Hz, GNSS 8 Hz. */
const SLOW_DIVIDER = 5;
const RING_DIVIDER = 25;
const GNSS_DIVIDER = 31;

/**
 * One PX4 stand-in: made physics and sensors around the autopilot, MAVLink on its wire. Pure: time
 * and frames come in, datagrams go out. One seed, one flight.
 */
export class Vehicle {
  readonly sysid: number;
  readonly quadrotor: Quadrotor;
  readonly battery: Battery;
  readonly estimate: StateEstimate;
  readonly autopilot: Autopilot;
  readonly #wind: Wind;
  readonly #ring: RangeRing;
  readonly #gnss: Gnss;
  readonly #endpoint: MavlinkEndpoint;
  #steps = 0;

  /** @param startUnixUs Unix time at boot, for SYSTEM_TIME only. */
  constructor(scenario: Scenario, options: ScenarioVehicle, startUnixUs = 0n) {
    const random = seededRandom(scenario.seed).fork(`vehicle-${options.sysid}`);
    const physics = overlay(defaultVehicleParameters, scenario.physics, options.physics);
    const yawRad = radiansFromDegrees(options.yawDeg);
    this.sysid = options.sysid;
    this.quadrotor = new Quadrotor(physics, options.homeNorthM, options.homeEastM, yawRad);
    this.battery = new Battery(
      overlay(defaultBatteryParameters, scenario.battery, options.battery),
    );
    this.#wind = new Wind(overlay(calmAir, scenario.wind), random.fork('wind'));
    this.estimate = new StateEstimate(
      this.quadrotor,
      defaultEstimateErrors,
      random.fork('estimate'),
    );
    this.#ring = new RangeRing(this.quadrotor, scenario.obstacles, random.fork('ring'));
    this.#gnss = new Gnss(this.quadrotor, scenario.origin, random.fork('gnss'));
    const { originNed } = this.estimate;
    this.autopilot = new Autopilot({
      profile: scenario.profile,
      parameters: new Parameters(scenario.profile, {
        MAV_SYS_ID: options.sysid,
        ...options.parameters,
      }),
      originAltAmslM: scenario.origin.altAmslM - originNed.z,
      random: random.fork('autopilot'),
      motion: this.estimate,
    });
    this.#endpoint = new MavlinkEndpoint({
      sysid: options.sysid,
      instruments: this.#instruments(scenario, startUnixUs),
      localOf: (position) => this.#localOf(scenario, position),
      rates: Object.fromEntries(
        Object.entries(scenario.rates).map(([msgid, hz]) => [Number(msgid), hz]),
      ),
    });
  }

  /** Milliseconds of simulated time since boot. */
  timeMs(): number {
    return this.#steps * STEP_MS;
  }

  /** Brings frames from the companion in: they act from the next step on. */
  receive(frames: readonly Frame[]): void {
    this.#endpoint.receive(frames);
  }

  /** One step of 4 ms: physics, sensors, autopilot. Returns the datagrams to send. */
  step(): Uint8Array[] {
    this.stepFlight();
    return this.#endpoint.step(this.timeMs());
  }

  /** As {@link Vehicle.step} without the wire. */
  stepFlight(): void {
    const slow = this.#steps % SLOW_DIVIDER === 0;
    if (slow) this.#stepSlow();
    if (this.#steps % RING_DIVIDER === 0) this.#ring.scan();
    if (this.#steps % GNSS_DIVIDER === 0) this.#gnss.step(GNSS_DIVIDER * STEP_S);
    this.#steps += 1;
    this.estimate.track();
    this.autopilot.step(STEP_S, this.#steps * STEP_S, this.battery.remaining());
    this.quadrotor.step(
      STEP_S,
      this.autopilot.throttle,
      this.#wind.velocityNed,
      this.battery.thrustScale(),
    );
  }

  #stepSlow(): void {
    const dtS = SLOW_DIVIDER * STEP_S;
    const { velocityNed } = this.quadrotor;
    const air = this.#wind.velocityNed;
    const dx = velocityNed.x - air.x;
    const dy = velocityNed.y - air.y;
    this.#wind.step(dtS, Math.sqrt(dx * dx + dy * dy));
    this.battery.step(dtS, this.quadrotor.motorThrustN);
    this.estimate.wander(dtS);
  }

  #instruments(scenario: Scenario, startUnixUs: bigint): Instruments {
    const { originNed } = this.estimate;
    const point = vector3(0, 0, 0);
    return {
      autopilot: this.autopilot,
      bootMs: () => this.timeMs(),
      unixUs: () => startUnixUs + BigInt(this.timeMs()) * 1000n,
      battery: this.battery,
      gnss: this.#gnss.fix,
      rangesM: this.#ring.rangesM,
      rangeLimitsM: this.#ring.limitsM,
      geodeticOf: (localNed) => {
        point.x = originNed.x + localNed.x;
        point.y = originNed.y + localNed.y;
        point.z = originNed.z + localNed.z;
        return geodeticFromNed(scenario.origin, point);
      },
    };
  }

  #localOf(scenario: Scenario, position: Geodetic): Vector3 {
    const ned = nedFromGeodetic(scenario.origin, position);
    const { originNed } = this.estimate;
    return vector3(ned.x - originNed.x, ned.y - originNed.y, ned.z - originNed.z);
  }
}
