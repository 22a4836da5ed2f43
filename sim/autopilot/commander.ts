import { MavSeverity } from 'mavlink-mappings/dist/lib/common.js';
import type { FlightMode } from '#protocols/mavlink/modes.ts';
import { reasonAgainstArming, type ArmingState } from './arming/arming-checks.ts';
import { AutoDisarm } from './arming/auto-disarm.ts';
import { Calibration } from './calibration.ts';
import { ARMING_REASON, COMMANDER_EVENTS, type ArmingReason } from './events/event-kinds.ts';
import { BatteryWarning, type BatteryLevel } from './failsafe/battery-warning.ts';
import { Failsafe } from './failsafe/failsafe.ts';
import { isWorse, modeOfAction } from './failsafe/response.ts';
import { substituteMode } from './failsafe/substitute-mode.ts';
import { troublesOf } from './failsafe/troubles.ts';
import { canFailsafeFly, lacking, preventsArming, type Conditions } from './mode-requirements.ts';
import type { Situation } from './situation.ts';
import { slotOf } from './parameters.ts';

const COM_FAIL_ACT_T = slotOf('COM_FAIL_ACT_T');

/** MAV_RESULT of a request. */
export type RequestResult =
  | 'accepted'
  | 'temporarilyRejected'
  | 'denied'
  | 'unsupported'
  | 'failed'
  | 'inProgress';

export interface CommanderInputs {
  /** The offboard stream is alive. */
  offboardStream: boolean;
  gcsLost: boolean;
  /** The present mode's task is done. */
  modeFinished: boolean;
}

const REASON_TEXTS: Readonly<Record<ArmingReason, string>> = {
  externalCommand: 'external command',
  missionStart: 'mission start',
  landing: 'landing',
  preflight: 'auto preflight disarming',
  failsafe: 'failsafe',
};

/**
 * PX4's commander: arming, the mode that the operator intends, the mode that failsafes put in its
 * place, and auto-disarm. A mode lost to a failsafe comes back by itself when the cause has gone.
 */
