import type { FlightMode } from '#protocols/mavlink/modes.ts';
import { HoverAllowance } from './hover-allowance.ts';
import { OpenTroubles } from './open-troubles.ts';
import { flyable, gravest, isWorse, yieldsToOperator, type FailsafeAction } from './response.ts';
import type { Cause, Trouble } from './troubles.ts';

export interface FailsafeView {
  timeS: number;
  armed: boolean;
  intendedMode: FlightMode;
  /** The operator has asked for a mode since the last step, be it the same one. */
  modeRequested: boolean;
  /** COM_FAIL_ACT_T. */
  delayS: number;
  troubles: readonly Trouble[];
  /** What the loss of the intended mode itself asks for: an operator who takes over gets that. */
  substitute: FailsafeAction;
  canFly: (mode: FlightMode) => boolean;
}

/** A failsafe has just begun, become worse, or given way to the operator. */
export interface FailsafeNews {
  readonly kind: 'begun' | 'takenOver';
  readonly action: FailsafeAction;
  readonly putOff: FailsafeAction;
  /** Of the gravest response. */
  readonly cause: Cause | undefined;
  readonly intendedMode: FlightMode;
}

/** More than so much between two looks is not kept. */
const NEWS_MOST = 16;

const NO_NEWS: readonly FailsafeNews[] = [];

/** What is done about the troubles. */
interface Verdict {
  readonly action: FailsafeAction;
  /** What a hover puts off. */
  readonly putOff: FailsafeAction;
  /** The operator has overruled it. */
  readonly takenOver: boolean;
}

interface Circumstances extends FailsafeView {
  readonly before: Verdict;
  readonly hovering: boolean;
}

type Rule = (verdict: Verdict, circumstances: Circumstances) => Verdict;

/** Nobody who is losing control for good is told to wait. */
const UNDELAYED: ReadonlySet<FailsafeAction> = new Set(['none', 'disarm', 'terminate']);

const hoverFirst: Rule = (verdict, { hovering, before }) =>
  hovering && !before.takenOver && !UNDELAYED.has(verdict.action)
    ? { ...verdict, action: 'hold', putOff: verdict.action }
    : verdict;

/** Not in the very step in which the action begins: the request may be older than the failsafe. */
const heedOperator: Rule = (verdict, { before, modeRequested, substitute }) => {
  const asked = modeRequested && before.action === verdict.action;
  if (!yieldsToOperator(verdict.action) || !(before.takenOver || asked)) return verdict;
  return { action: gravest(['warn', substitute]), putOff: 'none', takenOver: true };
};

const takeWhatFlies: Rule = (verdict, { canFly }) => ({
  ...verdict,
  action: flyable(verdict.action, canFly),
});

/** Who is landing already does not fly home. */
const landRatherThanReturn: Rule = (verdict, { intendedMode, canFly }) => {
  const returns = verdict.action === 'rtl' || verdict.putOff === 'rtl';
  return returns && intendedMode === 'AUTO_LAND' && canFly('AUTO_LAND')
    ? { ...verdict, action: 'warn', putOff: 'none' }
    : verdict;
};

const RULES: readonly Rule[] = [hoverFirst, heedOperator, takeWhatFlies, landRatherThanReturn];

const QUIET: Verdict = { action: 'none', putOff: 'none', takenOver: false };

const judged = (action: FailsafeAction, circumstances: Circumstances): Verdict => {
  // Nothing asked for is nothing to hover for, to overrule or to replace.
  if (action === 'none') return QUIET;
  let verdict: Verdict = { ...QUIET, action };
  for (const rule of RULES) verdict = rule(verdict, circumstances);
  return verdict;
};

/**
 * What the vehicle does about its troubles: the gravest response that one of them calls for, put off by
 * a hover where there is time, given up to an operator who insists, and replaced by what can be flown.
 * Termination is for good.
 */
export class Failsafe {
  #verdict = QUIET;
  readonly #open = new OpenTroubles();
  readonly #hover = new HoverAllowance();
  #lastS = 0;
  #armed = false;
  #warned = false;
  #news: FailsafeNews[] = [];

  /** What has happened since the last call. */
  takeNews(): readonly FailsafeNews[] {
    if (this.#news.length === 0) return NO_NEWS;
    return this.#news.splice(0);
  }

  get action(): FailsafeAction {
    return this.#verdict.action;
  }

  /** The action that the present hover puts off; `none` when it puts off nothing. */
  get putOff(): FailsafeAction {
    return this.#verdict.putOff;
  }

  step(view: FailsafeView): void {
    const { timeS, delayS, armed } = view;
    const before = this.#takeIn(view);
    if (this.#verdict.action !== 'terminate') {
      const last = this.#verdict;
      const hovering = this.#hover.isHovering(timeS);
      const action = armed ? gravest(this.#open.responses) : 'none';
      this.#verdict = judged(action, { ...view, before, hovering });
      this.#tell(last, before, action, view);
    }
    this.#hover.book(timeS - this.#lastS, delayS, this.putOff !== 'none');
    this.#lastS = timeS;
    this.#armed = armed;
  }

  /** As PX4: of an action that is worse than the last, and of a new warning. */
  #tell(last: Verdict, before: Verdict, gravestAction: FailsafeAction, view: FailsafeView): void {
    const { action, putOff, takenOver } = this.#verdict;
    const { intendedMode } = view;
    const cause = this.#open.causeOf(gravestAction);
    const kinds: FailsafeNews['kind'][] = [];
    if (takenOver && !before.takenOver) kinds.push('takenOver');
    if (isWorse(action, last.action) || (this.#warned && action !== 'none')) kinds.push('begun');
    for (const kind of kinds) {
      if (this.#news.length < NEWS_MOST) {
        this.#news.push({ kind, action, putOff, cause, intendedMode });
      }
    }
  }

  /** Takes in the troubles; returns the last verdict as it counts now. */
  #takeIn({ timeS, armed, modeRequested, troubles, delayS, canFly }: FailsafeView): Verdict {
    const newFlight = armed !== this.#armed;
    const overruled = this.#verdict.takenOver && !newFlight;
    if (newFlight || modeRequested || overruled) this.#open.closeOutlived();
    const fresh = this.#open.take(troubles);
    if (fresh.some(({ waits }) => waits)) this.#hover.begin(timeS, delayS);
    this.#warned = fresh.some(({ response }) => response === 'warn');
    // A new trouble takes the vehicle back from the operator, unless it only warns.
    const regained = fresh.some(({ response }) => !isWorse('hold', response));
    const before = { ...this.#verdict, takenOver: overruled && !regained };
    const acts = isWorse(before.action, 'hold');
    if (acts || before.takenOver || !canFly('AUTO_LOITER')) this.#hover.end();
    return before;
  }
}
