/**
 * What the guard makes of a tick, in order of severity: further down takes precedence (the rule of
 * PX4's failsafe framework). The condition that clears each:
 *
 * - pass: nothing to say.
 * - modify: the setpoint was bent to the nearest one that breaks no limit. Clears with the tick.
 * - brake: come to rest without needing a position (poor position, silent vehicle). Clears when its
 *   cause has been gone for a while.
 * - hold: stay here (plan too old, operator unheard and the mission says hold, an operator's hold).
 *   Clears with its cause.
 * - return: PX4's RTL (battery, mind gone, operator unheard and the mission says rtl). The pilot leaves
 *   it only by a newer order or an operator's resume, and only once no watch asks for it any more; the
 *   battery asks until the landing.
 * - land: PX4's land, here and now (position lost, battery nearly empty). Ends on the ground.
 */
export const GUARD_ACTIONS = ['pass', 'modify', 'brake', 'hold', 'return', 'land'] as const;

export type GuardAction = (typeof GUARD_ACTIONS)[number];

/** The number that travels in the pilot's status. */
export const guardActionCode = (action: GuardAction): number => GUARD_ACTIONS.indexOf(action);

/** Whether `a` takes precedence over `b`. */
export const outranks = (a: GuardAction, b: GuardAction): boolean =>
  guardActionCode(a) > guardActionCode(b);
