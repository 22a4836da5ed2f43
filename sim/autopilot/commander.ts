import type { FlightMode } from '#protocols/mavlink/modes.ts';
import { Failsafe, type FailsafeAction } from './failsafe.ts';
import type { Situation } from './situation.ts';

/** MAV_RESULT of a request. */
export type RequestResult =
  | 'accepted'
  | 'temporarilyRejected'
  | 'denied'
  | 'unsupported'
  | 'failed';

/** Modes that need a radio or a person to follow: neither is here. */
const CANNOT_RUN: ReadonlySet<FlightMode> = new Set<FlightMode>([
  'MANUAL',
  'ALTCTL',
  'POSCTL',
  'ORBIT',
  'ACRO',
  'STABILIZED',
  'AUTO_FOLLOW',
]);

/** Modes that run, but in which PX4 does not arm. */
const CANNOT_ARM: ReadonlySet<FlightMode> = new Set<FlightMode>([
  'AUTO_LAND',
  'AUTO_RTL',
  'AUTO_PRECLAND',
  'TERMINATION',
]);

/** What the operator intends when a flight has ended: landing modes are means, not wishes. */
const isLandingMode = (mode: FlightMode): boolean =>
  mode === 'AUTO_LAND' || mode === 'AUTO_RTL' || mode === 'AUTO_PRECLAND';

export interface CommanderInputs {
  /** The offboard stream is alive. */
  offboardStream: boolean;
  gcsLost: boolean;
  /** The present mode's task is done. */
  modeFinished: boolean;
}

/**
 * PX4's commander: arming, the mode that the operator intends, the mode that failsafes put in its
 * place, and auto-disarm. A mode lost to a failsafe comes back by itself when the cause has gone.
 */
export class Commander {
  armed = false;
  terminated = false;
  intendedMode: FlightMode = 'AUTO_LOITER';
  mode: FlightMode = 'AUTO_LOITER';
  readonly failsafe = new Failsafe();
  #lastWish: FlightMode = 'AUTO_LOITER';
  #flown = false;
  #groundedSinceS = 0;
  #inputs: CommanderInputs = { offboardStream: false, gcsLost: false, modeFinished: false };

  /** Acting against the intention: HEARTBEAT then says MAV_STATE_CRITICAL. */
  get failsafeActive(): boolean {
    return this.failsafe.action !== 'none' && this.failsafe.action !== 'warn';
  }

  canRun(mode: FlightMode, situation: Situation): boolean {
    if (CANNOT_RUN.has(mode) || !situation.aligned) return false;
    if (mode === 'AUTO_MISSION') return situation.missionValid;
    return mode !== 'OFFBOARD' || this.#inputs.offboardStream;
  }

  canArm(situation: Situation): boolean {
    return (
      this.canRun(this.intendedMode, situation) &&
      !CANNOT_ARM.has(this.intendedMode) &&
      !situation.geofenceBreached &&
      situation.batteryRemaining >= situation.parameters.get('BAT_CRIT_THR')
    );
  }

  arm(situation: Situation): RequestResult {
    if (this.armed) return 'accepted';
    if (!this.canArm(situation) || this.terminated) return 'temporarilyRejected';
    this.armed = true;
    this.#flown = false;
    this.#groundedSinceS = situation.timeS;
    return 'accepted';
  }

  disarm(situation: Situation, forced: boolean): RequestResult {
    if (!this.armed) return 'accepted';
    if (!situation.landed && !forced) return 'temporarilyRejected';
    this.#stop();
    return 'accepted';
  }

  requestMode(mode: FlightMode, situation: Situation): RequestResult {
    if (this.terminated || mode === 'TERMINATION') return 'temporarilyRejected';
    if (this.armed && !this.canRun(mode, situation)) return 'temporarilyRejected';
    this.#intend(mode);
    if (this.armed) this.failsafe.takeOver();
    return 'accepted';
  }

  terminate(): void {
    this.terminated = true;
    this.armed = false;
    this.mode = 'TERMINATION';
  }

  step(situation: Situation, inputs: CommanderInputs): void {
    this.#inputs = inputs;
    if (this.terminated) return;
    if (!situation.landed) this.#flown = true;
    if (inputs.modeFinished && this.mode === this.intendedMode) this.#intend('AUTO_LOITER');
    if (this.armed) this.#protect(situation, inputs);
    if (this.armed) this.#autoDisarm(situation);
    if (!this.terminated) this.mode = this.#modeFor(this.failsafe.action);
  }

  #protect(situation: Situation, inputs: CommanderInputs): void {
    if (situation.landed) {
      this.#protectOnGround(situation);
      return;
    }
    this.failsafe.step(situation, {
      offboardLost: this.intendedMode === 'OFFBOARD' && !inputs.offboardStream,
      gcsLost: inputs.gcsLost,
    });
    if (this.failsafe.action === 'terminate') this.terminate();
    else if (this.failsafe.action === 'disarm') this.#stop();
  }

  /** Touching down does not end a failsafe; a failsafe does not begin on the ground. */
  #protectOnGround(situation: Situation): void {
    const lost = this.intendedMode === 'OFFBOARD' && !this.#inputs.offboardStream;
    if (this.failsafeActive && (lost || situation.batteryRemaining < 0.15)) return;
    this.failsafe.reset();
  }

  #autoDisarm(situation: Situation): void {
    const { timeS, landed, parameters } = situation;
    if (!landed) {
      this.#groundedSinceS = timeS;
      return;
    }
    const waitS = parameters.get(this.#flown ? 'COM_DISARM_LAND' : 'COM_DISARM_PRFLT');
    if (waitS > 0 && timeS - this.#groundedSinceS >= waitS) this.#stop();
  }

  #stop(): void {
    this.armed = false;
    this.failsafe.reset();
    if (isLandingMode(this.intendedMode)) this.intendedMode = this.#lastWish;
  }

  #intend(mode: FlightMode): void {
    if (!isLandingMode(mode)) this.#lastWish = mode;
    this.intendedMode = mode;
    this.mode = this.#modeFor(this.failsafe.action);
  }

  #modeFor(action: FailsafeAction): FlightMode {
    if (action === 'hold') return 'AUTO_LOITER';
    if (action === 'rtl') return 'AUTO_RTL';
    if (action === 'land') return 'AUTO_LAND';
    // v1.15 falls back to POSCTL, which without a radio it flies as a blind descent.
    if (action === 'descend') return 'POSCTL';
    return this.intendedMode;
  }
}