export class Commander {
  armed = false;
  intendedMode: FlightMode = 'AUTO_LOITER';
  mode: FlightMode = 'AUTO_LOITER';
  readonly failsafe = new Failsafe();
  readonly calibration = new Calibration();
  /** Somebody wants to hear how the arming checks stand. */
  reportAsked = false;
  readonly #battery = new BatteryWarning();
  readonly #autoDisarm = new AutoDisarm();
  #batteryAtArming: BatteryLevel = 'none';
  #modeAfterDisarming: FlightMode = 'AUTO_LOITER';
  #modeRequested = false;
  #takeoffS = Number.NaN;
  #conditions: Conditions = {
    attitude: false,
    localPosition: false,
    globalPosition: false,
    home: false,
    mission: false,
    offboardSignal: false,
    manualControl: false,
    external: false,
  };
  #gcsLost = true;

  /** Acting against the intention: HEARTBEAT then says MAV_STATE_CRITICAL. */
  get failsafeActive(): boolean {
    return isWorse(this.failsafe.action, 'warn');
  }

  /** Motors stopped for good, by command or by a failsafe. */
  get terminated(): boolean {
    return this.failsafe.action === 'terminate' || (this.armed && this.mode === 'TERMINATION');
  }

  /** Sinking level, by attitude alone: the mode that flies when there is neither position nor pilot. */
  get descendingBlind(): boolean {
    return this.failsafe.action === 'descend';
  }

  /** Until then a sensor is being calibrated, seconds since boot. */
  get calibratingUntilS(): number {
    return this.calibration.untilS;
  }

  /** Since arming, seconds since boot; NaN before. */
  get takenOffS(): number {
    return this.#takeoffS;
  }

  get batteryLevel(): BatteryLevel {
    return this.#battery.level;
  }

  canArm(situation: Situation): boolean {
    if (this.isCalibrating(situation)) return false;
    return reasonAgainstArming(this.armingState(situation)) === undefined;
  }

  isCalibrating({ timeS }: Situation): boolean {
    return timeS < this.calibratingUntilS;
  }

  /** The intended mode waits for somebody else: for a mission, a stream of setpoints, its companion. */
  get lacksPartner(): boolean {
    const missing = lacking(this.intendedMode, this.#conditions);
    return missing === 'mission' || missing === 'offboardSignal' || missing === 'external';
  }

  /** What the arming checks look at. */
  armingState(situation: Situation): ArmingState {
    const { profile, parameters, batteryRemaining, gnssFix } = situation;
    return {
      profile,
      mode: this.intendedMode,
      armed: this.armed,
      conditions: this.#conditions,
      parameters,
      battery: this.#battery.level,
      batteryRemaining,
      gnssFix,
      gcsLost: this.#gcsLost,
      fenceBreached: situation.geofenceBreached,
      terminated: this.terminated,
    };
  }

  arm(situation: Situation, reason: ArmingReason): RequestResult {
    if (this.armed) return 'accepted';
    const { notices } = situation;
    if (this.isCalibrating(situation)) {
      notices.complain('Arming denied: calibrating', COMMANDER_EVENTS.armingDeniedCalibrating());
      return 'temporarilyRejected';
    }
    if (!this.canArm(situation)) {
      const denied = COMMANDER_EVENTS.armingDenied();
      notices.complain('Arming denied: Resolve system health failures first', denied);
      return 'temporarilyRejected';
    }
    this.armed = true;
    this.#autoDisarm.armed(situation.timeS);
    this.#batteryAtArming = this.#battery.level;
    this.#takeoffS = Number.NaN;
    const armed = COMMANDER_EVENTS.armed(ARMING_REASON[reason]);
    notices.inform(`Armed by ${REASON_TEXTS[reason]}`, armed);
    return 'accepted';
  }

  disarm(situation: Situation, forced: boolean): RequestResult {
    if (!this.armed) return 'accepted';
    if (!situation.landed && !forced) {
      const denied = COMMANDER_EVENTS.disarmingDenied();
      situation.notices.complain('Disarming denied: not landed', denied);
      return 'temporarilyRejected';
    }
    this.#stop(situation, 'externalCommand');
    return 'accepted';
  }

  requestMode(mode: FlightMode, { notices }: Situation): RequestResult {
    const locked = this.armed && this.terminated;
    if (locked || (this.armed && lacking(mode, this.#conditions) !== undefined)) {
      notices.complain(`Switching to ${mode} is currently not available`);
      return 'temporarilyRejected';
    }
    this.#intend(mode);
    this.#modeRequested = true;
    return 'accepted';
  }

  /** NAV_RETURN_TO_LAUNCH, as a command and as an item of a mission. */
  returnHome(situation: Situation): RequestResult {
    const result = this.requestMode('AUTO_RTL', situation);
    if (result === 'accepted') {
      situation.notices.inform('Returning to launch', COMMANDER_EVENTS.returning());
    }
    return result;
  }

  /** A setpoint counts at once: clients ask for OFFBOARD right behind their first one. */
  hearSetpoint(situation: Situation): void {
    this.#conditions.offboardSignal = situation.positionValid;
  }

  /** DO_FLIGHTTERMINATION, in the air only. */
  terminate(): void {
    this.intendedMode = 'TERMINATION';
    this.mode = 'TERMINATION';
  }

  step(situation: Situation, inputs: CommanderInputs): void {
    this.#look(situation, inputs);
    if (!situation.landed && Number.isNaN(this.#takeoffS)) this.#takeoffS = situation.timeS;
    if (inputs.modeFinished && this.mode === this.intendedMode) this.#intend('AUTO_LOITER');
    this.#protect(situation, inputs);
    if (this.armed && this.failsafe.action === 'disarm') this.#stop(situation, 'failsafe');
    if (this.armed && this.#autoDisarm.isDue(situation)) {
      this.#stop(situation, this.#autoDisarm.hasFlown ? 'landing' : 'preflight');
    }
    this.#setMode();
  }

  #look(situation: Situation, inputs: CommanderInputs): void {
    const conditions = this.#conditions;
    conditions.attitude = situation.attitudeValid;
    conditions.localPosition = situation.positionTrusted;
    conditions.globalPosition = situation.positionTrusted;
    conditions.home = situation.homeKnown;
    conditions.mission = situation.missionValid;
    conditions.offboardSignal = inputs.offboardStream && situation.positionValid;
    this.#gcsLost = inputs.gcsLost;
    const { level } = this.#battery;
    this.#battery.step(situation.batteryRemaining, this.armed, situation.parameters);
    if (this.#battery.level === 'emergency' && level !== 'emergency') {
      const text = 'Dangerously low battery! System shut down failed';
      situation.notices.say(MavSeverity.EMERGENCY, text, COMMANDER_EVENTS.cannotShutDown());
    }
  }

  #protect(situation: Situation, inputs: CommanderInputs): void {
    const { parameters, profile, timeS, windMps } = situation;
    const { intendedMode, armed } = this;
    const canFly = (mode: FlightMode): boolean => canFailsafeFly(mode, this.#conditions);
    const { offboardSignal } = this.#conditions;
    const substitute = substituteMode({
      intendedMode,
      offboardSignal,
      parameters,
      profile,
      canFly,
    });
    const facts = {
      parameters,
      intendedMode,
      gcsLost: inputs.gcsLost,
      fenceBreached: situation.geofenceBreached,
      battery: this.#battery.level,
      batteryAtArming: this.#batteryAtArming,
      windMps,
      horizontalErrorM: situation.horizontalErrorM,
      flightTimeS: Number.isNaN(this.#takeoffS) ? 0 : timeS - this.#takeoffS,
      substitute,
    };
    this.failsafe.step({
      timeS,
      armed,
      intendedMode,
      modeRequested: this.#modeRequested,
      delayS: parameters.at(COM_FAIL_ACT_T),
      troubles: armed ? troublesOf(facts) : [],
      substitute,
      canFly,
    });
    this.#modeRequested = false;
  }

  #stop({ notices }: Situation, reason: ArmingReason): void {
    this.armed = false;
    const disarmed = COMMANDER_EVENTS.disarmed(ARMING_REASON[reason]);
    notices.inform(`Disarmed by ${REASON_TEXTS[reason]}`, disarmed);
    if (preventsArming(this.intendedMode)) this.intendedMode = this.#modeAfterDisarming;
    this.#setMode();
  }

  #intend(mode: FlightMode): void {
    if (!preventsArming(mode)) this.#modeAfterDisarming = mode;
    this.intendedMode = mode;
    this.#setMode();
  }

  #setMode(): void {
    const { action } = this.failsafe;
    const replaced = this.armed || action === 'terminate' ? modeOfAction(action) : undefined;
    this.mode = replaced ?? this.intendedMode;
  }
}
