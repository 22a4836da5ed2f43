import { GRAVITY_MPS2 } from '#protocols/units.ts';
import type { Parameters } from './parameters.ts';

export type LiftPhase = 'disarmed' | 'spoolup' | 'ready' | 'rampup' | 'flight';

/**
 * From motors off to flight, as PX4 does it: after arming the motors spool up for COM_SPOOLUP_TIME;
 * when the mode wants to leave, the climb limit rises over MPC_TKO_RAMP_T from the speed at which the
 * controller asks for no thrust at all to MPC_Z_VEL_MAX_UP. An armed vehicle whose mode wants nothing
 * stays at idle.
 */
export class TakeoffRamp {
  phase: LiftPhase = 'disarmed';
  #spooledS = 0;
  #ramp = 0;

  /** Greatest climb speed now, m/s; negative before there is lift. */
  climbLimitMps(parameters: Parameters): number {
    if (this.phase !== 'rampup') return Number.POSITIVE_INFINITY;
    const noThrust = -GRAVITY_MPS2 / parameters.get('MPC_Z_VEL_P_ACC');
    return noThrust + this.#ramp * (parameters.get('MPC_Z_VEL_MAX_UP') - noThrust);
  }

  step(
    dtS: number,
    armed: boolean,
    landed: boolean,
    wantsTakeoff: boolean,
    parameters: Parameters,
  ): void {
    if (!armed) this.#restart();
    else if (this.phase === 'disarmed') this.phase = 'spoolup';
    else if (this.phase === 'spoolup') {
      this.#spooledS += dtS;
      if (this.#spooledS >= parameters.get('COM_SPOOLUP_TIME')) this.phase = 'ready';
    } else if (this.phase === 'ready') {
      if (wantsTakeoff) this.phase = 'rampup';
    } else if (this.phase === 'rampup') {
      this.#ramp += dtS / Math.max(dtS, parameters.get('MPC_TKO_RAMP_T'));
      if (this.#ramp >= 1) this.phase = 'flight';
    } else if (landed) {
      // Landed again while armed: wait for the next wish to leave, or for auto-disarm.
      this.phase = 'ready';
      this.#ramp = 0;
    }
  }

  #restart(): void {
    this.phase = 'disarmed';
    this.#spooledS = 0;
    this.#ramp = 0;
  }
}
