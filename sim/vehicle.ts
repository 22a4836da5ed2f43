import { geodeticFromNed, nedFromGeodetic, type Geodetic } from '#protocols/frames.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { radiansFromDegrees } from '#protocols/units.ts';
import { subtract, vector3, type Vector3 } from '#protocols/vector.ts';
import { seededRandom, type Random } from '#protocols/random.ts';
import { Autopilot, type Sensed } from './autopilot/autopilot.ts';
import { MavlinkEndpoint, type OutgoingDatagrams } from './autopilot/mavlink-endpoint.ts';
import { PlanStore } from './autopilot/mission/plan-store.ts';
import { SigningCard } from './autopilot/message-signing.ts';
import { Parameters } from './autopilot/parameters.ts';
import type { Instruments } from './autopilot/telemetry/instruments.ts';
import type { LinkKind } from './autopilot/telemetry/stream-catalogue.ts';
import type { Injury } from './injury.ts';
import { overlay } from './overlay.ts';
import { Battery, defaultBatteryParameters } from './physics/battery.ts';
import { Quadrotor } from './physics/quadrotor.ts';
import { defaultVehicleParameters } from './physics/vehicle-parameters.ts';
import { calmAir, Wind } from './physics/wind.ts';
import { WindField } from './world/wind-field.ts';
import type { Scenario, ScenarioVehicle } from './scenario.ts';
import { Gnss } from './sensors/gnss.ts';
import { RangeRing } from './sensors/range-ring.ts';
import { SensorErrors } from './sensors/sensor-errors.ts';
import { defaultEstimateErrors, StateEstimate } from './sensors/state-estimate.ts';

/** 250 Hz, as PX4's SIH. */
export const STEP_MS = 4;
const STEP_S = STEP_MS / 1000;
/** Steps of 4 ms to one of the slow parts: air, battery and drift at 50 Hz, ring 10 Hz, GNSS 8 Hz. */
const SLOW_DIVIDER = 5;
const RING_DIVIDER = 25;
const GNSS_DIVIDER = 31;
/** From the reset of a flight controller to its first message. */
const REBOOT_STEPS = 3000 / STEP_MS;

/** What a flight controller that starts anew sends. */
const SILENCE: Readonly<OutgoingDatagrams> = { onboard: [], ground: [] };

/** What a reboot makes anew. */
interface FlightController {
  readonly estimate: StateEstimate;
  readonly autopilot: Autopilot;
  readonly endpoint: MavlinkEndpoint;
}

/**
 * One PX4 stand-in: made physics and sensors around the autopilot, MAVLink on its wire. Pure: time
 * and frames come in, datagrams go out. One seed, one flight.
 */
export class Vehicle {
  readonly sysid: number;
  readonly quadrotor: Quadrotor;
  readonly battery: Battery;
  readonly wind: Wind;
  readonly ring: RangeRing;
  readonly sensorErrors = new SensorErrors();
  readonly #scenario: Scenario;
  readonly #startUnixUs: bigint;
  readonly #random: Random;
  readonly #windField: WindField | undefined;
  readonly #gnss: Gnss;
  readonly #parameters: Parameters;
  /** Mission, fence and rally points lie on the memory card: a reboot keeps them. */
  readonly #plans = new PlanStore();
  readonly #signing: SigningCard;
  readonly #sensed: Sensed = { batteryRemaining: 1, gnssFix: false, gnss: undefined, windMps: 0 };
  #controller: FlightController;
  #outgoing = SILENCE;
  #boots = 0;
  #steps = 0;
  #bootStep = 0;
  /** Until this step the flight controller starts anew and is neither heard nor hears. */
  #darkUntilStep = 0;

