import type { Geodetic } from '#protocols/frames.ts';
import type { FlightMode, LandedState } from '#protocols/mavlink/modes.ts';
import type { Random } from '#protocols/random.ts';
import type { Vector3 } from '#protocols/vector.ts';
import { AutoTrajectory } from './auto-trajectory.ts';
import { Commander, type RequestResult } from './commander.ts';
import { controlGains } from './control/control-gains.ts';
import { FlightControl, type Motion } from './control/flight-control.ts';
import { clearSetpoint, emptySetpoint } from './control/flight-setpoint.ts';
import type { ArmingReason } from './events/event-kinds.ts';
import { EstimatorHealth } from './estimator-health.ts';
import { Home } from './home.ts';
import type { PlanStore } from './mission/plan-store.ts';
import { LandDetector, type LiftCommand } from './land-detector.ts';
import { GcsLink } from './gcs-link.ts';
import { flightModes, type FlightModes } from './modes/flight-modes.ts';
import type { ModeBehaviour } from './modes/mode-behaviour.ts';
import { Navigator } from './navigator.ts';
import { OffboardStream } from './offboard-stream.ts';
import type { Parameters, Profile } from './parameters.ts';
import { situationAtBoot, type Situation } from './situation.ts';
import { TakeoffRamp } from './takeoff-ramp.ts';

/** Steps of the inner loop (4 ms) to one of the outer. */
const OUTER_DIVIDER = 5;
/** A changed parameter is in force only after about this long, as in PX4. */
const PARAMETER_DELAY_S = 0.3;

const GF_ACTION_HOLD = 2;
/** A commanded reboot leaves time for its ack. */
const REBOOT_DELAY_S = 0.4;
/** What the sensors say at a step. */
export interface Sensed {
  /** Charge left, 0..1. */
  batteryRemaining: number;
  gnssFix: boolean;
  /** The receiver's last fix. */
  gnss: Readonly<Geodetic> | undefined;
  /** Speed of the air over ground, m/s. */
  windMps: number;
}

export interface AutopilotOptions {
  profile: Profile;
  parameters: Parameters;
  /** Altitude of the EKF origin above mean sea level, by the autopilot's own knowledge. */
  originAltAmslM: number;
  random: Random;
  rebootsOnCommand: boolean;
  /** Estimates in local NED, kept up to date by the sensors. */
  motion: Motion;
  /** Mission, fence and rally points: they outlive a reboot. */
  plans: PlanStore;
  /** The vehicle's local NED of a WGS-84 position. */
  localOf: (position: Geodetic) => Vector3;
}

/** PX4's logic without its wire: sensors in, throttles out. Call {@link Autopilot.step} at 250 Hz. */
export class Autopilot {
  readonly situation: Situation;
  readonly commander = new Commander();
  readonly control: FlightControl;
  readonly stream = new OffboardStream();
  readonly setpoint = emptySetpoint();
  readonly modes: FlightModes;
  readonly gcs = new GcsLink();
  readonly home: Home;
  readonly navigator: Navigator;
  /** PX4's simulators refuse the command to reboot, flight controllers obey it. */
  readonly rebootsOnCommand: boolean;
  readonly #ramp = new TakeoffRamp();
  readonly #detector = new LandDetector();
  readonly #trajectory: AutoTrajectory;
  readonly #estimator: EstimatorHealth;
  readonly #command: LiftCommand = { thrust: 0, hoverThrust: 0.5, downMps: 0 };
  #behaviour: ModeBehaviour;
  #mode: FlightMode = 'AUTO_LOITER';
  #blind = false;
  #reposition: { targetNed: Readonly<Vector3>; yawRad: number } | undefined;
  #steps = 0;
  #rebootS = Number.POSITIVE_INFINITY;
  #gainsRevision = 0;
  #gainsDueS = Number.POSITIVE_INFINITY;

