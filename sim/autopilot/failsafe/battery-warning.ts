import { slotOf, type Parameters } from '../parameters.ts';

const BAT_EMERGEN_THR = slotOf('BAT_EMERGEN_THR');
const BAT_CRIT_THR = slotOf('BAT_CRIT_THR');
const BAT_LOW_THR = slotOf('BAT_LOW_THR');

const LEVELS = ['none', 'low', 'critical', 'emergency'] as const;

export type BatteryLevel = (typeof LEVELS)[number];

/** How empty the pack is; while armed the warning only grows, though the voltage recovers. */
export class BatteryWarning {
  level: BatteryLevel = 'none';

  step(remaining: number, armed: boolean, parameters: Parameters): void {
    const now = levelOf(remaining, parameters);
    if (!armed || LEVELS.indexOf(now) > LEVELS.indexOf(this.level)) this.level = now;
  }
}

const levelOf = (remaining: number, parameters: Parameters): BatteryLevel => {
  if (remaining < parameters.at(BAT_EMERGEN_THR)) return 'emergency';
  if (remaining < parameters.at(BAT_CRIT_THR)) return 'critical';
  return remaining < parameters.at(BAT_LOW_THR) ? 'low' : 'none';
};