  /** @param startUnixUs Unix time at the first boot, for SYSTEM_TIME only. */
  constructor(
    scenario: Scenario,
    options: ScenarioVehicle,
    startUnixUs = 0n,
    chance: Random = seededRandom(scenario.seed),
  ) {
    const random = chance.fork(`vehicle-${options.sysid}`);
    const physics = overlay(defaultVehicleParameters, scenario.physics, options.physics);
    const yawRad = radiansFromDegrees(options.yawDeg);
    this.sysid = options.sysid;
    this.#scenario = scenario;
    this.#startUnixUs = startUnixUs;
    this.#random = random;
    this.quadrotor = new Quadrotor(physics, options.homeNorthM, options.homeEastM, yawRad);
    const battery = overlay(defaultBatteryParameters, scenario.battery, options.battery);
    this.battery = new Battery(battery);
    this.wind = new Wind(overlay(calmAir, scenario.wind), random.fork('wind'));
    this.#windField =
      scenario.windField && new WindField(scenario.windField, { ...this.wind.velocityNed });
    this.ring = new RangeRing(this.quadrotor, scenario.obstacles, random.fork('ring'));
    this.#gnss = new Gnss(this.quadrotor, scenario.origin, random.fork('gnss'), this.sensorErrors);
    this.#gnss.zones = scenario.noGnssZones;
    this.#parameters = new Parameters(scenario.profile, {
      MAV_SYS_ID: options.sysid,
      ...options.parameters,
    });
    this.#signing = new SigningCard(scenario.profile);
    this.#controller = this.#boot();
  }

  /** What the autopilot believes of its motion; a reboot makes a new one. */
  get estimate(): StateEstimate {
    return this.#controller.estimate;
  }

  /** The flight controller's logic; a reboot makes a new one. */
  get autopilot(): Autopilot {
    return this.#controller.autopilot;
  }

  /** Milliseconds of simulated time since the first boot. */
  timeMs(): number {
    return this.#steps * STEP_MS;
  }

  /** Milliseconds since the flight controller's last boot: what its messages say. */
  bootMs(): number {
    return (this.#steps - this.#bootStep) * STEP_MS;
  }

  /** Whether its GNSS receiver works, hears the truth, and has satellites where it is. */
  get hasGnss(): boolean {
    return this.#gnss.works && this.sensorErrors.lie === undefined;
  }

  /** Does harm to the vehicle, at once. */
  injure(injury: Injury): void {
    switch (injury.kind) {
      case 'gnss':
        this.#gnss.works = injury.works;
        break;
      case 'battery':
        this.battery.setRemaining(injury.remaining);
        break;
      case 'groundStation':
        this.autopilot.gcs.deaf = !injury.heard;
        break;
      case 'reboot':
        this.#controller = this.#boot();
        this.#darkUntilStep = this.#steps + REBOOT_STEPS;
        break;
      case 'estimateReset': {
        const jumpNed = vector3(injury.northM, injury.eastM, injury.downM);
        const yawRad = radiansFromDegrees(injury.yawDeg);
        this.#shiftEstimate(jumpNed, yawRad, injury.origin === 'moves');
        break;
      }
    }
  }

  #shiftEstimate(jumpNed: Readonly<Vector3>, yawRad: number, originMoves: boolean): void {
    this.estimate.reset(jumpNed, yawRad, originMoves);
    this.autopilot.shiftFrame(jumpNed, yawRad, originMoves);
  }

  /** Brings frames from the companion, or from the ground station, in: they act from the next step on. */
  receive(frames: readonly Frame[], kind: LinkKind = 'onboard'): void {
    if (!this.#isDark()) this.#controller.endpoint.receive(frames, kind);
  }

  /** Datagrams of the last step for the ground station; none without a link to one. */
  get toGround(): readonly Uint8Array[] {
    return this.#outgoing.ground;
  }

  /** One step of 4 ms: physics, sensors, autopilot. Returns the datagrams for the companion. */
  step(): readonly Uint8Array[] {
    this.stepFlight();
    this.#outgoing = this.#isDark() ? SILENCE : this.#controller.endpoint.step(this.bootMs());
    return this.#outgoing.onboard;
  }

  /** As {@link Vehicle.step} without the wire. */
  stepFlight(): void {
    const slow = this.#steps % SLOW_DIVIDER === 0;
    if (slow) this.#stepSlow();
    if (this.#steps % RING_DIVIDER === 0) this.ring.scan();
    if (this.#steps % GNSS_DIVIDER === 0) this.#gnss.step(GNSS_DIVIDER * STEP_S);
    this.#steps += 1;
    // Only now is the estimator born: its origin is where the vehicle has come to rest, or fallen to.
    if (this.#steps === this.#darkUntilStep) this.#controller = this.#boot();
    this.estimate.track();
    if (!this.#isDark()) {
      this.autopilot.step(STEP_S, this.bootMs() / 1000, this.#sense());
    }
    this.quadrotor.step(
      STEP_S,
      this.autopilot.throttle,
      this.wind.velocityNed,
      this.battery.thrustScale(),
    );
  }

  #sense(): Sensed {
    const { x, y } = this.wind.velocityNed;
    this.#sensed.batteryRemaining = this.battery.remaining();
    this.#sensed.gnssFix = this.#gnss.fix.hasFix;
    this.#sensed.gnss = this.#gnss.fix;
    this.#sensed.windMps = Math.sqrt(x * x + y * y);
    return this.#sensed;
  }

  #stepSlow(): void {
    const dtS = SLOW_DIVIDER * STEP_S;
    const { velocityNed } = this.quadrotor;
    const air = this.wind.velocityNed;
    const dx = velocityNed.x - air.x;
    const dy = velocityNed.y - air.y;
    if (this.autopilot.rebootIsDue) this.injure({ kind: 'reboot' });
    this.wind.step(dtS, Math.sqrt(dx * dx + dy * dy));
    this.#windField?.blow(this.wind.velocityNed, this.quadrotor.positionNed);
    this.battery.step(dtS, this.quadrotor.motorThrustN);
    this.estimate.wander(dtS);
    if (!this.#gnss.works) this.estimate.coast(dtS, this.autopilot.situation.positionValid);
    else if (this.#gnss.fix.hasFix) {
      const jumpNed = this.estimate.aid(dtS);
      if (jumpNed !== undefined) this.autopilot.shiftFrame(jumpNed, 0, false);
    }
  }

  #isDark(): boolean {
    return this.#steps < this.#darkUntilStep;
  }

  /** A flight controller as it leaves its boot loader: it knows nothing but its parameters. */
  #boot(): FlightController {
    const scenario = this.#scenario;
    const { sysid, quadrotor, sensorErrors } = this;
    const random = this.#boots === 0 ? this.#random : this.#random.fork(`boot-${this.#boots}`);
    this.#boots += 1;
    this.#bootStep = this.#steps;
    const noise = random.fork('estimate');
    const estimate = new StateEstimate(quadrotor, defaultEstimateErrors, noise, sensorErrors);
    const localOf = (position: Geodetic): Vector3 =>
      subtract(nedFromGeodetic(scenario.origin, position), estimate.originNed);
    const moveOrigin = (position: Geodetic): void => {
      const { x, y, z } = localOf(position);
      this.#shiftEstimate(vector3(-x, -y, -z), 0, true);
    };
    const autopilot = new Autopilot({
      profile: scenario.profile,
      parameters: this.#parameters,
      originAltAmslM: scenario.origin.altAmslM - estimate.originNed.z,
      random: random.fork('autopilot'),
      rebootsOnCommand: scenario.rebootsOnCommand,
      motion: estimate,
      plans: this.#plans,
      localOf,
    });
    const endpoint = new MavlinkEndpoint({
      sysid,
      instruments: this.#instruments(autopilot, estimate),
      localOf,
      moveOrigin,
      groundLink: scenario.groundLink !== undefined,
      signing: this.#signing,
      rates: Object.fromEntries(
        Object.entries(scenario.rates).map(([msgid, hz]) => [Number(msgid), hz]),
      ),
    });
    return { estimate, autopilot, endpoint };
  }

  #instruments(autopilot: Autopilot, estimate: StateEstimate): Instruments {
    const { originNed } = estimate;
    const { origin } = this.#scenario;
    const { attitude, ratesFrd, positionNed, velocityNed, accelerationNed } = this.quadrotor;
    const point = vector3(0, 0, 0);
    return {
      autopilot,
      estimateResets: () => estimate.resetCounter,
      rejectsGnss: () => estimate.rejectsGnss,
      bootMs: () => this.bootMs(),
      unixUs: () => this.#startUnixUs + BigInt(this.timeMs()) * 1000n,
      battery: this.battery,
      gnss: this.#gnss.fix,
      truth: {
        attitude,
        ratesFrd,
        velocityNed,
        accelerationNed,
        geodetic: () => geodeticFromNed(origin, positionNed),
      },
      rangesM: this.ring.rangesM,
      rangeLimitsM: this.ring.limitsM,
      geodeticOf: (localNed) => {
        point.x = originNed.x + localNed.x;
        point.y = originNed.y + localNed.y;
        point.z = originNed.z + localNed.z;
        return geodeticFromNed(origin, point);
      },
    };
  }
}