  constructor(options: AutopilotOptions) {
    const { parameters, profile, motion, random } = options;
    this.#estimator = new EstimatorHealth(profile, random);
    const { originAltAmslM } = options;
    this.situation = situationAtBoot({ profile, parameters, motion, originAltAmslM });
    this.rebootsOnCommand = options.rebootsOnCommand;
    this.home = new Home(random.fork('home'));
    this.control = new FlightControl(controlGains(parameters), parameters.get('MPC_THR_HOVER'));
    this.navigator = new Navigator(options.plans, options.localOf, this.situation.notices);
    this.#trajectory = new AutoTrajectory(parameters, profile === '1.15');
    this.modes = flightModes({
      trajectory: this.#trajectory,
      stream: this.stream,
      mission: this.navigator.mission,
      returnHome: () => void this.commander.returnHome(this.situation),
    });
    this.#behaviour = this.modes.loiter;
  }

  get throttle(): Float64Array {
    return this.control.throttle;
  }

  get landedState(): LandedState {
    if (this.situation.landed) return 'ON_GROUND';
    const { takeoff } = this.modes;
    if (this.#behaviour === takeoff && takeoff.isFromGround) return 'TAKEOFF';
    return this.#behaviour.landing ? 'LANDING' : 'IN_AIR';
  }

  get offboardStreamAlive(): boolean {
    return this.stream.isAlive(this.situation);
  }

  /** The commander has just had its turn: at 50 Hz. */
  get hasDecided(): boolean {
    return this.#steps % OUTER_DIVIDER === 1;
  }

  /** Arms and fixes home, if PX4 would. */
  arm(reason: ArmingReason): RequestResult {
    const wasArmed = this.commander.armed;
    const result = this.commander.arm(this.situation, reason);
    if (!wasArmed && this.commander.armed) this.home.fix(this.situation);
    return result;
  }

  /** DO_REPOSITION, in force when LOITER is entered; NaN keeps a coordinate or the heading. */
  repositionNext(targetNed: Readonly<Vector3>, yawRad: number): void {
    this.#reposition = { targetNed, yawRad };
  }

  /** DO_CHANGE_SPEED: horizontal speed of the mode that is flown now; not above 0 for the default. */
  changeSpeed(speedMps: number): void {
    this.#trajectory.cruiseMps = speedMps > 0 ? speedMps : Number.NaN;
  }

  /** Obeys a command to reboot, when the ack is out. */
  rebootSoon(): void {
    this.#rebootS = this.situation.timeS + REBOOT_DELAY_S;
  }

  get rebootIsDue(): boolean {
    return this.situation.timeS >= this.#rebootS;
  }

  /** A HEARTBEAT of a ground station has come. */
  hearGroundStation(): void {
    this.gcs.hear(this.situation.timeS);
  }

  /** The estimator has jumped by this much; home, kept on earth, moves with the origin. */
  shiftFrame(jumpNed: Readonly<Vector3>, yawRad: number, originMoved: boolean): void {
    this.#trajectory.shift(jumpNed, yawRad, originMoved);
    if (!originMoved) return;
    const { situation } = this;
    situation.originAltAmslM += jumpNed.z;
    const { x, y, z } = situation.homeNed;
    Object.assign(situation.homeNed, { x: x + jumpNed.x, y: y + jumpNed.y, z: z + jumpNed.z });
  }

  step(dtS: number, timeS: number, sensed: Readonly<Sensed>): void {
    const { situation } = this;
    situation.timeS = timeS;
    // One by one: Object.assign looks them up by name at every step.
    situation.batteryRemaining = sensed.batteryRemaining;
    situation.gnssFix = sensed.gnssFix;
    situation.gnss = sensed.gnss;
    situation.windMps = sensed.windMps;
    if (this.#steps % OUTER_DIVIDER === 0) this.#stepOuter(dtS * OUTER_DIVIDER);
    this.#steps += 1;
    const { phase } = this.#ramp;
    if (this.commander.terminated) {
      this.control.throttle.fill(0);
    } else if (phase === 'rampup' || phase === 'flight') {
      this.control.stepAttitude(dtS, situation.motion);
    } else if (phase === 'disarmed') {
      this.control.throttle.fill(0);
    } else {
      // Spooled up and waiting: turning, not lifting.
      this.control.throttle.fill(0.05);
    }
  }

  #stepOuter(dtS: number): void {
    const { situation, commander } = this;
    this.#estimator.judge(situation);
    this.#refreshGains();
    this.navigator.step(situation);
    this.gcs.step(situation.timeS);
    commander.step(situation, {
      offboardStream: this.offboardStreamAlive,
      gcsLost: this.gcs.isLost(situation.timeS, situation.parameters),
      // A mode asked for since the last step has not begun: what finished is the one before it.
      modeFinished: this.#behaviour.finished && commander.mode === this.#mode,
    });
    if (commander.armed && !situation.armed) situation.armedAtS = situation.timeS;
    situation.armed = commander.armed;
    this.home.step(situation);
    this.#followMode();
    clearSetpoint(this.setpoint);
    this.#behaviour.step(dtS, situation, this.setpoint);
    this.#lift(dtS);
    this.#detect(dtS);
  }

  #followMode(): void {
    const { mode, descendingBlind } = this.commander;
    if (mode !== this.#mode || descendingBlind !== this.#blind) this.#enterMode();
    if (this.#reposition === undefined) return;
    const { targetNed, yawRad } = this.#reposition;
    if (this.#behaviour === this.modes.loiter) {
      this.modes.loiter.reposition(targetNed.x, targetNed.y, targetNed.z, yawRad);
    }
    this.#reposition = undefined;
  }

  #enterMode(): void {
    const { takeoff, loiter, descend, behaviours } = this.modes;
    const tookOff = this.#behaviour === takeoff && takeoff.finished;
    const stays = tookOff || this.#behaviour.staying === true;
    const from = this.#mode;
    this.#mode = this.commander.mode;
    this.#blind = this.commander.descendingBlind;
    this.#behaviour = this.#blind ? descend : (behaviours.get(this.#mode) ?? loiter);
    if (stays && this.#behaviour === loiter) loiter.continueToTarget();
    this.#behaviour.enter(this.situation, from);
    this.#holdAtFence();
  }

  /** Hold for a breach of the fence goes back to where the breach was noticed. */
  #holdAtFence(): void {
    const { breached, breachNed } = this.navigator.geofence;
    const { positionNed } = this.situation.motion;
    const { loiter } = this.modes;
    const holds = this.#behaviour === loiter && this.commander.failsafe.action === 'hold';
    if (!breached || !holds || this.situation.parameters.get('GF_ACTION') !== GF_ACTION_HOLD)
      return;
    const yawRad = Math.atan2(breachNed.y - positionNed.y, breachNed.x - positionNed.x);
    loiter.reposition(breachNed.x, breachNed.y, breachNed.z, yawRad);
  }

  #lift(dtS: number): void {
    const { situation, control } = this;
    const ramp = this.#ramp;
    const wants = this.#behaviour.wantsTakeoff;
    ramp.step(dtS, situation.armed, situation.landed, wants, situation.parameters);
    if (ramp.phase === 'disarmed') {
      control.stop();
    } else if (ramp.phase === 'rampup' || ramp.phase === 'flight') {
      const { setpoint } = this;
      const rampLimitMps = ramp.climbLimitMps(situation.parameters);
      setpoint.climbLimitMps = Math.min(setpoint.climbLimitMps, rampLimitMps);
      control.stepPosition(dtS, setpoint, situation.motion, ramp.phase === 'flight');
    } else {
      control.idle();
    }
  }

  #detect(dtS: number): void {
    const { situation, control } = this;
    // Stopped for good, whatever the controllers want.
    this.#command.thrust = this.commander.terminated ? 0 : control.position.thrust;
    this.#command.hoverThrust = control.hover.value;
    this.#command.downMps = control.position.velocitySetpointNed.z;
    this.#detector.step(dtS, this.#ramp.phase, this.#command, situation);
    situation.landed = this.#detector.landed;
    if (this.#detector.contact && this.#ramp.phase === 'flight') control.idle();
  }

  #refreshGains(): void {
    const { parameters, timeS } = this.situation;
    if (parameters.revision !== this.#gainsRevision) {
      this.#gainsRevision = parameters.revision;
      this.#gainsDueS = timeS + PARAMETER_DELAY_S;
    }
    if (timeS < this.#gainsDueS) return;
    this.#gainsDueS = Number.POSITIVE_INFINITY;
    this.control.gains = controlGains(parameters);
  }
}
