import type { FlightMode } from '#protocols/mavlink/modes.ts';
import type { Cause, Demand } from './demand.ts';
import { allowsTakeover, isWorse, type FailsafeAction } from './failsafe-action.ts';

export interface FrameworkInputs {
  dtS: number;
  armed: boolean;
  intendedMode: FlightMode;
  /** The operator has asked for a mode since the last step, be it the same one. */
  modeRequested: boolean;
  /** COM_FAIL_ACT_T. */
  delayS: number;
  demands: readonly Demand[];
  /** What the loss of the intended mode itself demands; asked again when the operator takes over. */
  fallback: FailsafeAction;
  canFly: (mode: FlightMode) => boolean;
}

interface Active {
  demand: Demand;
  /** The cause still holds. */
  lasting: boolean;
}

/** Where each action goes when its mode cannot fly: down the ladder. */
const LADDER: readonly (readonly [FailsafeAction, FlightMode])[] = [
  ['fallbackPosctl', 'POSCTL'],
  ['fallbackAltctl', 'ALTCTL'],
  ['fallbackStabilized', 'STABILIZED'],
  ['hold', 'AUTO_LOITER'],
  ['rtl', 'AUTO_RTL'],
  ['land', 'AUTO_LAND'],
];

/**
 * PX4's failsafe framework: the worst of the actions that the causes demand, held back by a hover of
 * COM_FAIL_ACT_T where the cause allows it, downgraded to what can be flown, ended by the cause or by
 * the operator. The hover is granted once: what is used of it comes back at a quarter of the pace.
 */
export class FailsafeFramework {
  action: FailsafeAction = 'none';
  /** The action that the present hover puts off; `none` when it puts off nothing. */
  putOff: FailsafeAction = 'none';
  takenOver = false;
  readonly #active = new Map<Cause, Active>();
  #holdS = 0;
  #grantS = Number.NaN;
  #wasArmed = false;

  step(inputs: FrameworkInputs): void {
    const { armed, modeRequested, dtS, delayS } = inputs;
    if (Number.isNaN(this.#grantS)) this.#grantS = delayS;
    if (armed !== this.#wasArmed) {
      this.#endSettled();
      this.takenOver = false;
    }
    this.#wasArmed = armed;
    if (modeRequested || this.takenOver) this.#endSettled();
    this.#holdS = Math.max(0, this.#holdS - dtS);
    this.#collect(inputs);
    const failsafeFlies = isWorse(this.action, 'hold');
    if (failsafeFlies || this.takenOver || !inputs.canFly('AUTO_LOITER')) this.#holdS = 0;
    this.#select(inputs);
    this.#grantS =
      this.putOff === 'none'
        ? Math.min(delayS, this.#grantS + dtS / 4)
        : Math.max(0, this.#grantS - dtS);
  }

  /** Ends what only waited for a change of mode. */
  #endSettled(): void {
    for (const [cause, { demand, lasting }] of this.#active) {
      if (!lasting && demand.ends === 'withModeChange') this.#active.delete(cause);
    }
  }

  #collect({ demands, delayS }: FrameworkInputs): void {
    for (const active of this.#active.values()) active.lasting = false;
    for (const demand of demands) {
      const known = this.#active.get(demand.cause);
      if (known !== undefined) {
        known.lasting = true;
        known.demand.action = demand.action;
        continue;
      }
      this.#active.set(demand.cause, { demand: { ...demand }, lasting: true });
      if (demand.delayed && demand.action !== 'warn' && delayS > 0.1 && this.#holdS === 0) {
        this.#holdS = this.#grantS;
      }
      // A new cause takes the vehicle back from the operator.
      if (!isWorse('hold', demand.action)) this.takenOver = false;
    }
    for (const [cause, { demand, lasting }] of this.#active) {
      if (!lasting && demand.ends === 'withCause') this.#active.delete(cause);
    }
  }

  #select(inputs: FrameworkInputs): void {
    this.putOff = 'none';
    if (this.action === 'terminate') return;
    let worst: FailsafeAction = 'none';
    if (inputs.armed) {
      for (const { demand } of this.#active.values()) {
        if (isWorse(demand.action, worst)) worst = demand.action;
      }
    }
    const mayWait = worst !== 'none' && worst !== 'disarm' && worst !== 'terminate';
    if (this.#holdS > 0 && !this.takenOver && mayWait) {
      this.putOff = worst;
      worst = 'hold';
    }
    worst = this.#letOperatorTakeOver(worst, inputs);
    worst = downgraded(worst, inputs.canFly);
    const returning = worst === 'rtl' || this.putOff === 'rtl';
    // Who is landing already does not fly home.
    if (inputs.intendedMode === 'AUTO_LAND' && returning && inputs.canFly('AUTO_LAND')) {
      worst = 'warn';
      this.putOff = 'none';
    }
    this.action = worst;
  }

  /** Not in the very step in which the action begins: the request may be older than the failsafe. */
  #letOperatorTakeOver(worst: FailsafeAction, inputs: FrameworkInputs): FailsafeAction {
    const asked = inputs.modeRequested && this.action === worst;
    if (!allowsTakeover(worst) || !(this.takenOver || asked)) {
      this.takenOver = false;
      return worst;
    }
    this.takenOver = true;
    this.putOff = 'none';
    return isWorse(inputs.fallback, 'warn') ? inputs.fallback : 'warn';
  }
}

const downgraded = (
  action: FailsafeAction,
  canFly: (mode: FlightMode) => boolean,
): FailsafeAction => {
  const from = LADDER.findIndex(([one]) => one === action);
  if (from < 0) return action;
  return LADDER.slice(from).find(([, mode]) => canFly(mode))?.[0] ?? 'descend';
};
