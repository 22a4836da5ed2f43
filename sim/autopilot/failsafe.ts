import type { Situation } from './situation.ts';

/** What a failsafe makes the vehicle do; further down takes precedence (PX4's failsafe framework). */
const ACTIONS = ['none', 'warn', 'hold', 'descend', 'rtl', 'land', 'disarm', 'terminate'] as const;

export type FailsafeAction = (typeof ACTIONS)[number];

type Cause = 'offboardLost' | 'battery' | 'gcsLost' | 'geofence';

export interface FailsafeInputs {
  /** OFFBOARD is what the operator wants and its stream is dead. */
  offboardLost: boolean;
  /** A ground station was heard once and then fell silent for COM_DL_LOSS_T. */
  gcsLost: boolean;
}

/** COM_OBL_RC_ACT without a radio: 0–2 fall back to manual modes, which cannot run. */
const offboardLossAction = ({ parameters, profile }: Situation): FailsafeAction => {
  const byValue: Readonly<Record<number, FailsafeAction>> = {
    3: 'rtl',
    4: 'land',
    5: 'hold',
    6: 'terminate',
    7: 'disarm',
  };
  const manual = profile === '1.15' ? 'descend' : 'rtl';
  return byValue[parameters.get('COM_OBL_RC_ACT')] ?? manual;
};

/** COM_LOW_BAT_ACT: 0 warns, 2 lands at critical, 3 returns at critical and lands at emergency. */
const batteryAction = ({ parameters, batteryRemaining }: Situation): FailsafeAction => {
  const choice = parameters.get('COM_LOW_BAT_ACT');
  const critical = batteryRemaining < parameters.get('BAT_CRIT_THR');
  const emergency = batteryRemaining < parameters.get('BAT_EMERGEN_THR');
  if (batteryRemaining >= parameters.get('BAT_LOW_THR')) return 'none';
  if (!critical || choice === 0) return 'warn';
  if (choice === 2 || emergency) return 'land';
  return 'rtl';
};

const gcsLossAction = ({ parameters }: Situation): FailsafeAction => {
  const byValue: Readonly<Record<number, FailsafeAction>> = {
    1: 'hold',
    2: 'rtl',
    3: 'land',
    5: 'terminate',
    6: 'disarm',
  };
  return byValue[parameters.get('NAV_DLL_ACT')] ?? 'none';
};

/** GF_ACTION once the vehicle is outside. */
const geofenceAction = ({ parameters, geofenceBreached }: Situation): FailsafeAction => {
  const byValue: Readonly<Record<number, FailsafeAction>> = {
    1: 'warn',
    2: 'hold',
    3: 'rtl',
    4: 'terminate',
    5: 'land',
  };
  return geofenceBreached ? (byValue[parameters.get('GF_ACTION')] ?? 'none') : 'none';
};

/** These are held back for COM_FAIL_ACT_T, hovering, so that a pilot may step in. */
const isDelayed = (cause: Cause, action: FailsafeAction): boolean =>
  cause !== 'offboardLost' && (action === 'rtl' || action === 'land' || action === 'descend');

/**
 * Which action the failsafes demand now. Each cause acts as long as it holds and clears by itself, but
 * a mode that the operator commands takes over until the cause has gone once.
 */
export class Failsafe {
  action: FailsafeAction = 'none';
  readonly #sinceS = new Map<Cause, number>();
  readonly #takenOver = new Set<Cause>();

  /** The operator commanded a mode that can run: he flies now. */
  takeOver(): void {
    for (const cause of this.#sinceS.keys()) this.#takenOver.add(cause);
  }

  /** Only a vehicle in the air with armed motors has failsafes. */
  reset(): void {
    this.action = 'none';
    this.#sinceS.clear();
    this.#takenOver.clear();
  }

  step(situation: Situation, inputs: FailsafeInputs): void {
    this.action = 'none';
    this.#consider(
      'offboardLost',
      inputs.offboardLost ? offboardLossAction(situation) : 'none',
      situation,
    );
    this.#consider('battery', batteryAction(situation), situation);
    this.#consider('geofence', geofenceAction(situation), situation);
    this.#consider('gcsLost', inputs.gcsLost ? gcsLossAction(situation) : 'none', situation);
  }

  #consider(cause: Cause, action: FailsafeAction, { timeS, parameters }: Situation): void {
    if (action === 'none' || action === 'warn') {
      this.#sinceS.delete(cause);
      this.#takenOver.delete(cause);
      this.#raise(action);
      return;
    }
    const sinceS = this.#sinceS.get(cause) ?? timeS;
    this.#sinceS.set(cause, sinceS);
    if (this.#takenOver.has(cause)) return;
    const waiting = isDelayed(cause, action) && timeS - sinceS < parameters.get('COM_FAIL_ACT_T');
    this.#raise(waiting ? 'hold' : action);
  }

  #raise(action: FailsafeAction): void {
    if (ACTIONS.indexOf(action) > ACTIONS.indexOf(this.action)) this.action = action;
  }
}
